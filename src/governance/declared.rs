//! Declarations as a reader would write them.

use std::collections::BTreeMap;

use crate::schema::{Field, FieldKind, File, Message, Method};
use crate::syntax::tree::OptionSetting;

/// A field as a reader would write it, without options.
pub(super) fn declaration(field: Field<'_>) -> String {
    let label = field.label().map_or("", |label| label.as_str());
    let number = field.number().unwrap_or_default();
    let text = format!("{label} {} {} = {number}", type_of(field), field.name());
    text.trim_start().to_owned()
}

/// The type, by its full name where it has one.
fn type_of(field: Field<'_>) -> String {
    match field.kind() {
        FieldKind::Message(message) | FieldKind::Delimited(message) if !field.is_map() => {
            message.full_name().to_owned()
        }
        FieldKind::Enum(node) if !field.is_map() => node.full_name().to_owned(),
        _ => squeezed(field.file().source().slice(field.type_span())),
    }
}

/// `Get(Request) returns (stream Response)`
pub(super) fn signature(method: Method<'_>) -> String {
    let source = method.file().source();
    let named = |message: Option<Message<'_>>, span| match message {
        Some(message) => message.full_name().to_owned(),
        None => source.slice(span).to_owned(),
    };
    let stream = |is_stream: bool| if is_stream { "stream " } else { "" };
    format!(
        "rpc {}({}{}) returns ({}{})",
        method.name(),
        stream(method.is_client_streaming()),
        named(method.input(), method.input_span()),
        stream(method.is_server_streaming()),
        named(method.output(), method.output_span()),
    )
}

/// Options by name, as they are written.
pub(super) fn settings<'s>(
    file: File<'s>,
    settings: impl Iterator<Item = &'s OptionSetting>,
) -> BTreeMap<String, String> {
    let syntax = file.syntax();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for setting in settings {
        let name = squeezed(syntax.source().slice(syntax.span(setting.name_tokens)));
        let whole = squeezed(syntax.source().slice(syntax.span(setting.tokens)));
        let value = whole.split_once('=').map_or("", |(_, value)| value);
        let value = value.trim().trim_end_matches(';').trim_end();
        let held = found.entry(name).or_default();
        if !held.is_empty() {
            held.push_str(", ");
        }
        held.push_str(value);
    }
    found
}

/// A text on one line, with single blanks.
fn squeezed(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}
