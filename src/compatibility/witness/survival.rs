//! Whether what was read means what was written.

use super::values::smallest_zero;
use super::{Surface, Survival};
use crate::compatibility::dynamic::{self, Record, Value};
use crate::compatibility::field_of_key;
use crate::compatibility::well_known::JsonForm;
use crate::schema::{Cardinality, Enum, Field, FieldKind};

/// What became of the values of a field, which the reader has put where `reader` says.
pub(super) fn becomes(
    surface: Surface,
    (field, written): (Field<'_>, &[Value]),
    reader: Option<Field<'_>>,
    read: &Record,
) -> Survival {
    let Some((reader, number)) = reader.and_then(|field| Some((field, field.number()?))) else {
        // What is not there cannot be lost.
        return if written.is_empty() {
            Survival::Same
        } else {
            Survival::Lost
        };
    };
    let values = read.get(number);
    if values.is_empty() {
        // An implicit reader has no zero: absent is zero. But a writer that knows the difference meant it.
        let zero = |value: &Value| *value == smallest_zero(field.kind());
        return if written.is_empty() || written.iter().all(zero) && !field.is_repeated() {
            if reader.cardinality() == Cardinality::Implicit
                && field.cardinality() == Cardinality::Explicit
            {
                Survival::Changed
            } else if read.unknown.iter().any(|unknown| unknown.0 == number) {
                Survival::Lost
            } else {
                Survival::Same
            }
        } else if read.unknown.iter().any(|unknown| unknown.0 == number) {
            Survival::Lost
        } else {
            Survival::Changed
        };
    }
    let same = values.len() == written.len()
        && written
            .iter()
            .zip(values)
            .all(|(a, b)| is_same(surface, field, a, reader, b));
    if same {
        Survival::Same
    } else if values.len() < written.len() && read.unknown.iter().any(|unknown| unknown.0 == number)
    {
        Survival::Lost
    } else {
        Survival::Changed
    }
}

/// Whether two values mean the same to people, their types aside.
fn is_same(surface: Surface, writer: Field<'_>, a: &Value, reader: Field<'_>, b: &Value) -> bool {
    match (a, b) {
        (Value::Entry(a), Value::Entry(b)) => {
            is_plain_same(&a.0, &b.0)
                && is_value_same(surface, writer.kind(), &a.1, reader.kind(), &b.1)
        }
        // A map's entry against the message that stands for it, or the other way round.
        (Value::Entry(entry), Value::Message(record))
        | (Value::Message(record), Value::Entry(entry)) => {
            let part = |number, held: &Value| {
                record
                    .get(number)
                    .first()
                    .map_or(is_zero(held), |value| is_plain_same(value, held))
            };
            part(1, &entry.0) && part(2, &entry.1)
        }
        _ => is_value_same(surface, writer.kind(), a, reader.kind(), b),
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Integer(value) => *value == 0,
        Value::Enum(value) => *value == 0,
        Value::Float(value) => *value == 0.0,
        Value::Double(value) => *value == 0.0,
        Value::String(value) | Value::Bytes(value) => value.is_empty(),
        Value::Message(record) => record.fields.is_empty(),
        Value::Entry(_) => false,
    }
}

fn is_value_same(
    surface: Surface,
    writer: FieldKind<'_>,
    a: &Value,
    reader: FieldKind<'_>,
    b: &Value,
) -> bool {
    let wrapped = |kind: FieldKind<'_>| match (surface, kind.message().map(JsonForm::of)) {
        (Surface::Json, Some(JsonForm::Wrapper(scalar))) => Some(FieldKind::Scalar(scalar)),
        _ => None,
    };
    match (writer, a, reader, b) {
        // The value of a wrapper stands by itself in JSON.
        (_, Value::Message(record), ..) if let Some(kind) = wrapped(writer) => {
            let zero = dynamic::zero(kind);
            let held = record.get(1).first().unwrap_or(&zero);
            is_value_same(surface, kind, held, reader, b)
        }
        (.., Value::Message(record)) if let Some(kind) = wrapped(reader) => {
            let zero = dynamic::zero(kind);
            let held = record.get(1).first().unwrap_or(&zero);
            is_value_same(surface, writer, a, kind, held)
        }
        _ if surface == Surface::Json && (has_own_form(writer) || has_own_form(reader)) => {
            dynamic::value_to_json(writer, a) == dynamic::value_to_json(reader, b)
        }
        (FieldKind::Enum(old), Value::Enum(a), FieldKind::Enum(new), Value::Enum(b)) => {
            match surface {
                Surface::Wire => a == b && has_same_meaning(old, new, *a),
                Surface::Json => has_same_name(old, *a, new, *b),
            }
        }
        (
            FieldKind::Message(old) | FieldKind::Delimited(old),
            Value::Message(a),
            FieldKind::Message(new) | FieldKind::Delimited(new),
            Value::Message(b),
        ) => a.fields.iter().all(|(number, values)| {
            let Some(old) = old.field_numbered(*number) else {
                return false;
            };
            let new = match surface {
                Surface::Wire => new.field_numbered(*number),
                Surface::Json => field_of_key(new, &old.json_name()),
            };
            becomes(surface, (old, values), new, b) == Survival::Same
        }),
        (_, Value::Message(record), _, Value::Bytes(bytes)) => writer
            .message()
            .is_some_and(|message| dynamic::write(message, record) == *bytes),
        (_, Value::Bytes(bytes), _, Value::Message(record)) => reader
            .message()
            .is_some_and(|message| dynamic::write(message, record) == *bytes),
        _ => is_plain_same(a, b),
    }
}

/// Whether JSON writes the type otherwise than by its fields.
fn has_own_form(kind: FieldKind<'_>) -> bool {
    let message = kind.message();
    message.is_some_and(|message| JsonForm::of(message) != JsonForm::Fields)
}

/// Whether a number that both enums list has a name in common, or one of them does not list it.
fn has_same_meaning(old: Enum<'_>, new: Enum<'_>, number: i32) -> bool {
    let is_moved = |from: Enum<'_>, to: Enum<'_>| {
        from.values_numbered(number).iter().any(|value| {
            let other = to.value_named(value.name().text);
            other.is_some_and(|other| other.number() != Some(number))
        })
    };
    !is_moved(old, new) && !is_moved(new, old)
}

/// Whether the name that is written for a number is one of the number that was read.
fn has_same_name(old: Enum<'_>, written: i32, new: Enum<'_>, read: i32) -> bool {
    let Some(value) = old.value_numbered(written) else {
        return written == read;
    };
    let name = value.name().text;
    let named = new.value_named(name);
    named.is_some_and(|value| value.number() == Some(read))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "compared as a float is what is meant"
)]
fn is_plain_same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Integer(value) => Some(*value),
        Value::Enum(value) => Some(i128::from(*value)),
        _ => None,
    };
    let real = |value: &Value| match value {
        Value::Float(value) => Some(f64::from(*value)),
        Value::Double(value) => Some(*value),
        _ => None,
    };
    match (a, b) {
        (Value::String(a) | Value::Bytes(a), Value::String(b) | Value::Bytes(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Message(a), Value::Message(b)) => a == b,
        // JSON knows numbers only: 1 is read as 1.0.
        (Value::Integer(a), Value::Float(_) | Value::Double(_)) => real(b) == Some(*a as f64),
        (Value::Float(_) | Value::Double(_), Value::Integer(b)) => real(a) == Some(*b as f64),
        (Value::Float(_), Value::Double(_)) | (Value::Double(_), Value::Float(_)) => {
            real(a) == real(b)
        }
        _ => number(a).is_some() && number(a) == number(b),
    }
}
