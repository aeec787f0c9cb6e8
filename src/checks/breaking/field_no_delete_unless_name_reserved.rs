//! A field was removed and its name is free for reuse.
//!
//! ## What breaks
//! JSON that old clients send or that is stored still holds the field's name. Once another field takes the name,
//! their values end up in it.
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
//!   reserved "email";
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
    removed::field(field, message, Reserving::Name, cx);
}
