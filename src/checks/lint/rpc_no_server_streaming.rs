//! An rpc gives a stream of responses.
//!
//! ## Why
//! Long answers hold a connection open, do not go through most HTTP proxies and gateways, and have to be resumed by hand when
//! they break. A team that wants none of that uses unary rpcs only.
//!
//! ## Examples
//! ```proto,bad
//! message WatchRequest {}
//! message WatchResponse {}
//! service OrderService {
//!   rpc Watch(WatchRequest) returns (stream WatchResponse);
//! }
//! ```
//! ```proto,good
//! message WatchRequest {}
//! message WatchResponse {}
//! service OrderService {
//!   rpc Watch(WatchRequest) returns (WatchResponse);
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Method;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Method(check)),
};

fn check(method: Method<'_>, cx: &mut Cx<'_>) {
    if method.is_server_streaming() {
        let name = method.name();
        cx.report(
            method.span(),
            format!("rpc `{name}` gives a stream of responses"),
        )
        .help("give one response, and page through long results");
    }
}
