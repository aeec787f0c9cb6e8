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

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::packages;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::File;
use crate::schema::diff::Diff;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::Whole(check)]),
};

fn check<'s>(diff: &Diff<'s>, cx: &mut BreakingCx<'s>) {
    packages::report_removed(diff, "message", |package| &package.messages, place, cx);
}

/// Where a message is shown that is gone. As buf has it, a file that went to another package holds none of those around it;
/// for enums and extensions it does.
fn place<'s>(diff: &Diff<'s>, before: File<'s>, nested: &str) -> Place<'s> {
    match diff.after().file_named(before.path()) {
        Some(after) if after.package() != before.package() => Place::File(after),
        _ => packages::place(diff, before, nested),
    }
}
