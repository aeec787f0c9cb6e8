//! What of a file is deprecated.

use crate::schema::options::Options;
use crate::schema::{File, Message, Name};
use crate::syntax::TokenRange;
use crate::text::Span;

/// Something that says of itself that it is deprecated.
pub(super) struct Deprecated {
    /// What it is called in a message.
    pub(super) noun: &'static str,
    /// Its name.
    pub(super) name: String,
    /// Where it is named.
    pub(super) name_span: Span,
    /// The whole declaration.
    pub(super) tokens: TokenRange,
}

/// Whether the option `deprecated` is set; its number is not the same in all options messages.
pub(super) fn is_deprecated(options: Options<'_>, number: i32) -> bool {
    options.boolean(number) == Some(true)
}

/// Whether a message or one around it is deprecated.
pub(super) fn message_is_deprecated(message: Message<'_>) -> bool {
    let mut next = Some(message);
    while let Some(message) = next {
        if is_deprecated(message.options(), 3) {
            return true;
        }
        next = message.parent();
    }
    false
}

/// Everything in a file that says of itself that it is deprecated.
pub(super) fn deprecated_elements(file: File<'_>) -> Vec<Deprecated> {
    let mut found = Vec::new();
    let mut add = |noun, is: bool, name: Name<'_>, tokens| {
        if is {
            found.push(Deprecated {
                noun,
                name: name.text.to_owned(),
                name_span: name.span,
                tokens,
            });
        }
    };
    for message in file.all_messages() {
        let is = is_deprecated(message.options(), 3);
        add("message", is, message.name(), message.node().tokens);
    }
    for field in file.all_fields() {
        let is = is_deprecated(field.options(), 3);
        add("field", is, field.written_name(), field.node().tokens);
    }
    for node in file.all_enums() {
        let is = is_deprecated(node.options(), 3);
        add("enum", is, node.name(), node.node().tokens);
    }
    for value in file.all_values() {
        let is = is_deprecated(value.options(), 1);
        add("enum value", is, value.name(), value.node().tokens);
    }
    for service in file.services() {
        let is = is_deprecated(service.options(), 33);
        add("service", is, service.name(), service.node().tokens);
    }
    for method in file.all_methods() {
        let is = is_deprecated(method.options(), 33);
        add("rpc", is, method.name(), method.node().tokens);
    }
    found
}
