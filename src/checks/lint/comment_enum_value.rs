//! An enum value has no comment.
//!
//! ## Why
//! Generated code carries the comment along, and for most users that is the only documentation there is.
//!
//! The comment stands right above, without a blank line between. A comment that only silences a rule does not count.
//!
//! ## Examples
//! ```proto,bad
//! enum Color {
//!   COLOR_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,good
//! enum Color {
//!   // The seller did not say.
//!   COLOR_UNSPECIFIED = 0;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::comment_lines::is_documented;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::EnumValue;

pub(super) static RULE: Rule = Rule {
    group: Group::Docs,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("ENUM_FIELDS_HAVE_COMMENT"),
        Other::ApiLinter("0192::has-comments"),
    ],
    check: Check::Lint(Visit::EnumValue(check)),
};

fn check(value: EnumValue<'_>, cx: &mut Cx<'_>) {
    if !is_documented(cx.file().syntax(), value.node().tokens.start) {
        let name = value.name();
        cx.report(value.span(), format!("enum value `{name}` has no comment"))
            .help("say in a comment above it when it applies");
    }
}
