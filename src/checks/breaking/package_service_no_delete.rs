//! A service is gone from its package.
//!
//! ## What breaks
//! Callers reach a service by the path `/package.Service/Method`: without it every call fails with UNIMPLEMENTED.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! message Ping {
//! }
//!
//! service PingService {
//!   rpc Ping(.acme.v1.Ping) returns (.acme.v1.Ping);
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! message Ping {
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, in_package};
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
        for (nested, found) in &before.services {
            if after.services.contains_key(nested) {
                continue;
            }
            let place = diff
                .after()
                .file_named(found.file.path())
                .map_or(Place::Nowhere, Place::File);
            cx.report(
                place,
                found.file,
                in_package(name, nested),
                format!("service `{nested}` was removed from package `{name}`"),
            )
            .before(found.file, found.span, "declared here in the baseline")
            .help("keep it, marked with `option deprecated = true;`, until nobody calls it");
        }
    }
}
