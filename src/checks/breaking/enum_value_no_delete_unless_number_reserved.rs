//! A number was removed from an enum and is free for reuse.
//!
//! ## What breaks
//! Stored messages hold the number. Once another value takes it, old data is read as that value, without any error.
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
//!   reserved 1;
//!   STATUS_UNSPECIFIED = 0;
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
    fix: FixSafety::Safe,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::EnumNumberRemoved(check)]),
};

fn check<'s>(removed: &NumberedValues<'s>, pair: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    removed::enum_number(removed, pair, Reserving::Number, cx);
}
