//! What holds for any bytes at all. The fuzz targets and the seeded tests under `cargo test` call the same functions.

use std::sync::Arc;

use protogov::schema::{Input, Role, Schema};
use protogov::syntax::File;
use protogov::text::Source;

/// Any bytes can be parsed, give themselves back, and can be linked; no view of the result panics.
///
/// # Panics
/// When that is not so.
pub fn front_end(bytes: &[u8]) {
    let Ok(source) = Source::new("fuzz.proto", "fuzz.proto", bytes.to_vec()) else {
        return;
    };
    let file = File::parse(Arc::new(source));
    lossless(&file);
    let schema = Schema::link(vec![Input::new(Arc::new(file), Role::Target)]);
    visit(&schema);
}

/// Tokens and gaps, put together, are the text, and no token lies outside of it.
fn lossless(file: &File) {
    let mut end = 0;
    for token in file.tokens().iter() {
        let gap = file.tokens().gap_before(token);
        let span = file.tokens().span(token);
        assert_eq!(gap.start, end, "the gap begins where the token before ends");
        assert_eq!(gap.end, span.start);
        end = span.end;
    }
    assert_eq!(end, file.source().len());
    for error in file.errors() {
        let location = error.location.as_ref().expect("syntax errors have a place");
        assert!(location.span.end <= file.source().len());
    }
}

/// Asks every view for everything.
fn visit(schema: &Schema) {
    for file in schema.files() {
        let _ = (file.package_span(), file.syntax_span());
        for message in file.all_messages() {
            let _ = (message.full_name(), message.span(), message.features());
            let _ = (
                message.oneofs().count(),
                message.messages().count(),
                message.reserved_names().count(),
            );
            for field in message.fields() {
                let _ = (field.full_name(), field.kind(), field.cardinality());
                let _ = (field.type_span(), field.number_span(), field.is_packed());
            }
        }
        for node in file.all_enums() {
            for value in node.values() {
                let _ = value.full_name();
            }
        }
        for service in file.services() {
            for method in service.methods() {
                let _ = (method.full_name(), method.input(), method.output());
            }
        }
        for extension in file.all_extensions() {
            let _ = (extension.full_name(), extension.containing_message());
        }
    }
    for error in schema.errors() {
        assert!(!error.message.is_empty());
    }
}
