//! The first value of an enum is another one.
//!
//! ## What breaks
//! The first value is what an absent field reads as. Messages in which the field was never set mean something else now.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! enum Priority {
//!   PRIORITY_LOW = 1;
//!   PRIORITY_HIGH = 2;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! enum Priority {
//!   PRIORITY_HIGH = 2;
//!   PRIORITY_LOW = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge::when;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::Enum;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Default, &[Compare::Enum(check)]),
};

fn check<'s>(enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let (Some(before), Some(after)) = (enums.before.values().next(), enums.after.values().next())
    else {
        return;
    };
    let (old, new) = (before.name().text, after.name().text);
    let lives_on = enums
        .after
        .values()
        .any(|value| value.name().text == old && value.number() != after.number());
    // A new name for the same number is a rename, and an alias in front an order of names.
    if before.number() == after.number() && !lives_on {
        return;
    }
    let set = "the field is always set; where it is absent, the two sides read different values";
    cx.report(
        Place::Part(after.file(), after.name().span),
        before.file(),
        enums.before.full_name(),
        format!(
            "the first value of enum `{}` was `{old}` and is now `{new}`",
            enums.after.full_name()
        ),
    )
    .verdict(Verdict::new(when(set), when(set), Outcome::Safe))
    .help(format!("put `{old}` first again"));
}
