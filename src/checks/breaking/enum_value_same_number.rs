//! An enum value of that name has another number.
//!
//! ## What breaks
//! The number is all that bytes know of a value. What was written as the old value is read as another one, or as none that
//! is listed, without any error.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_PAID = 1;
//!   STATUS_REFUNDED = 2;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_REFUNDED = 1;
//!   STATUS_PAID = 2;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_REFUNDED = 2;
//!   STATUS_PAID = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge::{breaks, silent, when};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::{Enum, EnumValue};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Number, &[Compare::Enum(check)]),
};

fn check<'s>(enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    for before in enums.before.values() {
        let name = before.name().text;
        let Some(after) = enums.after.value_named(name) else {
            continue;
        };
        let (Some(old), Some(new)) = (before.number(), after.number()) else {
            continue;
        };
        if old == new {
            continue;
        }
        let taker = enums.after.value_numbered(old);
        let (aspect, now) = match taker {
            Some(taker) => (
                Aspect::Name,
                format!("; {old} is now `{}`", taker.name().text),
            ),
            None => (Aspect::Existence, String::new()),
        };
        let wire = match taker {
            Some(taker) => silent(format!("`{name}` is read as `{}`", taker.name().text)),
            None if enums.after.is_closed() => breaks(format!(
                "{old} is listed no more, so `{name}` reads as absent"
            )),
            None => silent(format!(
                "`{name}` is read as {old}, which is listed no more"
            )),
        };
        cx.report(
            Place::Part(after.file(), after.number_span()),
            before.file(),
            format!("{}#{old}", enums.before.full_name()),
            format!("value `{name}` had number {old} and now has {new}{now}"),
        )
        .aspect(aspect)
        .verdict(Verdict::new(
            wire,
            json(before, after, enums),
            Outcome::Safe,
        ))
        .before(
            before.file(),
            before.number_span(),
            "the baseline has this number",
        )
        .help(format!("give `{name}` number {old} again"));
    }
}

/// D1, D8: JSON goes by names, but a name that has come is one that readers of the baseline do not know, and of the names of a
/// number only the first is written.
fn json(before: EnumValue<'_>, after: EnumValue<'_>, enums: Pair<Enum<'_>>) -> Outcome {
    let name = before.name().text;
    let first = |node: Enum<'_>, value: EnumValue<'_>| {
        let first = value
            .number()
            .and_then(|number| node.value_numbered(number));
        first.map_or("", |value| value.name().text).to_owned()
    };
    let is_in = |node: Enum<'_>, name: &str| node.value_named(name).is_some();
    let taker = before
        .number()
        .and_then(|number| enums.after.value_numbered(number));
    let written = [first(enums.before, before), first(enums.after, after)];
    let come = taker
        .map(|taker| taker.name().text)
        .into_iter()
        .chain([written[1].as_str()])
        .find(|name| !is_in(enums.before, name));
    if let Some(come) = come {
        return when(format!("readers of the baseline see no `{come}`"));
    }
    let others = [(&written[0], enums.after), (&written[1], enums.before)];
    let other =
        (others.into_iter()).find(|(written, other)| *written != name && is_in(*other, written));
    match other {
        Some((written, _)) => when(format!(
            "nobody tells `{name}` from `{written}`: they have one number on one side, which writes `{written}`"
        )),
        None => Outcome::Safe,
    }
}
