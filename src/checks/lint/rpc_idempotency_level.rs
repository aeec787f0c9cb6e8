//! An rpc that only reads does not say so.
//!
//! ## Why
//! A client or proxy may repeat a call whose answer was lost only when it knows that nothing happens twice. `NO_SIDE_EFFECTS` tells it,
//! and lets gateways use GET. It matters where retries are configured.
//!
//! ## Examples
//! ```proto,bad
//! message GetOrderRequest {}
//! message GetOrderResponse {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```
//! ```proto,good
//! message GetOrderRequest {}
//! message GetOrderResponse {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse) {
//!     option idempotency_level = NO_SIDE_EFFECTS;
//!   }
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Method;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Hint,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Method(check)),
};

/// `google.protobuf.MethodOptions.idempotency_level`
const IDEMPOTENCY_LEVEL: i32 = 34;

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    let name = method.name();
    let first = case::words(name.text).next();
    let reads = matches!(
        first,
        Some("Get" | "List" | "Search" | "Read" | "Query" | "Find" | "Lookup")
    );
    if reads && !method.is_client_streaming() && method.options().get(IDEMPOTENCY_LEVEL).is_none() {
        cx.report(name, format!("rpc `{name}` reads by its name and has no idempotency level"))
            .help("add `option idempotency_level = NO_SIDE_EFFECTS;`, or `IDEMPOTENT` where calls are counted");
    }
}
