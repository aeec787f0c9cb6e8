//! Whether the request or the response of an rpc is a stream.

use super::compare::{BreakingCx, Place};
use crate::schema::Method;
use crate::schema::diff::Pair;

/// Reports an rpc whose `role`, request or response, became a stream or no longer is one.
pub(super) fn report<'s>(
    methods: Pair<Method<'s>>,
    role: &str,
    is_stream: fn(Method<'s>) -> bool,
    cx: &mut BreakingCx<'s>,
) {
    let streaming = methods.map(is_stream);
    if streaming.is_same() {
        return;
    }
    let change = if streaming.after {
        "became a stream"
    } else {
        "is no longer a stream"
    };
    let rpc = methods.after.full_name();
    cx.report(
        Place::Part(methods.after.file(), methods.after.span()),
        methods.before.file(),
        methods.before.full_name(),
        format!("the {role} of rpc `{rpc}` {change}"),
    )
    .help("add a method of another name with the new signature");
}
