//! Descriptors in protobuf's JSON.
//!
//! Made from the binary form: the types are those of `descriptor.proto` as the schema has it, and custom options are
//! those of the schema. <https://protobuf.dev/programming-guides/json/>

use std::fmt::Write as _;

use rustc_hash::FxHashMap;

use crate::schema::options::wire::{self, Payload, Record};
use crate::schema::options::{Value, scalar_values};
use crate::schema::{Enum, Field, FieldKind, File, Message, Schema};
use crate::syntax::tree::Scalar;

/// The types that messages are read by.
pub(super) struct Types<'s> {
    file: Option<Message<'s>>,
    /// By the full name of what they extend, and their number.
    extensions: FxHashMap<(&'s str, i32), Field<'s>>,
}

impl<'s> Types<'s> {
    /// Those of a schema.
    pub(super) fn of(schema: &'s Schema) -> Self {
        let extensions = schema.files().flat_map(File::all_extensions);
        Self {
            file: schema.built_in_message("google.protobuf.FileDescriptorProto"),
            extensions: extensions
                .filter_map(|field| {
                    let extendee = field.containing_message()?.full_name();
                    Some(((extendee, field.number()?), field))
                })
                .collect(),
        }
    }

    /// Appends a `FileDescriptorProto`, given in its binary form.
    pub(super) fn file(&self, out: &mut String, bytes: &[u8]) {
        match self.file {
            Some(file) => self.message(out, file, wire::records(bytes).collect()),
            None => out.push_str("{}"),
        }
    }

    fn message(&self, out: &mut String, message: Message<'s>, mut records: Vec<Record<'_>>) {
        if self.well_known(out, message, &records).is_some() {
            return;
        }
        records.sort_by_key(|record| record.number);
        let mut separator = '{';
        for records in records.chunk_by(|a, b| a.number == b.number) {
            let number = records.first().map_or(0, |record| record.number);
            let own = message.field_numbered(number);
            let extension = || self.extensions.get(&(message.full_name(), number));
            let Some(field) = own.or_else(|| extension().copied()) else {
                continue;
            };
            out.push(separator);
            separator = ',';
            if field.is_extension() {
                string(out, &format!("[{}]", field.full_name()));
            } else {
                string(out, &field.json_name());
            }
            out.push(':');
            self.field(out, field, records);
        }
        out.push_str(if separator == '{' { "{}" } else { "}" });
    }

    pub(super) fn field(&self, out: &mut String, field: Field<'s>, records: &[Record<'_>]) {
        if let Some(key) = field.map_key() {
            return self.map(out, field, key, records);
        }
        if !field.is_repeated() {
            return match field.kind() {
                FieldKind::Message(message) | FieldKind::Delimited(message) => {
                    // What was set by and by is one message.
                    let all = records.iter().flat_map(|record| inside(record.payload));
                    self.message(out, message, all.collect());
                }
                _ => {
                    let mut values = Vec::new();
                    self.values(field, records, &mut values);
                    out.push_str(values.last().map_or("null", String::as_str));
                }
            };
        }
        let mut values = Vec::new();
        self.values(field, records, &mut values);
        let _ = write!(out, "[{}]", values.join(","));
    }

    /// The values in the records of one field, of a map's value too.
    fn values(&self, field: Field<'s>, records: &[Record<'_>], values: &mut Vec<String>) {
        for record in records {
            match field.kind() {
                FieldKind::Scalar(kind) => {
                    for value in scalar_values(kind, record.payload) {
                        values.push(scalar(kind, &value));
                    }
                }
                FieldKind::Enum(node) => {
                    for value in scalar_values(Scalar::Int32, record.payload) {
                        if let Value::Signed(number) = value {
                            values.push(enum_value(node, number));
                        }
                    }
                }
                FieldKind::Message(message) | FieldKind::Delimited(message) => {
                    let mut value = String::new();
                    self.message(&mut value, message, inside(record.payload).collect());
                    values.push(value);
                }
                FieldKind::Unknown => {}
            }
        }
    }

    fn map(&self, out: &mut String, field: Field<'s>, key: Scalar, records: &[Record<'_>]) {
        out.push('{');
        for (at, entry) in records.iter().enumerate() {
            let parts: Vec<Record<'_>> = inside(entry.payload).collect();
            let part = |number| -> Vec<Record<'_>> {
                let of_number = parts.iter().filter(|part| part.number == number);
                of_number.copied().collect()
            };
            let keys = part(1);
            let name = keys
                .iter()
                .flat_map(|record| scalar_values(key, record.payload));
            let name = name
                .last()
                .map(|value| scalar(key, &value))
                .unwrap_or_default();
            let mut values = Vec::new();
            self.values(field, &part(2), &mut values);
            if at > 0 {
                out.push(',');
            }
            // Strings are quoted already; of other keys JSON makes strings.
            if key == Scalar::String {
                out.push_str(&name);
            } else {
                string(out, name.trim_matches('"'));
            }
            out.push(':');
            out.push_str(values.last().map_or("null", String::as_str));
        }
        out.push('}');
    }
}

/// The records of a message.
fn inside(payload: Payload<'_>) -> impl Iterator<Item = Record<'_>> {
    let bytes = match payload {
        Payload::Bytes(bytes) | Payload::Group(bytes) => bytes,
        Payload::Varint(_) | Payload::Fixed64(_) | Payload::Fixed32(_) => &[],
    };
    wire::records(bytes)
}

/// A value of an enum: its name, or its number where it has none.
fn enum_value(node: Enum<'_>, number: i64) -> String {
    let value = node
        .values()
        .find(|value| value.number().map(i64::from) == Some(number));
    match value {
        Some(value) => format!("\"{}\"", value.name()),
        None => number.to_string(),
    }
}

fn scalar(kind: Scalar, value: &Value) -> String {
    let is_64_bits = matches!(
        kind,
        Scalar::Int64 | Scalar::Uint64 | Scalar::Sint64 | Scalar::Fixed64 | Scalar::Sfixed64
    );
    let mut out = String::new();
    match value {
        // JSON's numbers are doubles, which do not hold all integers of 64 bits.
        Value::Signed(value) if is_64_bits => out = format!("\"{value}\""),
        Value::Unsigned(value) if is_64_bits => out = format!("\"{value}\""),
        Value::Signed(value) => out = value.to_string(),
        Value::Unsigned(value) => out = value.to_string(),
        Value::Enum(value) => out = value.to_string(),
        Value::Boolean(value) => out = value.to_string(),
        Value::Float(value) if value.is_finite() => out = format!("{value:?}"),
        Value::Float(value) => out.push_str(not_finite((*value).into())),
        Value::Double(value) if value.is_finite() => out = format!("{value:?}"),
        Value::Double(value) => out.push_str(not_finite(*value)),
        Value::String(value) => string(&mut out, &String::from_utf8_lossy(value)),
        Value::Bytes(value) => out = format!("\"{}\"", base64(value)),
    }
    out
}

fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "\"NaN\""
    } else if value > 0.0 {
        "\"Infinity\""
    } else {
        "\"-Infinity\""
    }
}

pub(super) fn string(out: &mut String, text: &str) {
    // Strings can always be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Base64 with padding, as JSON's bytes are written.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for at in 0..4 {
            if at > chunk.len() {
                text.push('=');
            } else {
                let digit = (bits >> (18 - 6 * at)) & 63;
                text.push(char::from(DIGITS[digit as usize]));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_padded() {
        let encoded: Vec<String> = [&b""[..], b"f", b"fo", b"foo", b"foob\xff"]
            .into_iter()
            .map(base64)
            .collect();
        assert_eq!(encoded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYv8="]);
    }
}
