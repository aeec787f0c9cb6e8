//! A field has another type that reads some values only.
//!
//! ## What breaks
//! buf lets types pass at `WIRE` and `WIRE_JSON` whose bytes can be read by each other. They are, but not every value is
//! the same: -1 as `int32` is 4294967295 as `uint32`, and what is too large is cut off, all without an error.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   int64 score = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   int32 score = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Shape, field_change};
use crate::schema::diff::Pair;
use crate::schema::{Field, FieldKind};

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Type,
        &[Compare::Field(field), Compare::MapEntry(value)],
    ),
};

fn field<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    if !fields.before.is_map() || !fields.after.is_map() {
        check(fields, symbol(fields.before), cx);
    }
}

fn value<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    check(fields, format!("{}.value", symbol(fields.before)), cx);
}

fn check<'s>(fields: Pair<Field<'s>>, symbol: String, cx: &mut BreakingCx<'s>) {
    let (old, new) = (named(fields.before), named(fields.after));
    if old == new {
        return;
    }
    let shapes = fields.map(Shape::of);
    let verdict = field_change(shapes.before, shapes.after, cx.structures());
    // What bytes cannot carry at all is told by buf's rule on types.
    if verdict.wire.rank() + verdict.json.rank() == 0 || verdict.wire.rank() > 1 {
        return;
    }
    cx.report(
        Place::Part(fields.after.file(), fields.after.type_span()),
        fields.before.file(),
        symbol,
        format!(
            "field `{}` was `{old}` and is now `{new}`, which do not hold the same values",
            fields.after.name()
        ),
    )
    .before(
        fields.before.file(),
        fields.before.type_span(),
        "the baseline has this type",
    )
    .help("keep the type, and add a new field with a new number for the new one");
}

/// The type as it is written, with the full name of a message or enum.
fn named(field: Field<'_>) -> &str {
    match field.kind() {
        FieldKind::Scalar(scalar) => scalar.keyword(),
        FieldKind::Message(message) | FieldKind::Delimited(message) => message.full_name(),
        FieldKind::Enum(node) => node.full_name(),
        FieldKind::Unknown => "",
    }
}
