//! A unary response holds a list without pages.
//!
//! ## Why
//! The list grows with the data. One day it is larger than the 4 MiB that gRPC takes by default, and the call fails for those who
//! have most of it.
//!
//! ## Examples
//! ```proto,bad
//! message GetOrderRequest {}
//! message GetOrderResponse {
//!   repeated Line lines = 1;
//! }
//! message Line {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```
//! ```proto,good
//! message GetOrderRequest {}
//! message GetOrderResponse {
//!   repeated Line lines = 1;
//!   string next_page_token = 2;
//! }
//! message Line {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{FieldKind, Method};
use crate::syntax::tree::FieldLabel;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Hint,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    let name = method.name();
    // List rpcs have a rule of their own, and a batch is as long as its request.
    let first = case::words(name.text).next();
    if method.is_server_streaming() || matches!(first, Some("List" | "Batch")) {
        return;
    }
    let Some(response) = method.output() else {
        return;
    };
    // A resource has as many parts as it was given; a message made for the response, as many as there are.
    let last = case::words(response.name().text).last();
    if !matches!(last, Some("Response" | "Reply" | "Results" | "List")) {
        return;
    }
    let list = response.fields().find(|field| {
        field.label() == Some(FieldLabel::Repeated) && matches!(field.kind(), FieldKind::Message(_))
    });
    if let Some(list) = list.filter(|_| response.field_named("next_page_token").is_none()) {
        let field = list.name();
        cx.report(
            method.output_span(),
            format!("the response of rpc `{name}` holds `{field}`, a list without pages"),
        )
        .label_in(list.file(), list.written_name(), "this list")
        .help("add `next_page_token`, stream the response, or say in the comment what bounds the list");
    }
}
