//! Rules over the schema: what each is called, what it looks at, and when it runs.

mod buf_versions;
mod catalogue;
mod options;

pub use buf_versions::{BufRule, BufVersion, RuleKind, buf_rule, buf_rules, category_named};
pub use catalogue::{Catalogue, Dialect, KnownRule, Named, RuleId};
pub use options::{
    EnumZeroValueSuffix, RpcRequestResponseUnique, RpcRequestStandardName, RpcResponseStandardName,
    RuleOptions, ServiceSuffix,
};
