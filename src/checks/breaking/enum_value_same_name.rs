//! An enum value was renamed.
//!
//! ## What breaks
//! JSON and text hold names: what was written with the old name is refused. Code that names the value no longer
//! compiles.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_LOST = 1;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_MISSING = 1;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   option allow_alias = true;
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_LOST = 1;
//!   STATUS_MISSING = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Enum;
use crate::schema::diff::{NumberedValues, Pair};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Name, &[Compare::EnumNumber(check)]),
};

fn check<'s>(pair: &Pair<NumberedValues<'s>>, enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let names = |values: &NumberedValues<'s>| -> Vec<&'s str> {
        values
            .values
            .iter()
            .map(|value| value.name().text)
            .collect()
    };
    let (before, after) = (names(&pair.before), names(&pair.after));
    if before.iter().all(|name| after.contains(name)) {
        return;
    }
    let number = pair.before.number;
    let message = format!(
        "number {number} of enum `{}` was `{}` and is now `{}`",
        enums.after.full_name(),
        before.join("`, `"),
        after.join("`, `")
    );
    for value in &pair.after.values {
        cx.report(
            Place::Part(value.file(), value.number_span()),
            enums.before.file(),
            format!("{}#{number}", enums.before.full_name()),
            message.clone(),
        )
        .help("keep the old name; with `allow_alias` the new one can stand beside it");
    }
}
