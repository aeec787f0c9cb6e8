//! The keys of a map have another range.
//!
//! ## What breaks
//! A key that is cut off becomes another key: entries that were apart fall together, and one of them is gone.
//!
//! ## Examples
//! ```proto,before
//! message Index {
//!   map<int64, string> names = 1;
//! }
//! ```
//! ```proto,after,bad
//! message Index {
//!   map<int32, string> names = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::field_type::key_symbol;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Type, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let (Some(before), Some(after)) = (fields.before.map_key(), fields.after.map_key()) else {
        return;
    };
    if range(before) == range(after) {
        return;
    }
    cx.report(
        Place::Part(fields.after.file(), fields.after.type_span()),
        fields.before.file(),
        key_symbol(fields.before),
        format!(
            "the keys of map `{}` were `{}` and are now `{}`",
            fields.after.name(),
            before.keyword(),
            after.keyword()
        ),
    )
    .help("keep the type of the keys, and add a new map for the new one");
}

/// Types that hold the same keys.
const fn range(key: Scalar) -> u8 {
    match key {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => 0,
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => 1,
        Scalar::Uint32 | Scalar::Fixed32 => 2,
        Scalar::Uint64 | Scalar::Fixed64 => 3,
        Scalar::Bool => 4,
        _ => 5,
    }
}
