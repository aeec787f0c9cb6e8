//! A field was removed and its number is free for reuse.
//!
//! ## What breaks
//! Stored messages and old clients keep sending the number. Once another field takes it, their bytes decode into that
//! field: silently when the wire types agree, as an error when they do not.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string name = 1;
//!   string email = 2;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   reserved 2;
//!   string name = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::removed::{self, Reserving};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::FieldRemoved(check)]),
};

fn check<'s>(field: Field<'s>, message: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    removed::field(field, message, Reserving::Number, cx);
}
