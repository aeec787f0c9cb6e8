//! The type of a field changed to one that is written differently.
//!
//! ## What breaks
//! The bytes of the old type are unknown to the new one, or are read as another value without any error.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   int32 score = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   sint32 score = 1;
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
    field_type::check(fields, Types::Wire, cx);
}

fn check_entry<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    field_type::check_entry(fields, Types::Wire, cx);
}
