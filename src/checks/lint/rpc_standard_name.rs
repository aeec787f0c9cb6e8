//! How the messages of an rpc are called.

use crate::checks::Cx;
use crate::schema::{Message, Method, Role};
use crate::text::case;

/// Whether it is `google.protobuf.Empty`.
pub(super) fn is_empty_message(message: Message<'_>) -> bool {
    message.full_name() == "google.protobuf.Empty"
}

/// Whether the name is made of the rpc's name and `suffix`, with or without the service's name before.
pub(super) fn is_standard(name: &str, method: Method<'_>, suffix: &str) -> bool {
    let (service, own) = (method.parent().name().text, method.name().text);
    if !(case::is_pascal(service) && case::is_pascal(own)) {
        let (short, long) = standard_names(method, suffix);
        return name == short || name == long;
    }
    let stem = name.strip_suffix(suffix);
    stem.is_some_and(|stem| stem == own || stem.strip_prefix(service) == Some(own))
}

/// The two names that are standard: after the rpc, and after service and rpc.
pub(super) fn standard_names(method: Method<'_>, suffix: &str) -> (String, String) {
    let service = case::pascal(method.parent().name().text);
    let own = case::pascal(method.name().text);
    (format!("{own}{suffix}"), format!("{service}{own}{suffix}"))
}

/// Whether no other rpc takes or gives the message, so that it can be named after this one.
pub(super) fn is_only_used_by(message: Message<'_>, method: Method<'_>, cx: &Cx<'_>) -> bool {
    message.file().role() == Role::Target && *cx.rpcs_with(message) == [method]
}
