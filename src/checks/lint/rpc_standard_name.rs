//! How the messages of an rpc are called.

use crate::checks::Cx;
use crate::schema::{Message, Method, Role};
use crate::text::{Span, case};

/// The request or the response of an rpc.
pub(super) struct Part<'s> {
    /// What it is called in a message.
    pub(super) role: &'static str,
    /// What its name ends with.
    pub(super) suffix: &'static str,
    pub(super) message: Message<'s>,
    pub(super) span: Span,
    /// Whether `google.protobuf.Empty` will do.
    pub(super) may_be_empty: bool,
}

/// Reports a request or response that is not named after its rpc.
pub(super) fn check(method: Method<'_>, part: Part<'_>, cx: &mut Cx<'_>) {
    let Part {
        role,
        suffix,
        message,
        span,
        may_be_empty,
    } = part;
    let name = message.name();
    if is_standard(name.text, method, suffix) || (may_be_empty && is_empty_message(message)) {
        return;
    }
    let (short, long) = standard_names(method, suffix);
    let rpc = method.name();
    let is_its_own = cx.wants_fixes() && is_only_used_by(message, method, cx);
    let report = cx
        .report(
            span,
            format!("the {role} of rpc `{rpc}` is called `{name}`"),
        )
        .help(format!("call it `{short}` or `{long}`"));
    if is_its_own {
        report.or_rename_in(message.file(), name, short);
    }
}

/// Whether it is `google.protobuf.Empty`.
pub(super) fn is_empty_message(message: Message<'_>) -> bool {
    message.full_name() == "google.protobuf.Empty"
}

/// Whether the name is made of the rpc's name and `suffix`, with or without the service's name before.
fn is_standard(name: &str, method: Method<'_>, suffix: &str) -> bool {
    let (service, own) = (method.parent().name().text, method.name().text);
    if !(case::is_pascal(service) && case::is_pascal(own)) {
        let (short, long) = standard_names(method, suffix);
        return name == short || name == long;
    }
    let stem = name.strip_suffix(suffix);
    stem.is_some_and(|stem| stem == own || stem.strip_prefix(service) == Some(own))
}

/// The two names that are standard: after the rpc, and after service and rpc.
fn standard_names(method: Method<'_>, suffix: &str) -> (String, String) {
    let service = case::pascal(method.parent().name().text);
    let own = case::pascal(method.name().text);
    (format!("{own}{suffix}"), format!("{service}{own}{suffix}"))
}

/// Whether no other rpc takes or gives the message, so that it can be named after this one.
fn is_only_used_by(message: Message<'_>, method: Method<'_>, cx: &Cx<'_>) -> bool {
    message.file().role() == Role::Target && *cx.rpcs_with(message) == [method]
}
