//! A method can no longer be called by its path.
//!
//! ## What breaks
//! gRPC calls go to `/package.Service/Method`. A client of the baseline gets UNIMPLEMENTED when the method, its service or
//! the service's name is gone: that is as much a break of the wire as a changed field.
//!
//! ## Examples
//! ```proto,before
//! message Ping {
//! }
//!
//! service PingService {
//!   rpc Ping(.Ping) returns (.Ping);
//! }
//! ```
//! ```proto,after,bad
//! message Ping {
//! }
//!
//! service PongService {
//!   rpc Ping(.Ping) returns (.Ping);
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Method, Service};

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Existence,
        &[
            Compare::MethodRemoved(method),
            Compare::ServiceRemoved(service),
        ],
    ),
};

const HELP: &str = "keep it, marked with `option deprecated = true;`, until nobody calls it";

fn method<'s>(method: Method<'s>, service: Pair<Service<'s>>, cx: &mut BreakingCx<'s>) {
    let path = format!("/{}/{}", service.before.full_name(), method.name().text);
    cx.report(
        Place::Part(service.after.file(), service.after.span()),
        service.before.file(),
        method.full_name(),
        format!("calls of `{path}` fail: the rpc is gone"),
    )
    .verdict(judge::path_gone())
    .help(HELP);
}

fn service<'s>(service: Service<'s>, cx: &mut BreakingCx<'s>) {
    let path = format!("/{}/", service.full_name());
    let place = match cx.after().file_named(service.file().path()) {
        Some(file) => Place::File(file),
        None => Place::Nowhere,
    };
    cx.report(
        place,
        service.file(),
        service.full_name(),
        format!("calls of `{path}*` fail: the service is gone"),
    )
    .verdict(judge::path_gone())
    .help(HELP);
}
