//! Values to bytes.

use super::{Record, Value, write_varint};
use crate::schema::{Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// The bytes of a record as `message` writes it, fields by number, unknown records last.
pub fn write(message: Message<'_>, record: &Record) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, values) in &record.fields {
        if let Some(field) = message.field_numbered(*number) {
            write_field(field, *number, values, &mut out);
        }
    }
    for (_, bytes) in &record.unknown {
        out.extend_from_slice(bytes);
    }
    out
}

fn write_field(field: Field<'_>, number: i32, values: &[Value], out: &mut Vec<u8>) {
    if field.is_map() {
        for value in values {
            if let Value::Entry(entry) = value {
                let mut bytes = Vec::new();
                if let Some(key) = field.map_key() {
                    write_value(FieldKind::Scalar(key), 1, &entry.0, &mut bytes);
                }
                write_value(field.kind(), 2, &entry.1, &mut bytes);
                tag(number, 2, out);
                length_delimited(&bytes, out);
            }
        }
    } else if field.is_packed() {
        let mut bytes = Vec::new();
        for value in values {
            write_bare(field.kind(), value, &mut bytes);
        }
        if !values.is_empty() {
            tag(number, 2, out);
            length_delimited(&bytes, out);
        }
    } else {
        for value in values {
            write_value(field.kind(), number, value, out);
        }
    }
}

/// A value with its tag.
fn write_value(kind: FieldKind<'_>, number: i32, value: &Value, out: &mut Vec<u8>) {
    if let (FieldKind::Delimited(message), Value::Message(record)) = (kind, value) {
        tag(number, 3, out);
        out.extend(write(message, record));
        tag(number, 4, out);
        return;
    }
    tag(number, wire_type(kind), out);
    write_bare(kind, value, out);
}

/// A value without its tag, as it stands in a packed record.
fn write_bare(kind: FieldKind<'_>, value: &Value, out: &mut Vec<u8>) {
    match (kind, value) {
        (_, Value::Bool(value)) => out.push(u8::from(*value)),
        (_, Value::Enum(value)) => write_varint(i64::from(*value).cast_unsigned(), out),
        (_, Value::Float(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (_, Value::Double(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (_, Value::String(value) | Value::Bytes(value)) => length_delimited(value, out),
        (FieldKind::Message(message), Value::Message(record)) => {
            length_delimited(&write(message, record), out);
        }
        (FieldKind::Scalar(scalar), Value::Integer(value)) => integer(scalar, *value, out),
        // A value of another kind than its field has no bytes.
        _ => {}
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a value is in the range of its type; what is not is cut off as protobuf does"
)]
fn integer(scalar: Scalar, value: i128, out: &mut Vec<u8>) {
    match scalar {
        Scalar::Sint32 | Scalar::Sint64 => {
            let value = value as i64;
            write_varint(((value << 1) ^ (value >> 63)).cast_unsigned(), out);
        }
        Scalar::Fixed32 | Scalar::Sfixed32 => out.extend_from_slice(&(value as i32).to_le_bytes()),
        Scalar::Fixed64 | Scalar::Sfixed64 => out.extend_from_slice(&(value as i64).to_le_bytes()),
        _ => write_varint((value as i64).cast_unsigned(), out),
    }
}

pub(super) const fn wire_type(kind: FieldKind<'_>) -> u8 {
    match kind {
        FieldKind::Scalar(scalar) => match scalar {
            Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => 1,
            Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32 => 5,
            Scalar::String | Scalar::Bytes => 2,
            _ => 0,
        },
        FieldKind::Message(_) => 2,
        FieldKind::Delimited(_) => 3,
        FieldKind::Enum(_) | FieldKind::Unknown => 0,
    }
}

fn tag(number: i32, wire_type: u8, out: &mut Vec<u8>) {
    write_varint(
        u64::from(number.cast_unsigned()) << 3 | u64::from(wire_type),
        out,
    );
}

fn length_delimited(bytes: &[u8], out: &mut Vec<u8>) {
    write_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}
