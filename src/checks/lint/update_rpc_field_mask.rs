//! An update rpc has no field mask.
//!
//! ## Why
//! Without a mask a client cannot say which fields it means. A client that does not know a new field sends the message without it, and
//! the update deletes what others have written there. <https://aip.dev/134>
//!
//! ## Examples
//! ```proto,bad
//! message Order {}
//! message UpdateOrderRequest {
//!   Order order = 1;
//! }
//! message UpdateOrderResponse {}
//! service OrderService {
//!   rpc UpdateOrder(UpdateOrderRequest) returns (UpdateOrderResponse);
//! }
//! ```
//! ```proto,good
//! import "google/protobuf/field_mask.proto";
//! message Order {}
//! message UpdateOrderRequest {
//!   Order order = 1;
//!   google.protobuf.FieldMask update_mask = 2;
//! }
//! message UpdateOrderResponse {}
//! service OrderService {
//!   rpc UpdateOrder(UpdateOrderRequest) returns (UpdateOrderResponse);
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::{FieldKind, Message, Method};
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0134::request-mask-required")],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    let name = method.name();
    if case::words(name.text).next() != Some("Update") || method.is_client_streaming() {
        return;
    }
    let Some(request) = method.input() else {
        return;
    };
    let resource = name.text.strip_prefix("Update").unwrap_or_default();
    let holds = |wanted: &dyn Fn(Message<'_>) -> bool| {
        request.fields().any(|field| match field.kind() {
            FieldKind::Message(message) => !field.is_repeated() && wanted(message),
            _ => false,
        })
    };
    let is_mask = |message: Message<'_>| message.full_name() == "google.protobuf.FieldMask";
    // A request that names single fields says by them what it changes.
    if holds(&|message| message.name().text == resource) && !holds(&is_mask) {
        let owner = request.name();
        cx.report(
            name,
            format!("update rpc `{name}` has no field mask in `{owner}`"),
        )
        .help("add `google.protobuf.FieldMask update_mask` to the request");
    }
}
