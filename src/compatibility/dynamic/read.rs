//! Bytes to values, as a conforming reader does it.

use std::fmt;

use super::payload::{Payload, next};
use super::write::wire_type;
use super::{Record, Value, read_varint, write_varint};
use crate::schema::features::Utf8Validation;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// Why bytes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// They end in the middle of something, or begin with no tag.
    Malformed,
    /// A string that has to be UTF-8 is not.
    NotUtf8(String),
    /// A required field is not there.
    MissingRequired(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the bytes are malformed"),
            Self::NotUtf8(field) => write!(f, "string `{field}` is not valid UTF-8"),
            Self::MissingRequired(field) => write!(f, "required field `{field}` is missing"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Messages nested deeper are refused, as protobuf runtimes do.
const MAX_DEPTH: u32 = 100;

/// Reads a message.
///
/// # Errors
/// Where a conforming reader refuses the bytes.
pub fn read(message: Message<'_>, bytes: &[u8]) -> Result<Record, ReadError> {
    let record = read_partially(message, bytes)?;
    check_required(message, &record)?;
    Ok(record)
}

/// Reads a message that may lack what is required.
///
/// # Errors
/// Where a conforming reader refuses the bytes.
pub fn read_partially(message: Message<'_>, bytes: &[u8]) -> Result<Record, ReadError> {
    let mut record = Record::default();
    merge(message, bytes, &mut record, MAX_DEPTH)?;
    Ok(record)
}

fn merge(
    message: Message<'_>,
    mut bytes: &[u8],
    record: &mut Record,
    depth: u32,
) -> Result<(), ReadError> {
    if depth == 0 {
        return Err(ReadError::Malformed);
    }
    while !bytes.is_empty() {
        let (number, payload, rest) = next(bytes, depth).ok_or(ReadError::Malformed)?;
        let whole = &bytes[..bytes.len() - rest.len()];
        let taken = match message.field_numbered(number) {
            Some(field) => take(field, number, &payload, record, depth)?,
            None => false,
        };
        if !taken {
            record.unknown.push((number, whole.to_vec()));
        }
        bytes = rest;
    }
    Ok(())
}

/// Puts a payload into its field; false where the field has no use for it.
fn take(
    field: Field<'_>,
    number: i32,
    payload: &Payload<'_>,
    record: &mut Record,
    depth: u32,
) -> Result<bool, ReadError> {
    let kind = field.kind();
    if field.is_map() {
        let Payload::Bytes(bytes) = payload else {
            return Ok(false);
        };
        return match entry(field, bytes, depth)? {
            Some(entry) => {
                let entries = record.get_mut(number);
                entries.retain(|old| !matches!(old, Value::Entry(old) if old.0 == entry.0));
                entries.push(Value::Entry(Box::new(entry)));
                Ok(true)
            }
            None => Ok(false),
        };
    }
    let repeated = field.cardinality() == Cardinality::Repeated;
    if let (Payload::Bytes(bytes), true) = (
        payload,
        repeated && wire_type(kind) != 2 && wire_type(kind) != 3,
    ) {
        return packed(field, number, bytes, record).map(|()| true);
    }
    if let (FieldKind::Message(inner) | FieldKind::Delimited(inner), false) = (kind, repeated) {
        // A message that comes again is merged into the first.
        let ((Payload::Bytes(bytes), FieldKind::Message(_))
        | (Payload::Group(bytes), FieldKind::Delimited(_))) = (payload, kind)
        else {
            return Ok(false);
        };
        clear_oneof(field, number, record);
        let mut merged = match record.get(number).first() {
            Some(Value::Message(record)) => record.clone(),
            _ => Record::default(),
        };
        merge(inner, bytes, &mut merged, depth - 1)?;
        *record.get_mut(number) = vec![Value::Message(merged)];
        return Ok(true);
    }
    let Some(value) = value(field, kind, payload, depth)? else {
        return Ok(false);
    };
    clear_oneof(field, number, record);
    let values = record.get_mut(number);
    if !repeated {
        values.clear();
    }
    values.push(value);
    if field.cardinality() == Cardinality::Implicit && is_zero(&values[0]) {
        record.clear(number);
    }
    Ok(true)
}

/// Setting a member of a oneof clears the others.
fn clear_oneof(field: Field<'_>, number: i32, record: &mut Record) {
    let (Some(oneof), Some(message)) = (field.oneof(), field.containing_message()) else {
        return;
    };
    record.fields.retain(|(other, _)| {
        let held = message.field_numbered(*other).and_then(Field::oneof);
        *other == number || held != Some(oneof)
    });
}

/// Several numbers in one record.
fn packed(
    field: Field<'_>,
    number: i32,
    mut bytes: &[u8],
    record: &mut Record,
) -> Result<(), ReadError> {
    while !bytes.is_empty() {
        let payload = match wire_type(field.kind()) {
            0 => {
                let (value, rest) = read_varint(bytes).ok_or(ReadError::Malformed)?;
                bytes = rest;
                Payload::Varint(value)
            }
            1 => {
                let (value, rest) = bytes.split_first_chunk().ok_or(ReadError::Malformed)?;
                bytes = rest;
                Payload::Fixed64(*value)
            }
            _ => {
                let (value, rest) = bytes.split_first_chunk().ok_or(ReadError::Malformed)?;
                bytes = rest;
                Payload::Fixed32(*value)
            }
        };
        match value(field, field.kind(), &payload, MAX_DEPTH)? {
            Some(value) => record.get_mut(number).push(value),
            None => {
                if let Payload::Varint(raw) = payload {
                    let mut unknown = Vec::new();
                    write_varint(u64::from(number.cast_unsigned()) << 3, &mut unknown);
                    write_varint(raw, &mut unknown);
                    record.unknown.push((number, unknown));
                }
            }
        }
    }
    Ok(())
}

/// A map's pair; `None` where its value is no listed value of a closed enum.
fn entry(
    field: Field<'_>,
    mut bytes: &[u8],
    depth: u32,
) -> Result<Option<(Value, Value)>, ReadError> {
    let key_kind = FieldKind::Scalar(field.map_key().unwrap_or(Scalar::String));
    let mut key = zero(key_kind);
    let mut held = zero(field.kind());
    while !bytes.is_empty() {
        let (number, payload, rest) = next(bytes, depth).ok_or(ReadError::Malformed)?;
        match number {
            1 => {
                if let Some(read) = value(field, key_kind, &payload, depth)? {
                    key = read;
                }
            }
            2 => {
                if let Some(read) = value(field, field.kind(), &payload, depth)? {
                    held = read;
                } else if matches!(field.kind(), FieldKind::Enum(_))
                    && matches!(payload, Payload::Varint(_))
                {
                    return Ok(None);
                }
            }
            _ => {}
        }
        bytes = rest;
    }
    Ok(Some((key, held)))
}

/// The value in a payload; `None` where the type does not take it.
fn value(
    field: Field<'_>,
    kind: FieldKind<'_>,
    payload: &Payload<'_>,
    depth: u32,
) -> Result<Option<Value>, ReadError> {
    Ok(match (kind, payload) {
        (FieldKind::Scalar(scalar), Payload::Varint(raw)) => varint(scalar, *raw),
        (FieldKind::Scalar(Scalar::Double), Payload::Fixed64(raw)) => {
            Some(Value::Double(f64::from_le_bytes(*raw)))
        }
        (FieldKind::Scalar(Scalar::Fixed64), Payload::Fixed64(raw)) => {
            Some(Value::Integer(u64::from_le_bytes(*raw).into()))
        }
        (FieldKind::Scalar(Scalar::Sfixed64), Payload::Fixed64(raw)) => {
            Some(Value::Integer(i64::from_le_bytes(*raw).into()))
        }
        (FieldKind::Scalar(Scalar::Float), Payload::Fixed32(raw)) => {
            Some(Value::Float(f32::from_le_bytes(*raw)))
        }
        (FieldKind::Scalar(Scalar::Fixed32), Payload::Fixed32(raw)) => {
            Some(Value::Integer(u32::from_le_bytes(*raw).into()))
        }
        (FieldKind::Scalar(Scalar::Sfixed32), Payload::Fixed32(raw)) => {
            Some(Value::Integer(i32::from_le_bytes(*raw).into()))
        }
        (FieldKind::Scalar(Scalar::String), Payload::Bytes(bytes)) => {
            let verify = field.features().utf8_validation == Utf8Validation::Verify;
            if verify && std::str::from_utf8(bytes).is_err() {
                return Err(ReadError::NotUtf8(field.full_name()));
            }
            Some(Value::String(bytes.to_vec()))
        }
        (FieldKind::Scalar(Scalar::Bytes), Payload::Bytes(bytes)) => {
            Some(Value::Bytes(bytes.to_vec()))
        }
        (FieldKind::Enum(node), Payload::Varint(raw)) => {
            // An enum is read as an int32: the upper half of a longer number is dropped.
            #[expect(clippy::cast_possible_truncation, reason = "as protobuf does")]
            let number = *raw as i32;
            let listed = || node.value_numbered(number).is_some();
            (!node.is_closed() || listed()).then_some(Value::Enum(number))
        }
        (FieldKind::Message(inner), Payload::Bytes(bytes))
        | (FieldKind::Delimited(inner), Payload::Group(bytes)) => {
            let mut record = Record::default();
            merge(inner, bytes, &mut record, depth.saturating_sub(1))?;
            Some(Value::Message(record))
        }
        _ => None,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "32-bit types drop the upper half, as protobuf does"
)]
fn varint(scalar: Scalar, raw: u64) -> Option<Value> {
    let unzigzag = |raw: u64| (raw >> 1).cast_signed() ^ -(raw & 1).cast_signed();
    Some(match scalar {
        Scalar::Bool => Value::Bool(raw != 0),
        Scalar::Int32 => Value::Integer((raw as i32).into()),
        Scalar::Int64 => Value::Integer(raw.cast_signed().into()),
        Scalar::Uint32 => Value::Integer((raw as u32).into()),
        Scalar::Uint64 => Value::Integer(raw.into()),
        Scalar::Sint32 => Value::Integer(unzigzag((raw as u32).into()).into()),
        Scalar::Sint64 => Value::Integer(unzigzag(raw).into()),
        _ => return None,
    })
}

/// What an absent value of the type is.
pub(in crate::compatibility) fn zero(kind: FieldKind<'_>) -> Value {
    match kind {
        FieldKind::Scalar(scalar) => match scalar {
            Scalar::Bool => Value::Bool(false),
            Scalar::Float => Value::Float(0.0),
            Scalar::Double => Value::Double(0.0),
            Scalar::String => Value::String(Vec::new()),
            Scalar::Bytes => Value::Bytes(Vec::new()),
            _ => Value::Integer(0),
        },
        FieldKind::Enum(node) => Value::Enum(
            node.values()
                .next()
                .and_then(|value| value.number())
                .unwrap_or(0),
        ),
        FieldKind::Message(_) | FieldKind::Delimited(_) | FieldKind::Unknown => {
            Value::Message(Record::default())
        }
    }
}

/// Whether an implicit field with that value is not written. A negative zero is.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Bool(value) => !value,
        Value::Integer(value) => *value == 0,
        Value::Float(value) => value.to_bits() == 0,
        Value::Double(value) => value.to_bits() == 0,
        Value::String(value) | Value::Bytes(value) => value.is_empty(),
        Value::Enum(value) => *value == 0,
        Value::Message(_) | Value::Entry(_) => false,
    }
}

fn check_required(message: Message<'_>, record: &Record) -> Result<(), ReadError> {
    for field in message.required_fields() {
        let number = field.number();
        if number.is_some_and(|number| record.get(number).is_empty()) {
            return Err(ReadError::MissingRequired(field.full_name()));
        }
    }
    for (number, values) in &record.fields {
        let kind = message.field_numbered(*number).map(Field::kind);
        if let Some(FieldKind::Message(inner) | FieldKind::Delimited(inner)) = kind {
            for value in values {
                match value {
                    Value::Message(record) => check_required(inner, record)?,
                    Value::Entry(entry) => {
                        if let Value::Message(record) = &entry.1 {
                            check_required(inner, record)?;
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}
