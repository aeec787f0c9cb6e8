//! Something of a message is no longer reserved.
//!
//! ## What breaks
//! What was reserved was in use once. Once it is free again, somebody will take it, and old bytes or JSON will be
//! read as something else.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   reserved 2, 4 to 6;
//!   reserved "email";
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   reserved 2;
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   reserved 2 to 6;
//!   reserved "email", "mail";
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::reserved;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Message;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Reserved, &[Compare::Message(check)]),
};

fn check<'s>(pair: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    reserved::report(pair.map(Into::into), cx);
}
