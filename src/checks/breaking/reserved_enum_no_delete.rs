//! Something of an enum is no longer reserved.
//!
//! ## What breaks
//! What was reserved was in use once. Once it is free again, somebody will take it, and old bytes or JSON will be
//! read as something else.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   reserved 2;
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   reserved 1 to 5;
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::reserved;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Enum;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Reserved, &[Compare::Enum(check)]),
};

fn check<'s>(pair: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    reserved::report(pair.map(Into::into), cx);
}
