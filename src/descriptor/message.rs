//! `DescriptorProto`, and what only stands in it.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::body::{self, Nested};
use super::declaration::{narrow, reserved_names, visibility};
use super::number::{message as number, oneof, range};
use super::{enumeration, field, wire};
use crate::schema::{Enum, Field, File, Message, Oneof};
use crate::syntax::tree::{Item, NumberRange};

/// The number after the last one that a field can have.
const FIELD_NUMBERS_END: i32 = 1 << 29;

/// Appends a message that a file or message declares.
pub(super) fn nested(out: &mut Vec<u8>, file: File<'_>, nested: Nested) {
    match nested {
        Nested::Message(index) => message(out, Message::new(file.schema(), file.id(), index)),
        Nested::MapEntry(index) => {
            field::map_entry(out, Field::new(file.schema(), file.id(), index));
        }
    }
}

fn message(out: &mut Vec<u8>, message: Message<'_>) {
    let file = message.file();
    let (schema, tree) = (file.schema(), file.syntax().tree());
    let items = message.items();
    wire::bytes(out, number::NAME, message.name().text.as_bytes());
    let written_oneofs = message.oneofs().count();
    // What descriptors invent for proto3 `optional` comes after the oneofs that are written.
    let mut invented = written_oneofs;
    let mut oneofs = message.oneofs().enumerate().peekable();
    for index in body::fields(tree, items) {
        let node = Field::new(schema, file.id(), index);
        let place = if node.is_proto3_optional() {
            invented += 1;
            Some(invented - 1)
        } else if let Some(oneof) = node.oneof() {
            // Oneofs come in the order of their fields, and each has some.
            while oneofs.next_if(|&(_, next)| next != oneof).is_some() {}
            oneofs.peek().map(|&(at, _)| at)
        } else {
            None
        };
        wire::message(out, number::FIELD, |out| field::field(out, node, place));
    }
    for nested in body::nested(tree, items) {
        wire::message(out, number::NESTED, |out| self::nested(out, file, nested));
    }
    for &item in items {
        if let Item::Enum(index) = item {
            let node = Enum::new(schema, file.id(), index);
            wire::message(out, number::ENUM, |out| enumeration::enumeration(out, node));
        }
    }
    let is_message_set = message.is_message_set();
    for statement in message.extensions_statements() {
        for numbers in &tree[statement.ranges] {
            wire::message(out, number::EXTENSION_RANGE, |out| {
                number_range(out, numbers, is_message_set);
                let options = message.extension_range_options(statement);
                wire::options(out, range::OPTIONS, options, false);
            });
        }
    }
    for index in body::extensions(tree, items) {
        let node = Field::new(schema, file.id(), index);
        wire::message(out, number::EXTENSION, |out| field::extension(out, node));
    }
    wire::options(out, number::OPTIONS, message.options(), false);
    for node in message.oneofs() {
        wire::message(out, number::ONEOF, |out| oneof(out, node));
    }
    if invented > written_oneofs {
        for name in invented_oneofs(message) {
            wire::message(out, number::ONEOF, |out| {
                wire::bytes(out, oneof::NAME, name.as_bytes());
            });
        }
    }
    for numbers in message.reserved_ranges() {
        wire::message(out, number::RESERVED_RANGE, |out| {
            number_range(out, numbers, is_message_set);
        });
    }
    for statement in message.reserved_statements() {
        reserved_names(out, number::RESERVED_NAME, file.syntax(), statement);
    }
    visibility(
        out,
        number::VISIBILITY,
        message.node().visibility.map(|(kind, _)| kind),
    );
}

/// Appends an `ExtensionRange` or `ReservedRange`; its end is excluded.
fn number_range(out: &mut Vec<u8>, numbers: &NumberRange, is_message_set: bool) {
    let start = numbers.start.value.unwrap_or_default();
    let end = match numbers.end {
        None => start + 1,
        Some(_) if numbers.is_max && is_message_set => i32::MAX.into(),
        Some(_) if numbers.is_max => FIELD_NUMBERS_END.into(),
        Some(end) => end.value.unwrap_or_default() + 1,
    };
    wire::int32(out, range::START, narrow(start));
    wire::int32(out, range::END, narrow(end));
}

fn oneof(out: &mut Vec<u8>, oneof: Oneof<'_>) {
    wire::bytes(out, oneof::NAME, oneof.name().text.as_bytes());
    wire::options(out, oneof::OPTIONS, oneof.options(), false);
}

/// The names of the oneofs that descriptors invent for the proto3 `optional` fields of a message, in order.
///
/// Each is its field's name with an underscore before it, where it does not begin with one; and with as many `X` before
/// that as it takes to be unlike the names of all fields and oneofs.
fn invented_oneofs(message: Message<'_>) -> Vec<String> {
    let mut taken: FxHashSet<Cow<'_, str>> = message.fields().map(Field::name).collect();
    taken.extend(
        message
            .oneofs()
            .map(|oneof| Cow::Borrowed(oneof.name().text)),
    );
    let optionals = message.fields().filter(|field| field.is_proto3_optional());
    optionals
        .map(|field| {
            let name = field.name();
            let mut invented = if name.starts_with('_') {
                name.into_owned()
            } else {
                format!("_{name}")
            };
            while !taken.insert(Cow::Owned(invented.clone())) {
                invented.insert(0, 'X');
            }
            invented
        })
        .collect()
}
