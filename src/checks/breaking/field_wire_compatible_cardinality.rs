//! The cardinality of a field changed in a way that bytes do not survive.
//!
//! ## What breaks
//! A list of numbers is written packed, a single number is not: the record of one side is unknown to the other. A
//! required field that is missing makes the whole message unreadable.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   int32 score = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   repeated int32 score = 1;
//! }
//! ```

use super::cardinality::{self, Groups};
use super::compare::{Aspect, BreakingCx, Compare};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Cardinality, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    cardinality::check(fields, Groups::Wire, cx);
}
