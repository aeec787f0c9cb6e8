//! The name of a field is a keyword in a language that code is generated for.
//!
//! ## Why
//! Generators escape it, each in its own way: `r#type` in Rust, `type_` in Python and C++, `@class` in C#. Users have to know, and
//! reflection, logs and templates show a name that is not in the contract.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string class = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   string category = 1;
//! }
//! ```

use super::keywords;
use super::wording::listed;
use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::RenameByHand,
    same_as: &[
        Other::ApiLinter("0140::reserved-words"),
        Other::Protolint("FIELDS_HAVE_NO_RESERVED_WORDS"),
    ],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let name = field.name();
    let languages: Vec<&str> = keywords::languages(&name).collect();
    if !languages.is_empty() {
        let all = listed(languages.iter().map(|&language| language.to_owned()));
        cx.report(
            field.written_name(),
            format!("field name `{name}` is reserved in {all}"),
        )
        .help("choose a more exact word, which is rarely a keyword");
    }
}
