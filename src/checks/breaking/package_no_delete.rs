//! A package is gone.
//!
//! ## What breaks
//! Everything with a full name in the package is gone with it: types, gRPC paths, type URLs.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! message User {
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto3";
//!
//! package acme.v2;
//!
//! message User {
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
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
        if current.contains_key(name) {
            continue;
        }
        let first = before.files[0];
        // What stands outside of packages has no name of its own; the file it was in tells it apart.
        let (symbol, message) = if name.is_empty() {
            let message = "no file without a package is left".to_owned();
            (first.path(), message)
        } else {
            (name, format!("package `{name}` was removed"))
        };
        cx.report(Place::Nowhere, first, symbol, message)
            .help("keep its files, and put a new version of the package beside it");
    }
}
