//! The name of a repeated field is not a plural.
//!
//! ## Why
//! `order.items` reads as many and `order.item` as one. The name is all that a caller of generated code sees, and a field that
//! becomes repeated later is renamed anyway.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   repeated string item = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   repeated string items = 1;
//!   repeated string metadata = 2;
//!   repeated string related_data = 3;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;
use crate::syntax::tree::FieldLabel;
use crate::text::english;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[
        Other::Protolint("REPEATED_FIELD_NAMES_PLURALIZED"),
        Other::ApiLinter("0140::plural"),
    ],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    if field.label() != Some(FieldLabel::Repeated) || field.node().group.is_some() {
        return;
    }
    let name = field.name();
    // `calls_in_flight` and `timestamps_unix_nano` have their plural elsewhere.
    if name.split('_').any(english::is_plural) {
        return;
    }
    let (before, word) = match name.trim_end_matches('_').rsplit_once('_') {
        Some((before, word)) => (format!("{before}_"), word),
        None => (String::new(), name.trim_end_matches('_')),
    };
    if english::has_no_plural(word) {
        return;
    }
    let expected = format!("{before}{}", english::plural(word));
    cx.report(
        field.written_name(),
        format!("repeated field `{name}` is named like a single thing"),
    )
    .rename(field.written_name(), expected);
}
