//! An rpc takes a stream of requests.
//!
//! ## Why
//! Client streams do not go through most HTTP proxies and gateways, cannot be retried once the first message is sent, and
//! stay with one server while they last, however the load is. A team that wants none of that uses unary rpcs only.
//!
//! ## Examples
//! ```proto,bad
//! message UploadRequest {}
//! message UploadResponse {}
//! service FileService {
//!   rpc Upload(stream UploadRequest) returns (UploadResponse);
//! }
//! ```
//! ```proto,good
//! message UploadRequest {}
//! message UploadResponse {}
//! service FileService {
//!   rpc Upload(UploadRequest) returns (UploadResponse);
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
    if method.is_client_streaming() {
        let name = method.name();
        cx.report(
            method.span(),
            format!("rpc `{name}` takes a stream of requests"),
        )
        .help("take one request, and let the client call several times");
    }
}
