//! The JavaScript type of a 64-bit field changed.
//!
//! ## What breaks
//! Generated JavaScript holds the value as a number on one side and as a string on the other.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   int64 id = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   int64 id = 1 [jstype = JS_STRING];
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Option, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    if !is_wide(fields.before) || !is_wide(fields.after) {
        return;
    }
    let types = fields.map(|field| field.options().enum_name(JSTYPE).unwrap_or("JS_NORMAL"));
    if types.is_same() {
        return;
    }
    let place = fields
        .after
        .options()
        .get(JSTYPE)
        .map_or(fields.after.span(), |option| option.span());
    cx.report(
        Place::Part(fields.after.file(), place),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "the `jstype` of field `{}` was `{}` and is now `{}`",
            fields.after.name(),
            types.before,
            types.after
        ),
    )
    .help("keep `jstype` as it was");
}

/// `FieldOptions.jstype`
const JSTYPE: i32 = 6;

fn is_wide(field: Field<'_>) -> bool {
    !field.is_map()
        && matches!(
            field.kind(),
            FieldKind::Scalar(
                Scalar::Int64
                    | Scalar::Uint64
                    | Scalar::Sint64
                    | Scalar::Fixed64
                    | Scalar::Sfixed64
            )
        )
}
