//! A oneof is gone.
//!
//! ## What breaks
//! Generated code has a type or accessors for the oneof that no longer exist. Fields that stay may now all be set at
//! once, which old readers cannot hold.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   oneof contact {
//!     string phone = 1;
//!   }
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string phone = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Message, Oneof};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::OneofRemoved(check)]),
};

fn check<'s>(oneof: Oneof<'s>, message: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let name = oneof.name().text;
    cx.report(
        Place::Part(message.after.file(), message.after.span()),
        message.before.file(),
        format!("{}.{name}", message.before.full_name()),
        format!(
            "oneof `{name}` was removed from message `{}`",
            message.after.full_name()
        ),
    )
    .before(
        oneof.file(),
        oneof.name().span,
        "declared here in the baseline",
    )
    .help("keep the oneof, and deprecate its fields");
}
