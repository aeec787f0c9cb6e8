//! Something of an enum is no longer reserved.
//!
//! ## What breaks
//! What was reserved was in use once. Once it is free again, somebody will take it, and old bytes or JSON will be
//! read as something else.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   reserved 2;
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   reserved 1 to 5;
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::ranges::{self, Ranges};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Enum;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Reserved, &[Compare::Enum(check)]),
};

fn check<'s>(pair: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let place = Place::Part(pair.after.file(), pair.after.span());
    let full_name = pair.after.full_name();
    let current = Ranges::of(pair.after.reserved_ranges());
    for range in pair.before.reserved_ranges() {
        if current.cover(range) {
            continue;
        }
        let shown = ranges::shown(range);
        cx.report(
            place,
            pair.before.file(),
            pair.before.full_name(),
            format!("enum `{full_name}` no longer reserves all of {shown}"),
        )
        .help(format!("add `reserved {shown};` back"));
    }
    let names: Vec<String> = pair.after.reserved_names().map(|(name, _)| name).collect();
    for (name, _) in pair.before.reserved_names() {
        if names.contains(&name) {
            continue;
        }
        cx.report(
            place,
            pair.before.file(),
            pair.before.full_name(),
            format!("enum `{full_name}` no longer reserves the name `{name}`"),
        )
        .help(format!("add `reserved \"{name}\";` back"));
    }
}
