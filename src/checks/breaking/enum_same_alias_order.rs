//! Another name of an enum number comes first.
//!
//! ## What breaks
//! Where a number has several names, JSON and text are written with the first. A reader that does not know that name refuses
//! it, although it knows the number.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   option allow_alias = true;
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_PAYED = 1;
//!   STATUS_PAID = 1;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   option allow_alias = true;
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_PAID = 1;
//!   STATUS_PAYED = 1;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   option allow_alias = true;
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_PAYED = 1;
//!   STATUS_PAID = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge::{breaks, when};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::Enum;
use crate::schema::diff::{NumberedValues, Pair};

pub(super) static RULE: Rule = Rule {
    group: Group::Json,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Order, &[Compare::EnumNumber(check)]),
};

fn check<'s>(pair: &Pair<NumberedValues<'s>>, enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let (Some(before), Some(after)) = (pair.before.values.first(), pair.after.values.first())
    else {
        return;
    };
    let (old, new) = (before.name().text, after.name().text);
    let holds = |values: &NumberedValues<'s>, name| {
        values.values.iter().any(|value| value.name().text == name)
    };
    // Without the old name it is a rename, and that is another rule's.
    if old == new || !holds(&pair.after, old) {
        return;
    }
    let number = pair.before.number;
    let json = if holds(&pair.before, new) {
        when(format!(
            "nobody compares texts: `{new}` is written in place of `{old}`"
        ))
    } else if enums.before.value_named(new).is_some() {
        when(format!(
            "nobody sets `{old}`: it is written as `{new}`, which readers of the baseline take for another value"
        ))
    } else {
        breaks(format!(
            "`{new}` is written in place of `{old}`, and readers of the baseline refuse it"
        ))
    };
    cx.report(
        Place::Part(after.file(), after.name().span),
        before.file(),
        format!("{}#{number}", enums.before.full_name()),
        format!("number {number} was written as `{old}` and is now written as `{new}`"),
    )
    .verdict(Verdict::new(Outcome::Safe, json, Outcome::Safe))
    .help(format!(
        "put `{old}` first; once all readers know `{new}`, the order can change"
    ));
}
