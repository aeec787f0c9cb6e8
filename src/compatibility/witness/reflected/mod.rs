//! The second opinion: the same message built and read by prost-reflect.
//!
//! prost-reflect knows no editions, and of proto2 and proto3 it leaves out a few rules. So every message is lowered to
//! proto2 descriptors that say field by field what its features come to, with no more fields than the message at hand
//! touches: the types that a message of a large contract could reach are many hundreds. What prost-reflect still does not do is left to our own decoder alone: it does not ask for required fields, keeps
//! unlisted numbers of closed enums, refuses every string that is not UTF-8, and refuses a field of another wire type instead of
//! keeping it as unknown.

mod lowered;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use prost_reflect::prost::Message as _;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage as _,
    Value as Reflected,
};

use crate::compatibility::dynamic::{Record, Value, read_partially, zero};
use crate::schema::options::wire::{self, Payload};
use crate::schema::{Cardinality, Field, FieldKind, Message};

use lowered::Lowered;

/// Whether prost-reflect writes these bytes for the record, and reads from them what our own decoder reads, as far as it can
/// carry the two messages.
pub(super) fn agrees(
    writer: Message<'_>,
    reader: Message<'_>,
    record: &Record,
    bytes: &[u8],
) -> bool {
    let own = read_partially(reader, bytes);
    let mut written = Touched::default();
    by_record(writer, record, &mut written);
    if let Some(descriptor) = Lowered::descriptor(writer, &written)
        && let Some(message) = built(&descriptor, record)
        && message.encode_to_vec() != bytes
    {
        return false;
    }
    let mut come_upon = Touched::default();
    by_reader(reader, bytes, MOST_NESTED, &mut come_upon);
    let Some(descriptor) = Lowered::descriptor(reader, &come_upon) else {
        return true;
    };
    match (own, DynamicMessage::decode(descriptor, bytes)) {
        (Ok(own), Ok(theirs)) => has_unknown(&own) || is_same(&own, &taken(reader, &theirs)),
        (Ok(own), Err(_)) => !is_text(&own) || has_unknown(&own),
        (Err(_), theirs) => theirs.is_err(),
    }
}

/// The numbers that are of interest, by the full name of the message type.
type Touched<'s> = BTreeMap<&'s str, BTreeSet<i32>>;

/// How deep prost-reflect reads messages in messages.
const MOST_NESTED: usize = 100;

/// Adds the fields that a record has, at any depth.
fn by_record<'s>(message: Message<'s>, record: &Record, touched: &mut Touched<'s>) {
    for (number, values) in &record.fields {
        let numbers = touched.entry(message.full_name()).or_default();
        numbers.insert(*number);
        let field = message.field_numbered(*number);
        let Some(inner) = field.and_then(|field| field.kind().message()) else {
            continue;
        };
        for value in values {
            match value {
                Value::Message(record) => by_record(inner, record, touched),
                Value::Entry(entry) => {
                    if let Value::Message(record) = &entry.1 {
                        by_record(inner, record, touched);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Adds the numbers that a reader of the bytes comes upon, which need not be those that the writer meant.
fn by_reader<'s>(message: Message<'s>, bytes: &[u8], depth: usize, touched: &mut Touched<'s>) {
    for record in wire::records(bytes) {
        let numbers = touched.entry(message.full_name()).or_default();
        numbers.insert(record.number);
        let Some(field) = message.field_numbered(record.number) else {
            continue;
        };
        let (Some(inner), Some(depth)) = (field.kind().message(), depth.checked_sub(1)) else {
            continue;
        };
        let (Payload::Bytes(payload) | Payload::Group(payload)) = record.payload else {
            continue;
        };
        if !field.is_map() {
            by_reader(inner, payload, depth, touched);
            continue;
        }
        for part in wire::records(payload) {
            if let (2, Payload::Bytes(value)) = (part.number, part.payload) {
                by_reader(inner, value, depth, touched);
            }
        }
    }
}

/// Whether the reader had no use for some of the bytes, at any depth.
fn has_unknown(record: &Record) -> bool {
    let mut values = record.fields.iter().flat_map(|field| &field.1);
    !record.unknown.is_empty()
        || values.any(|value| match value {
            Value::Message(inner) => has_unknown(inner),
            // What is unknown in a pair is not kept.
            Value::Entry(_) => true,
            _ => false,
        })
}

/// Whether all its strings are UTF-8.
fn is_text(record: &Record) -> bool {
    let mut values = record.fields.iter().flat_map(|field| &field.1);
    values.all(|value| match value {
        Value::String(text) => std::str::from_utf8(text).is_ok(),
        Value::Message(inner) => is_text(inner),
        Value::Entry(entry) => match &**entry {
            (Value::String(key), _) if std::str::from_utf8(key).is_err() => false,
            (_, Value::String(text)) => std::str::from_utf8(text).is_ok(),
            (_, Value::Message(inner)) => is_text(inner),
            _ => true,
        },
        _ => true,
    })
}

/// The record as prost-reflect has it; `None` where it cannot hold a value.
fn built(descriptor: &MessageDescriptor, record: &Record) -> Option<DynamicMessage> {
    let mut message = DynamicMessage::new(descriptor.clone());
    for (number, values) in &record.fields {
        if values.is_empty() {
            continue;
        }
        let number = u32::try_from(*number).ok()?;
        let field = descriptor.get_field(number)?;
        let value = if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                return None;
            };
            let (key, held) = (entry.get_field(1)?, entry.get_field(2)?);
            let mut map = HashMap::new();
            for value in values {
                let Value::Entry(entry) = value else {
                    return None;
                };
                let key = single(&key, &entry.0)?.into_map_key()?;
                map.insert(key, single(&held, &entry.1)?);
            }
            Reflected::Map(map)
        } else if field.is_list() {
            let values = values.iter().map(|value| single(&field, value));
            Reflected::List(values.collect::<Option<_>>()?)
        } else {
            single(&field, values.first()?)?
        };
        message.try_set_field(&field, value).ok()?;
    }
    // prost-reflect knows nothing of what nobody knows.
    record.unknown.is_empty().then_some(message)
}

fn single(field: &FieldDescriptor, value: &Value) -> Option<Reflected> {
    Some(match (value, field.kind()) {
        (Value::Bool(value), _) => Reflected::Bool(*value),
        (Value::Integer(value), Kind::Int32 | Kind::Sint32 | Kind::Sfixed32) => {
            Reflected::I32(i32::try_from(*value).ok()?)
        }
        (Value::Integer(value), Kind::Uint32 | Kind::Fixed32) => {
            Reflected::U32(u32::try_from(*value).ok()?)
        }
        (Value::Integer(value), Kind::Uint64 | Kind::Fixed64) => {
            Reflected::U64(u64::try_from(*value).ok()?)
        }
        (Value::Integer(value), _) => Reflected::I64(i64::try_from(*value).ok()?),
        (Value::Float(value), _) => Reflected::F32(*value),
        (Value::Double(value), _) => Reflected::F64(*value),
        (Value::String(text), _) => Reflected::String(String::from_utf8(text.clone()).ok()?),
        (Value::Bytes(bytes), _) => Reflected::Bytes(bytes.clone().into()),
        (Value::Enum(number), _) => Reflected::EnumNumber(*number),
        (Value::Message(record), Kind::Message(inner)) => {
            Reflected::Message(built(&inner, record)?)
        }
        (Value::Message(_) | Value::Entry(_), _) => return None,
    })
}

/// What prost-reflect has read, as our own decoder would say it: without presence a zero is not there.
fn taken(message: Message<'_>, read: &DynamicMessage) -> Record {
    let mut record = Record::default();
    for descriptor in read.descriptor().fields() {
        let number = i32::try_from(descriptor.number()).unwrap_or_default();
        let Some(field) = message.field_numbered(number) else {
            continue;
        };
        if !read.has_field(&descriptor) {
            continue;
        }
        let values: Vec<Value> = match &*read.get_field(&descriptor) {
            Reflected::List(list) => list.iter().map(|value| plain(field, value)).collect(),
            Reflected::Map(map) => map
                .iter()
                .map(|(key, value)| {
                    Value::Entry(Box::new((key_of(field, key), plain(field, value))))
                })
                .collect(),
            value => vec![plain(field, value)],
        };
        let is_left_out = field.cardinality() == Cardinality::Implicit
            && values.first().is_some_and(|value| {
                is_equal(value, &zero_number(field.kind())) && !is_negative_zero(value)
            });
        if !is_left_out {
            *record.get_mut(number) = values;
        }
    }
    record
}

/// The zero of the wire, whatever an enum lists first.
fn zero_number(kind: FieldKind<'_>) -> Value {
    match kind {
        FieldKind::Enum(_) => Value::Enum(0),
        kind => zero(kind),
    }
}

fn is_negative_zero(value: &Value) -> bool {
    match value {
        Value::Float(value) => *value == 0.0 && value.is_sign_negative(),
        Value::Double(value) => *value == 0.0 && value.is_sign_negative(),
        _ => false,
    }
}

fn plain(field: Field<'_>, value: &Reflected) -> Value {
    match value {
        Reflected::Bool(value) => Value::Bool(*value),
        Reflected::I32(value) => Value::Integer((*value).into()),
        Reflected::I64(value) => Value::Integer((*value).into()),
        Reflected::U32(value) => Value::Integer((*value).into()),
        Reflected::U64(value) => Value::Integer((*value).into()),
        Reflected::F32(value) => Value::Float(*value),
        Reflected::F64(value) => Value::Double(*value),
        Reflected::String(text) => Value::String(text.clone().into_bytes()),
        Reflected::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Reflected::EnumNumber(number) => Value::Enum(*number),
        Reflected::Message(message) => Value::Message(
            field
                .kind()
                .message()
                .map_or_else(Record::default, |inner| taken(inner, message)),
        ),
        // Lists and maps hold neither lists nor maps.
        Reflected::List(_) | Reflected::Map(_) => Value::Message(Record::default()),
    }
}

fn key_of(field: Field<'_>, key: &MapKey) -> Value {
    plain(field, &key.clone().into())
}

/// Whether two readings are one, what nobody knows aside; the pairs of a map are in no order.
fn is_same(own: &Record, theirs: &Record) -> bool {
    let own: Vec<_> = own
        .fields
        .iter()
        .filter(|field| !field.1.is_empty())
        .collect();
    own.len() == theirs.fields.len()
        && own.iter().zip(&theirs.fields).all(|(own, theirs)| {
            let is_map = matches!(own.1.first(), Some(Value::Entry(_)));
            own.0 == theirs.0
                && own.1.len() == theirs.1.len()
                && own.1.iter().zip(&theirs.1).all(|(value, other)| {
                    is_equal(value, other)
                        || is_map && theirs.1.iter().any(|other| is_equal(value, other))
                })
        })
}

fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::Double(one), Value::Double(other)) => one.to_bits() == other.to_bits(),
        (Value::Message(one), Value::Message(other)) => {
            !one.unknown.is_empty() || is_same(one, other)
        }
        (Value::Entry(one), Value::Entry(other)) => {
            is_equal(&one.0, &other.0) && is_equal(&one.1, &other.1)
        }
        _ => one == other,
    }
}
