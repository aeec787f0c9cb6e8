//! An open enum became closed, or the other way round.
//!
//! ## What breaks
//! A closed enum puts numbers it does not list among the unknown fields; an open one keeps them as values. Generated
//! code differs in some languages.
//!
//! ## Examples
//! ```proto,before
//! edition = "2023";
//!
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,bad
//! edition = "2023";
//!
//! enum Status {
//!   option features.enum_type = CLOSED;
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::options::{self, Feature};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Enum;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Type, &[Compare::Enum(check)]),
};

fn check<'s>(enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let closed = enums.map(Enum::is_closed);
    if closed.is_same() {
        return;
    }
    let word = |closed| if closed { "closed" } else { "open" };
    let place = options::feature_place(
        enums.after.options(),
        Feature::ENUM_TYPE,
        enums.after.span(),
    );
    cx.report(
        Place::Part(enums.after.file(), place),
        enums.before.file(),
        enums.before.full_name(),
        format!(
            "enum `{}` was {} and is now {}",
            enums.after.full_name(),
            word(closed.before),
            word(closed.after)
        ),
    )
    .help("keep the enum as it was with `features.enum_type`");
}
