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
        let same = |value: &EnumValue<'s>| value.name().text == name;
        let Some(after) = enums.after.values().find(same) else {
            continue;
        };
        let (Some(old), Some(new)) = (before.number(), after.number()) else {
            continue;
        };
        if old == new {
            continue;
        }
        let taker = enums
            .after
            .values()
            .find(|value| value.number() == Some(old));
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
        // D1, D8: a name that has come, for the old number or before this one for the new, is one that readers of the baseline
        // do not know.
        let is_known = |name: &str| enums.before.values().any(|value| value.name().text == name);
        let written = (enums.after.values()).find(|value| value.number() == Some(new));
        let come = [taker, written].into_iter().flatten();
        let mut come = come.map(|value| value.name().text);
        let json = match come.find(|name| !is_known(name)) {
            Some(name) => when(format!("readers of the baseline see no `{name}`")),
            None => Outcome::Safe,
        };
        cx.report(
            Place::Part(after.file(), after.number_span()),
            before.file(),
            format!("{}#{old}", enums.before.full_name()),
            format!("value `{name}` had number {old} and now has {new}{now}"),
        )
        .aspect(aspect)
        .verdict(Verdict::new(wire, json, Outcome::Safe))
        .before(
            before.file(),
            before.number_span(),
            "the baseline has this number",
        )
        .help(format!("give `{name}` number {old} again"));
    }
}
