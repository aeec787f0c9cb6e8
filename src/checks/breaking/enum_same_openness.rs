//! An enum was open and is now closed, or the other way round.
//!
//! ## What breaks
//! A closed enum puts numbers that it does not list among the unknown fields: they read as absent, and change their place in
//! lists and maps. An open one keeps them.
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
use super::judge::when;
use super::options::{self, Feature};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::Verdict;
use crate::schema::Enum;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
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
    let span = options::feature_place(
        enums.after.options(),
        Feature::ENUM_TYPE,
        enums.after.span(),
    );
    let listed = "values are listed; a closed enum puts others among the unknown fields, an open one keeps them";
    cx.report(
        Place::Part(enums.after.file(), span),
        enums.before.file(),
        enums.before.full_name(),
        format!(
            "enum `{}` was {} and is now {}",
            enums.after.full_name(),
            word(closed.before),
            word(closed.after)
        ),
    )
    .verdict(Verdict::new(
        when(listed),
        when(listed),
        when("the code is in a language that has one type for open and closed enums"),
    ))
    .help("keep it as it was with `option features.enum_type`");
}
