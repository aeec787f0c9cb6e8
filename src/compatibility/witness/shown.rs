//! Values as people read them.

use crate::compatibility::dynamic::{self, Record, Value, zero};
use crate::schema::{Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// A record as `field = value` lines.
pub(super) fn lines(message: Message<'_>, record: &Record) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, values) in &record.fields {
        if let Some(field) = message.field_numbered(*number) {
            for value in values {
                lines.push(format!("{} = {}", field.name(), shown(field.kind(), value)));
            }
        }
    }
    for (number, bytes) in &record.unknown {
        lines.push(format!("unknown field {number}: {}", dynamic::hex(bytes)));
    }
    lines
}

/// What a field that is absent is read as.
pub(super) fn default(field: Field<'_>) -> String {
    match (field.default_value(), field.kind()) {
        (Some(value), kind) => {
            let text = String::from_utf8_lossy(&value.to_descriptor()).into_owned();
            match kind {
                FieldKind::Scalar(Scalar::String) => format!("{text:?}"),
                _ => text,
            }
        }
        (None, kind) => shown(kind, &zero(kind)),
    }
}

/// The line of a field that is absent.
pub(super) fn absence(field: Field<'_>) -> String {
    format!("{} = {} (absent)", field.name(), default(field))
}

fn shown(kind: FieldKind<'_>, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Bool(value)) => value.to_string(),
        (_, Value::Integer(value)) => value.to_string(),
        (_, Value::Float(value)) => format!("{value:?}"),
        (_, Value::Double(value)) => format!("{value:?}"),
        (_, Value::String(text)) => format!("{:?}", String::from_utf8_lossy(text)),
        (_, Value::Bytes(bytes)) => format!("bytes {}", dynamic::hex(bytes)),
        (FieldKind::Enum(node), Value::Enum(number)) => node
            .value_numbered(*number)
            .map_or_else(|| number.to_string(), |value| value.name().text.to_owned()),
        (_, Value::Enum(number)) => number.to_string(),
        (FieldKind::Message(message) | FieldKind::Delimited(message), Value::Message(record)) => {
            format!("{{{}}}", lines(message, record).join(", "))
        }
        (_, Value::Message(_)) => "{}".to_owned(),
        (_, Value::Entry(entry)) => {
            format!("{{{}: {}}}", plain(&entry.0), shown(kind, &entry.1))
        }
    }
}

fn plain(value: &Value) -> String {
    shown(FieldKind::Unknown, value)
}
