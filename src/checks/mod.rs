//! Rules over the schema: what each is called, what it looks at, and when it runs.
//!
//! A rule is declared once, in a file of its own (see [`lint`]): its documentation is the file's header, its id the
//! file's name. A rule returns data; it knows neither output, nor severity, nor suppression, nor git. The engine decides.

pub mod breaking;
mod buf_versions;
mod catalogue;
mod comment_lines;
mod context;
mod docs;
mod engine;
mod known_findings;
pub mod lint;
pub(crate) mod number_ranges;
mod options;
mod package;
mod package_version;
mod registry;
mod rpc_users;
mod rule;
pub(crate) mod statement;
mod suppression;
mod touched;

pub use buf_versions::{BufRule, BufVersion, RuleKind, buf_rule, buf_rules, category_named};
pub use catalogue::{Catalogue, Dialect, KnownRule, Named, RuleId};
pub use context::{Cx, Report};
pub use docs::{Docs, Example, ExampleRole, Section};
pub use engine::{Lint, Linted};
pub use known_findings::{BadBaseline, KnownFindings};
pub use options::{
    EnumZeroValueSuffix, NoDeleteWithoutDeprecation, OptionSameValue, RpcRequestResponseUnique,
    RpcRequestStandardName, RpcResponseStandardName, RuleOptions, ServiceSuffix,
};
pub use package::{Module, Package, root_above};
pub use package_version::{Channel, PackageVersion};
pub use registry::{
    Registered, known_breaking_rules, known_lint_rules, rule, rules, rules_like, rules_of_aip,
};
pub use rule::{Check, FixSafety, Group, Other, Rule, Visit};
pub use suppression::{Silencer, Suppressed, Suppression, Suppressions};
pub use touched::Touched;
