//! A field or extension has no comment.
//!
//! ## Why
//! Generated code carries the comment along, and for most users that is the only documentation there is.
//!
//! The comment stands right above, without a blank line between. A comment that only silences a rule does not count.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string id = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   // Given by the shop; never used twice.
//!   string id = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::comment_lines::is_documented;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;

pub(super) static RULE: Rule = Rule {
    group: Group::Docs,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("FIELDS_HAVE_COMMENT"),
        Other::ApiLinter("0192::has-comments"),
    ],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    // A group's comment belongs to its message.
    if field.node().group.is_some() {
        return;
    }
    if !is_documented(cx.file().syntax(), field.node().tokens.start) {
        let name = field.name();
        let noun = if field.is_extension() {
            "extension"
        } else {
            "field"
        };
        cx.report(field.span(), format!("{noun} `{name}` has no comment"))
            .help("say in a comment above it what it holds, in which unit, and when it is set");
    }
}
