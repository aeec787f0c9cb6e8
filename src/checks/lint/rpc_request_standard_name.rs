//! The request of an rpc is not named after the rpc.
//!
//! ## Why
//! Whoever knows the rpc knows its messages, and a message that carries the rpc's name is not reused for another one,
//! where each new field would count for both.
//!
//! ## Examples
//! ```proto,bad
//! message Order {}
//! message GetOrderResponse {}
//! service OrderService {
//!   rpc GetOrder(Order) returns (GetOrderResponse);
//! }
//! ```
//! ```proto,good
//! message GetOrderRequest {}
//! message GetOrderResponse {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```
//!
//! ## Options
//! `allow_google_protobuf_empty_requests`: an rpc may also take `google.protobuf.Empty`.

use super::rpc_standard_name::{self, Part};
use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Method;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    let Some(message) = method.input() else {
        return;
    };
    let options = &cx.options().rpc_request_standard_name;
    let part = Part {
        role: "request",
        suffix: "Request",
        message,
        span: method.input_span(),
        may_be_empty: options.allow_google_protobuf_empty_requests,
    };
    rpc_standard_name::check(method, part, cx);
}
