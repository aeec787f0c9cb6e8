//! The request of a method became a stream, or no longer is one.
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
//!   rpc Ping(stream .Ping) returns (.Pong);
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::streaming;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Method;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Request, &[Compare::Method(check)]),
};

fn check<'s>(methods: Pair<Method<'s>>, cx: &mut BreakingCx<'s>) {
    streaming::report(methods, "request", Method::is_client_streaming, cx);
}
