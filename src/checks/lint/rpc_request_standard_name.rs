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

use super::rpc_standard_name::{is_empty_message, is_only_used_by, is_standard, standard_names};
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
    let name = message.name();
    if is_standard(name.text, method, "Request")
        || (options.allow_google_protobuf_empty_requests && is_empty_message(message))
    {
        return;
    }
    let (short, long) = standard_names(method, "Request");
    let rpc = method.name();
    let is_its_own = cx.wants_fixes() && is_only_used_by(message, method, cx);
    let report = cx
        .report(
            method.input_span(),
            format!("the request of rpc `{rpc}` is called `{name}`"),
        )
        .help(format!("call it `{short}` or `{long}`"));
    if is_its_own {
        report.or_rename_in(message.file(), name, short);
    }
}
