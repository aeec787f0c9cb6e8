//! A method is gone from its service.
//!
//! ## What breaks
//! Callers reach a method by the path `/package.Service/Method`: without it the call fails with UNIMPLEMENTED.
//!
//! ## Examples
//! ```proto,before
//! message Ping {
//! }
//!
//! message Pong {
//! }
//!
//! service PingService {
//!   rpc Ping(.Ping) returns (.Pong);
//!   rpc Again(.Ping) returns (.Pong);
//! }
//! ```
//! ```proto,after,bad
//! message Ping {
//! }
//!
//! message Pong {
//! }
//!
//! service PingService {
//!   rpc Ping(.Ping) returns (.Pong);
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Method, Service};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::MethodRemoved(check)]),
};

fn check<'s>(method: Method<'s>, service: Pair<Service<'s>>, cx: &mut BreakingCx<'s>) {
    let name = method.name().text;
    cx.report(
        Place::Part(service.after.file(), service.after.span()),
        service.before.file(),
        method.full_name(),
        format!(
            "rpc `{name}` was removed from service `{}`",
            service.after.full_name()
        ),
    )
    .before(
        method.file(),
        method.span(),
        "declared here in the baseline",
    )
    .help("keep it, marked with `option deprecated = true;`, until nobody calls it");
}
