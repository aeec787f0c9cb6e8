//! A message is gone from its package.
//!
//! ## What breaks
//! Code that uses the message no longer compiles. Moving it to another file of the package is allowed here.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! message User {
//! }
//!
//! message Group {
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! message User {
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, in_package};
use super::packages;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Diff;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::Whole(check)]),
};

fn check<'s>(diff: &Diff<'s>, cx: &mut BreakingCx<'s>) {
    let current = packages::by_name(diff.after());
    for (name, before) in packages::by_name(diff.before()) {
        let Some(after) = current.get(name) else {
            continue;
        };
        if after.messages.is_empty() {
            continue;
        }
        for (nested, found) in &before.messages {
            if after.messages.contains_key(nested) {
                continue;
            }
            cx.report(
                packages::place(diff, found.file, nested),
                found.file,
                in_package(name, nested),
                format!("message `{nested}` was removed from package `{name}`"),
            )
            .before(found.file, found.span, "declared here in the baseline")
            .help("keep it in the package, marked as deprecated");
        }
    }
}
