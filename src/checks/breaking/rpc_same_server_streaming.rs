//! The response of a method became a stream, or no longer is one.
//!
//! ## What breaks
//! Caller and server must agree on the kind of stream: a call of the other kind fails. Generated code has another
//! signature.
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
//!   rpc Ping(.Ping) returns (stream .Pong);
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
    let streaming = methods.map(Method::is_server_streaming);
    if streaming.is_same() {
        return;
    }
    let change = if streaming.after {
        "became a stream"
    } else {
        "is no longer a stream"
    };
    cx.report(
        Place::Part(methods.after.file(), methods.after.span()),
        methods.before.file(),
        methods.before.full_name(),
        format!(
            "the response of rpc `{}` {change}",
            methods.after.full_name()
        ),
    )
    .help("add a method of another name with the new signature");
}
