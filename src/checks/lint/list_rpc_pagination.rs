//! A list rpc cannot be paged through.
//!
//! ## Why
//! A list that fits today does not in a year. Adding pages later changes what every client sees: the first page, where it used to
//! see all. <https://aip.dev/158>
//!
//! ## Examples
//! ```proto,bad
//! message ListOrdersRequest {}
//! message ListOrdersResponse {
//!   repeated Order orders = 1;
//! }
//! message Order {}
//! service OrderService {
//!   rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);
//! }
//! ```
//! ```proto,good
//! message ListOrdersRequest {
//!   int32 page_size = 1;
//!   string page_token = 2;
//! }
//! message ListOrdersResponse {
//!   repeated Order orders = 1;
//!   string next_page_token = 2;
//! }
//! message Order {}
//! service OrderService {
//!   rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::{Message, Method};
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::ApiLinter("0158::request-page-size-field"),
        Other::ApiLinter("0158::request-page-token-field"),
        Other::ApiLinter("0158::response-next-page-token-field"),
    ],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    let name = method.name();
    let is_list = case::words(name.text).next() == Some("List");
    if !is_list || method.is_server_streaming() || method.is_client_streaming() {
        return;
    }
    let (Some(request), Some(response)) = (method.input(), method.output()) else {
        return;
    };
    let missing = [
        lacks(request, "page_size"),
        lacks(request, "page_token"),
        lacks(response, "next_page_token"),
    ];
    for (message, field) in missing.into_iter().flatten() {
        let owner = message.name();
        cx.report(
            name,
            format!("list rpc `{name}` has no `{field}` in `{owner}`"),
        )
        .help(format!("add `{field}` to `{owner}` while clients are few"));
    }
}

/// The message and the field that it does not have, whatever stands before: `next_page_token` is a page token.
fn lacks<'s>(message: Message<'s>, field: &'static str) -> Option<(Message<'s>, &'static str)> {
    let has = message.fields().any(|other| other.name().ends_with(field));
    (!has).then_some((message, field))
}
