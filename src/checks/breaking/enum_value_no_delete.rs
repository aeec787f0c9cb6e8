//! A number was removed from an enum.
//!
//! ## What breaks
//! Code that names the value no longer compiles. JSON with its name is refused, and stored messages still hold its
//! number.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_LOST = 1;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_LOST = 1 [deprecated = true];
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::removed::{self, Reserving};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Enum;
use crate::schema::diff::{NumberedValues, Pair};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::EnumNumberRemoved(check)]),
};

fn check<'s>(removed: &NumberedValues<'s>, pair: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    removed::enum_number(removed, pair, Reserving::Nothing, cx);
}
