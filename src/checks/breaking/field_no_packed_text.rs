//! A field holds text on one side and a packed list of numbers on the other.
//!
//! ## What breaks
//! Both have the same wire type, so nothing tells them apart: "abc" is read as 97, 98, 99, and a list of numbers as text,
//! without any error.
//!
//! ## Examples
//! ```proto,before
//! message Reading {
//!   string label = 1;
//! }
//! ```
//! ```proto,after,bad
//! message Reading {
//!   repeated int32 label = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Type, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let is_text = |field: Field<'s>| {
        let kind = field.kind();
        !field.is_map()
            && matches!(
                kind,
                FieldKind::Scalar(Scalar::String | Scalar::Bytes) | FieldKind::Message(_)
            )
    };
    let Pair { before, after } = fields;
    let (old, new) = if before.is_packed() && is_text(after) {
        ("a packed list of numbers", "text")
    } else if is_text(before) && after.is_packed() {
        ("text", "a packed list of numbers")
    } else {
        return;
    };
    cx.report(
        Place::Part(after.file(), after.type_span()),
        before.file(),
        symbol(before),
        format!(
            "field `{}` held {old} and now holds {new}, and readers cannot tell",
            after.name()
        ),
    )
    .help("keep the type, and add a new field with a new number for the new one");
}
