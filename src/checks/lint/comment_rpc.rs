//! An rpc has no comment.
//!
//! ## Why
//! Generated code carries the comment along, and for most users that is the only documentation there is.
//!
//! The comment stands right above, without a blank line between. A comment that only silences a rule does not count.
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
//!   // Gives one order of the caller; `NOT_FOUND` where there is none.
//!   rpc GetOrder(GetOrderRequest) returns (GetOrderResponse);
//! }
//! ```

use crate::checks::Cx;
use crate::checks::comment_lines::is_documented;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Method;

pub(super) static RULE: Rule = Rule {
    group: Group::Docs,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("RPCS_HAVE_COMMENT"),
        Other::ApiLinter("0192::has-comments"),
    ],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    if !is_documented(cx.file().syntax(), method.node().tokens.start) {
        let name = method.name();
        cx.report(method.span(), format!("rpc `{name}` has no comment"))
            .help("say in a comment above it what it does and how it fails");
    }
}
