//! The response of a method has another type.
//!
//! ## What breaks
//! Both sides have to agree on the message. Generated code has another signature; whether bytes and JSON survive
//! depends on the two types, and the finding says so.
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
//!   rpc Ping(.Ping) returns (.Ping);
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Method;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Response, &[Compare::Method(check)]),
};

fn check<'s>(methods: Pair<Method<'s>>, cx: &mut BreakingCx<'s>) {
    let (Some(before), Some(after)) = (methods.before.output(), methods.after.output()) else {
        return;
    };
    if before.full_name() == after.full_name() {
        return;
    }
    cx.report(
        Place::Part(methods.after.file(), methods.after.output_span()),
        methods.before.file(),
        methods.before.full_name(),
        format!(
            "the response of rpc `{}` was `{}` and is now `{}`",
            methods.after.full_name(),
            before.full_name(),
            after.full_name()
        ),
    )
    .help("keep the message and add fields to it, or add a method of another name");
}
