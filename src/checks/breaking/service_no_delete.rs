//! A service is gone from its file.
//!
//! ## What breaks
//! Callers reach a service by the path `/package.Service/Method`: without it every call fails with UNIMPLEMENTED.
//!
//! ## Examples
//! ```proto,before
//! message Ping {
//! }
//!
//! service PingService {
//!   rpc Ping(.Ping) returns (.Ping);
//! }
//! ```
//! ```proto,after,bad
//! message Ping {
//! }
//! ```
//! ```proto,after,good
//! message Ping {
//! }
//!
//! service PingService {
//!   option deprecated = true;
//!   rpc Ping(.Ping) returns (.Ping);
//! }
//! ```

use rustc_hash::FxHashSet;

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::File;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::File(check)]),
};

fn check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
    let kept: FxHashSet<&str> = (files.after.services())
        .map(|after| after.name().text)
        .collect();
    for before in files.before.services() {
        let name = before.name().text;
        if kept.contains(name) {
            continue;
        }
        cx.report(
            Place::File(files.after),
            files.before,
            before.full_name(),
            format!("service `{name}` was removed from this file"),
        )
        .before(
            files.before,
            before.name().span,
            "declared here in the baseline",
        )
        .help("keep it, marked with `option deprecated = true;`, until nobody calls it");
    }
}
