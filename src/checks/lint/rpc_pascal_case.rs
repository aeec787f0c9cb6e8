//! The name of an rpc is not in PascalCase.
//!
//! ## Why
//! The name is part of the URL that clients call, `/package.Service/Method`, and becomes a function in each language. Only
//! PascalCase is converted alike everywhere.
//!
//! ## Examples
//! ```proto,bad
//! message GetOrderRequest {}
//! message GetOrderResponse {}
//! service OrderService {
//!   rpc getOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```
//! ```proto,good
//! message GetOrderRequest {}
//! message GetOrderResponse {}
//! service OrderService {
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Method;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("RPC_NAMES_UPPER_CAMEL_CASE")],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    let name = method.name();
    if !case::is_pascal(name.text) {
        let expected = case::pascal(name.text);
        cx.report(name, format!("rpc name `{name}` is not in PascalCase"))
            .rename(name, expected);
    }
}
