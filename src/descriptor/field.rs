//! `FieldDescriptorProto`, and the message that stands for an entry of a map.

use super::number::{field as number, message as entry};
use super::wire;
use crate::schema::diff::map_entry_name;
use crate::schema::options::OptionSet;
use crate::schema::{Definition, Enum, Field, Message};
use crate::syntax::tree::{FieldLabel, Scalar, TypeReference};
use crate::text::case;

/// `FieldDescriptorProto.Type`, where it is not that of a [`Scalar`].
mod field_type {
    pub(super) const GROUP: i32 = 10;
    pub(super) const MESSAGE: i32 = 11;
    pub(super) const ENUM: i32 = 14;
}

/// `MessageOptions.map_entry`
const MAP_ENTRY: i32 = 7;

/// `FieldDescriptorProto.Label`
mod label {
    pub(super) const OPTIONAL: i32 = 1;
    pub(super) const REQUIRED: i32 = 2;
    pub(super) const REPEATED: i32 = 3;
}

/// Appends a field of a message; `oneof` is the position of its oneof.
pub(super) fn field(out: &mut Vec<u8>, field: Field<'_>, oneof: Option<usize>) {
    descriptor(out, field, oneof);
}

/// Appends an extension.
pub(super) fn extension(out: &mut Vec<u8>, field: Field<'_>) {
    descriptor(out, field, None);
}

fn descriptor(out: &mut Vec<u8>, field: Field<'_>, oneof: Option<usize>) {
    let name = field.name();
    wire::bytes(out, number::NAME, name.as_bytes());
    if let Some(extendee) = field.extend().and_then(|extend| extend.extendee()) {
        wire::joined(out, number::EXTENDEE, &[".", extendee.full_name()]);
    }
    wire::int32(out, number::NUMBER, field.number().unwrap_or_default());
    let label = match field.label() {
        _ if field.is_map() => label::REPEATED,
        None | Some(FieldLabel::Optional) => label::OPTIONAL,
        Some(FieldLabel::Required) => label::REQUIRED,
        Some(FieldLabel::Repeated) => label::REPEATED,
    };
    wire::int32(out, number::LABEL, label);
    match field.node().field_type {
        TypeReference::Scalar(scalar, _) => scalar_type(out, scalar),
        TypeReference::Map(_) => {
            wire::int32(out, number::TYPE, field_type::MESSAGE);
            let scope = field.scope().map_or("", Message::full_name);
            let entry = map_entry_name(&name);
            wire::joined(out, number::TYPE_NAME, &[".", scope, ".", &entry]);
        }
        TypeReference::Named(_) | TypeReference::Group(_) | TypeReference::Missing(_) => {
            named_type(out, field);
        }
    }
    if let Some(default) = field.default_value() {
        wire::bytes(out, number::DEFAULT_VALUE, &default.to_descriptor());
    }
    wire::options(out, number::OPTIONS, field.options(), false);
    if let Some(oneof) = oneof {
        wire::number(out, number::ONEOF_INDEX, oneof as u64);
    }
    json_name(out, field, &name);
    if field.is_proto3_optional() {
        wire::number(out, number::PROTO3_OPTIONAL, 1);
    }
}

/// Appends the JSON name, which is there even where none is written. It need not be UTF-8.
fn json_name(out: &mut Vec<u8>, field: Field<'_>, name: &str) {
    match field.json_name_setting() {
        Some(setting) => {
            let value = field.file().syntax().string_value(setting.value.tokens());
            wire::bytes(out, number::JSON_NAME, &value);
        }
        // Without an underscore the name stays as it is.
        None if !name.contains('_') => wire::bytes(out, number::JSON_NAME, name.as_bytes()),
        None => wire::bytes(out, number::JSON_NAME, case::json_name(name).as_bytes()),
    }
}

fn scalar_type(out: &mut Vec<u8>, scalar: Scalar) {
    wire::int32(out, number::TYPE, i32::from(scalar as u8));
}

/// Appends type and type name of what a field's type, or that of a map's values, refers to.
fn named_type(out: &mut Vec<u8>, field: Field<'_>) {
    let Some(symbol) = field.type_symbol() else {
        return;
    };
    let schema = field.file().schema();
    let (kind, name) = match symbol.definition {
        Definition::Message(index) => {
            let message = Message::new(schema, symbol.file, index);
            // A message that only features make delimited has the type of a message.
            let kind = if field.node().group.is_some() {
                field_type::GROUP
            } else {
                field_type::MESSAGE
            };
            (kind, message.full_name())
        }
        Definition::Enum(index) => (
            field_type::ENUM,
            Enum::new(schema, symbol.file, index).full_name(),
        ),
        _ => return,
    };
    wire::int32(out, number::TYPE, kind);
    wire::joined(out, number::TYPE_NAME, &[".", name]);
}

/// Appends the message that stands for an entry of a map field.
pub(super) fn map_entry(out: &mut Vec<u8>, field: Field<'_>) {
    let TypeReference::Map(map) = field.node().field_type else {
        return;
    };
    let file = field.file();
    let map = &file.syntax().tree()[map];
    wire::bytes(out, entry::NAME, map_entry_name(&field.name()).as_bytes());
    let options = field.options();
    for (name, place, reference) in [("key", 1, map.key), ("value", 2, map.value)] {
        wire::message(out, entry::FIELD, |out| {
            wire::bytes(out, number::NAME, name.as_bytes());
            wire::int32(out, number::NUMBER, place);
            wire::int32(out, number::LABEL, label::OPTIONAL);
            match reference {
                TypeReference::Scalar(scalar, _) => scalar_type(out, scalar),
                _ => named_type(out, field),
            }
            if options.all().any(OptionSet::is_feature) {
                wire::message(out, number::OPTIONS, |out| options.encode_features(out));
            }
            wire::bytes(out, number::JSON_NAME, name.as_bytes());
        });
    }
    wire::message(out, entry::OPTIONS, |out| {
        wire::number(out, MAP_ENTRY, 1);
    });
}
