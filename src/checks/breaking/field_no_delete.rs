//! A field was removed.
//!
//! ## What breaks
//! Code that reads or sets the field no longer compiles. Stored messages and old peers keep sending its number, and
//! JSON with its name is refused. Reserving number and name keeps the bytes safe, not the source.
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
//!   string name = 1;
//!   string email = 2 [deprecated = true];
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
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::FieldRemoved(check)]),
};

fn check<'s>(field: Field<'s>, message: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    removed::field(field, message, Reserving::Nothing, cx);
}
