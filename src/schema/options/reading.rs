//! The values that options hold: scalars, names of enum values, and messages that are read as far as they are asked for.

use super::value::Value;
use super::wire::{self, Payload, Record};
use crate::schema::{Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// A value of an option.
#[derive(Debug, Clone)]
pub enum OptionValue<'s> {
    /// Of a built-in type.
    Scalar(Value),
    /// A value of an enum: its number, and its name where the enum has it.
    Enum(i32, Option<&'s str>),
    /// A message.
    Message(OptionMessage<'s>),
}

impl<'s> OptionValue<'s> {
    /// The string, where it is one and UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Scalar(Value::String(bytes)) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The truth value, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Scalar(Value::Boolean(value)) => Some(*value),
            _ => None,
        }
    }

    /// The name of the enum's value, where it is one.
    pub fn as_enum_name(&self) -> Option<&'s str> {
        self.as_enum_value().map(|(_, name)| name)
    }

    /// The number and the name of the enum's value, where it is one.
    pub fn as_enum_value(&self) -> Option<(i32, &'s str)> {
        match self {
            Self::Enum(number, name) => Some((*number, (*name)?)),
            _ => None,
        }
    }

    /// The message, where it is one.
    pub fn as_message(&self) -> Option<&OptionMessage<'s>> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// A message that was set by options, read as far as it is asked for.
#[derive(Debug, Clone)]
pub struct OptionMessage<'s> {
    message: Message<'s>,
    /// What was set by and by; put together they are the message.
    pieces: Vec<&'s [u8]>,
}

impl<'s> OptionMessage<'s> {
    pub(super) fn new(message: Message<'s>, pieces: Vec<&'s [u8]>) -> Self {
        Self { message, pieces }
    }

    /// Its type.
    pub fn message_type(&self) -> Message<'s> {
        self.message
    }

    /// The value of the field of that name; the last one where it is repeated.
    pub fn get(&self, name: &str) -> Option<OptionValue<'s>> {
        let field = self.message.field_named(name)?;
        self.all_of(field).pop()
    }

    /// The values of the field of that name.
    pub fn all(&self, name: &str) -> Vec<OptionValue<'s>> {
        match self.message.field_named(name) {
            Some(field) => self.all_of(field),
            None => Vec::new(),
        }
    }

    /// The values of a field or extension.
    pub fn all_of(&self, field: Field<'s>) -> Vec<OptionValue<'s>> {
        let number = field.number();
        let records: Vec<Record<'s>> = self
            .records()
            .filter(|record| Some(record.number) == number)
            .collect();
        values(field, &records)
    }

    /// The fields that are set, by number, each once. Extensions and map fields are left out.
    pub fn fields(&self) -> Vec<OptionField<'s>> {
        let mut numbers: Vec<i32> = self.records().map(|record| record.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .filter_map(|number| self.message.field_numbered(number))
            .filter(|field| !field.is_map())
            .map(|field| OptionField {
                field,
                values: self.all_of(field),
            })
            .collect()
    }

    fn records(&self) -> impl Iterator<Item = Record<'s>> {
        self.pieces.iter().flat_map(|piece| wire::records(piece))
    }
}

/// A field that is set in a message.
#[derive(Debug, Clone)]
pub struct OptionField<'s> {
    /// Which one.
    pub field: Field<'s>,
    /// Its value, or its values where it is repeated.
    pub values: Vec<OptionValue<'s>>,
}

/// The values in the records of one field.
pub(super) fn values<'s>(field: Field<'s>, records: &[Record<'s>]) -> Vec<OptionValue<'s>> {
    if field.is_map() {
        return Vec::new();
    }
    let mut found = Vec::new();
    match field.kind() {
        FieldKind::Scalar(scalar) => {
            for record in records {
                let values = scalar_values(scalar, record.payload);
                found.extend(values.into_iter().map(OptionValue::Scalar));
            }
        }
        FieldKind::Enum(node) => {
            let mut push = |number: u64| {
                // An enum's number is the low half of what is written.
                let [a, b, c, d, ..] = number.to_le_bytes();
                let number = i32::from_le_bytes([a, b, c, d]);
                let value = node.values().find(|value| value.number() == Some(number));
                found.push(OptionValue::Enum(
                    number,
                    value.map(|value| value.name().text),
                ));
            };
            for record in records {
                match record.payload {
                    Payload::Varint(number) => push(number),
                    Payload::Bytes(mut bytes) => {
                        while let Some((number, rest)) = wire::varint(bytes) {
                            push(number);
                            bytes = rest;
                        }
                    }
                    _ => {}
                }
            }
        }
        FieldKind::Message(message) | FieldKind::Delimited(message) => {
            let pieces = records.iter().filter_map(|record| match record.payload {
                Payload::Bytes(bytes) | Payload::Group(bytes) => Some(bytes),
                _ => None,
            });
            if field.is_repeated() {
                found.extend(
                    pieces.map(|piece| {
                        OptionValue::Message(OptionMessage::new(message, vec![piece]))
                    }),
                );
            } else if !records.is_empty() {
                found.push(OptionValue::Message(OptionMessage::new(
                    message,
                    pieces.collect(),
                )));
            }
        }
        FieldKind::Unknown => {}
    }
    found
}

/// The values of a built-in type in one record: several where they are packed.
pub(crate) fn scalar_values(scalar: Scalar, payload: Payload<'_>) -> Vec<Value> {
    match payload {
        Payload::Bytes(bytes) if !matches!(scalar, Scalar::String | Scalar::Bytes) => {
            unpacked(scalar, bytes).collect()
        }
        payload => scalar_value(scalar, payload).into_iter().collect(),
    }
}

fn scalar_value(scalar: Scalar, payload: Payload<'_>) -> Option<Value> {
    Some(match (scalar, payload) {
        (Scalar::Sint32 | Scalar::Sint64, Payload::Varint(value)) => {
            Value::Signed((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
        }
        (Scalar::Int32 | Scalar::Int64, Payload::Varint(value)) => {
            Value::Signed(value.cast_signed())
        }
        (Scalar::Uint32 | Scalar::Uint64, Payload::Varint(value)) => Value::Unsigned(value),
        (Scalar::Bool, Payload::Varint(value)) => Value::Boolean(value != 0),
        (Scalar::Fixed32, Payload::Fixed32(value)) => Value::Unsigned(value.into()),
        (Scalar::Sfixed32, Payload::Fixed32(value)) => Value::Signed(value.cast_signed().into()),
        (Scalar::Float, Payload::Fixed32(value)) => Value::Float(f32::from_bits(value)),
        (Scalar::Fixed64, Payload::Fixed64(value)) => Value::Unsigned(value),
        (Scalar::Sfixed64, Payload::Fixed64(value)) => Value::Signed(value.cast_signed()),
        (Scalar::Double, Payload::Fixed64(value)) => Value::Double(f64::from_bits(value)),
        (Scalar::String, Payload::Bytes(value)) => Value::String(value.to_vec()),
        (Scalar::Bytes, Payload::Bytes(value)) => Value::Bytes(value.to_vec()),
        _ => return None,
    })
}

/// The values of a packed field.
fn unpacked(scalar: Scalar, bytes: &[u8]) -> impl Iterator<Item = Value> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let payload = match scalar {
            Scalar::Fixed32 | Scalar::Sfixed32 | Scalar::Float => {
                let (value, after) = rest.split_first_chunk::<4>()?;
                rest = after;
                Payload::Fixed32(u32::from_le_bytes(*value))
            }
            Scalar::Fixed64 | Scalar::Sfixed64 | Scalar::Double => {
                let (value, after) = rest.split_first_chunk::<8>()?;
                rest = after;
                Payload::Fixed64(u64::from_le_bytes(*value))
            }
            _ => {
                let (value, after) = wire::varint(rest)?;
                rest = after;
                Payload::Varint(value)
            }
        };
        scalar_value(scalar, payload)
    })
}
