//! The type of a field changed.
//!
//! ## What breaks
//! The field has another type in generated code. Whether bytes and JSON survive depends on the two types; the finding
//! says so.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   int32 score = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   int64 score = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::field_type::{self, Types};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Type,
        &[Compare::Field(check), Compare::MapEntry(check_entry)],
    ),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    field_type::check(fields, Types::Same, cx);
}

fn check_entry<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    field_type::check_entry(fields, Types::Same, cx);
}
