//! A message field is framed in another way.
//!
//! ## What breaks
//! A message is framed by its length, or by a start and an end tag (groups, `message_encoding = DELIMITED`). What is written
//! in one way is an unknown field to a reader of the other.
//!
//! ## Examples
//! ```proto,before
//! edition = "2023";
//!
//! message User {
//!   Address address = 1;
//! }
//!
//! message Address {
//!   string city = 1;
//! }
//! ```
//! ```proto,after,bad
//! edition = "2023";
//!
//! message User {
//!   Address address = 1 [features.message_encoding = DELIMITED];
//! }
//!
//! message Address {
//!   string city = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Field, FieldKind};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Type, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let framed = |field: Field<'s>| match field.kind() {
        FieldKind::Message(_) if !field.is_map() => Some("its length"),
        FieldKind::Delimited(_) if !field.is_map() => Some("tags"),
        _ => None,
    };
    let (Some(before), Some(after)) = (framed(fields.before), framed(fields.after)) else {
        return;
    };
    if before == after {
        return;
    }
    cx.report(
        Place::Part(fields.after.file(), fields.after.type_span()),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "field `{}` was framed by {before} and is now framed by {after}",
            fields.after.name()
        ),
    )
    .help("keep the framing with `features.message_encoding`");
}
