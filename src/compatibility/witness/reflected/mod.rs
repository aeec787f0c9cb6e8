//! The second opinion: the same message built and read by prost-reflect.
//!
//! prost-reflect knows no editions, and of proto2 and proto3 it leaves out a few rules. So every message is lowered to
//! proto2 descriptors that say field by field what its features come to, with no more fields than the message at hand
//! touches: the types that a message of a large contract could reach are many hundreds. What prost-reflect still does not do is left to our own decoder alone: it does not ask for required fields, keeps
//! unlisted numbers of closed enums, refuses every string that is not UTF-8, and refuses a field of another wire type instead of
//! keeping it as unknown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumOptions, EnumValueDescriptorProto,
    FieldDescriptorProto, FieldOptions, FileDescriptorProto, FileDescriptorSet, MessageOptions,
    OneofDescriptorProto,
};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    ReflectMessage as _, Value as Reflected,
};

use crate::compatibility::dynamic::{Record, Value, read_partially, zero};
use crate::schema::options::wire::{self, Payload};
use crate::schema::{Cardinality, Enum, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

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

/// Types on their way to proto2 descriptors, each under a name of its own at the top of one file.
struct Lowered<'s, 't> {
    touched: &'t Touched<'s>,
    messages: BTreeMap<&'s str, String>,
    open: Vec<Message<'s>>,
    enums: BTreeMap<&'s str, String>,
    file: FileDescriptorProto,
}

impl<'s, 't> Lowered<'s, 't> {
    /// `None` where prost-reflect refuses the descriptors.
    fn descriptor(message: Message<'s>, touched: &'t Touched<'s>) -> Option<MessageDescriptor> {
        let mut lowered = Self {
            touched,
            messages: BTreeMap::new(),
            open: Vec::new(),
            enums: BTreeMap::new(),
            file: FileDescriptorProto {
                name: Some("witness.proto".to_owned()),
                syntax: Some("proto2".to_owned()),
                ..FileDescriptorProto::default()
            },
        };
        let name = lowered.message(message);
        while let Some(next) = lowered.open.pop() {
            let lowered_message = lowered.lower(next);
            lowered.file.message_type.push(lowered_message);
        }
        let set = FileDescriptorSet {
            file: vec![lowered.file],
        };
        let pool = DescriptorPool::from_file_descriptor_set(set).ok()?;
        pool.get_message_by_name(&name)
    }

    /// The name that a message goes by.
    fn message(&mut self, message: Message<'s>) -> String {
        let next = format!("M{}", self.messages.len());
        if let Some(known) = self.messages.get(message.full_name()) {
            return known.clone();
        }
        self.messages.insert(message.full_name(), next.clone());
        self.open.push(message);
        next
    }

    fn enumeration(&mut self, node: Enum<'s>) -> String {
        let name = format!("E{}", self.enums.len());
        if let Some(known) = self.enums.get(node.full_name()) {
            return known.clone();
        }
        let values = node.values().filter_map(|value| {
            Some(EnumValueDescriptorProto {
                name: Some(format!("{name}_{}", value.name().text)),
                number: Some(value.number()?),
                options: None,
            })
        });
        self.file.enum_type.push(EnumDescriptorProto {
            name: Some(name.clone()),
            value: values.collect(),
            options: Some(EnumOptions {
                allow_alias: Some(true),
                ..EnumOptions::default()
            }),
            ..EnumDescriptorProto::default()
        });
        self.enums.insert(node.full_name(), name.clone());
        name
    }

    fn lower(&mut self, message: Message<'s>) -> DescriptorProto {
        let mut lowered = DescriptorProto {
            name: self.messages.get(message.full_name()).cloned(),
            ..DescriptorProto::default()
        };
        let mut oneofs = Vec::new();
        let touched = self.touched.get(message.full_name());
        let is_touched = |field: &Field<'_>| {
            (touched.zip(field.number())).is_some_and(|(touched, number)| touched.contains(&number))
        };
        for field in message.fields().filter(is_touched) {
            let oneof_index = field.oneof().map(|oneof| {
                let known = oneofs.iter().position(|known| *known == oneof);
                known.unwrap_or_else(|| {
                    oneofs.push(oneof);
                    oneofs.len() - 1
                })
            });
            let descriptor = if field.is_map() {
                let entry = self.entry(field);
                let type_name = entry.name.clone().unwrap_or_default();
                let owner = lowered.name.clone().unwrap_or_default();
                lowered.nested_type.push(entry);
                FieldDescriptorProto {
                    r#type: Some(Type::Message.into()),
                    type_name: Some(format!(".{owner}.{type_name}")),
                    ..FieldDescriptorProto::default()
                }
            } else {
                self.typed(field.kind())
            };
            let label = match field.cardinality() {
                Cardinality::Map | Cardinality::Repeated => Label::Repeated,
                Cardinality::Required => Label::Required,
                Cardinality::Explicit | Cardinality::Implicit => Label::Optional,
            };
            lowered.field.push(FieldDescriptorProto {
                name: Some(format!("f{}", field.number().unwrap_or_default())),
                number: field.number(),
                label: Some(label.into()),
                oneof_index: oneof_index.and_then(|at| i32::try_from(at).ok()),
                options: field.is_packed().then(|| FieldOptions {
                    packed: Some(true),
                    ..FieldOptions::default()
                }),
                ..descriptor
            });
        }
        lowered.oneof_decl = (0..oneofs.len())
            .map(|at| OneofDescriptorProto {
                name: Some(format!("o{at}")),
                options: None,
            })
            .collect();
        lowered
    }

    fn entry(&mut self, field: Field<'s>) -> DescriptorProto {
        let key = FieldKind::Scalar(field.map_key().unwrap_or(Scalar::String));
        let part = |name: &str, number, descriptor| FieldDescriptorProto {
            name: Some(name.to_owned()),
            number: Some(number),
            label: Some(Label::Optional.into()),
            ..descriptor
        };
        DescriptorProto {
            // prost-reflect holds an entry's name against that of its field.
            name: Some(format!("F{}Entry", field.number().unwrap_or_default())),
            field: vec![
                part("key", 1, self.typed(key)),
                part("value", 2, self.typed(field.kind())),
            ],
            options: Some(MessageOptions {
                map_entry: Some(true),
                ..MessageOptions::default()
            }),
            ..DescriptorProto::default()
        }
    }

    fn typed(&mut self, kind: FieldKind<'s>) -> FieldDescriptorProto {
        let (r#type, type_name) = match kind {
            FieldKind::Scalar(scalar) => (scalar_type(scalar), None),
            FieldKind::Enum(node) => (Type::Enum, Some(self.enumeration(node))),
            FieldKind::Message(message) => (Type::Message, Some(self.message(message))),
            FieldKind::Delimited(message) => (Type::Group, Some(self.message(message))),
            FieldKind::Unknown => (Type::Bytes, None),
        };
        FieldDescriptorProto {
            r#type: Some(r#type.into()),
            type_name: type_name.map(|name| format!(".{name}")),
            ..FieldDescriptorProto::default()
        }
    }
}

const fn scalar_type(scalar: Scalar) -> Type {
    match scalar {
        Scalar::Double => Type::Double,
        Scalar::Float => Type::Float,
        Scalar::Int64 => Type::Int64,
        Scalar::Uint64 => Type::Uint64,
        Scalar::Int32 => Type::Int32,
        Scalar::Fixed64 => Type::Fixed64,
        Scalar::Fixed32 => Type::Fixed32,
        Scalar::Bool => Type::Bool,
        Scalar::String => Type::String,
        Scalar::Bytes => Type::Bytes,
        Scalar::Uint32 => Type::Uint32,
        Scalar::Sfixed32 => Type::Sfixed32,
        Scalar::Sfixed64 => Type::Sfixed64,
        Scalar::Sint32 => Type::Sint32,
        Scalar::Sint64 => Type::Sint64,
    }
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
    for field in message.fields() {
        let Some(number) = field.number() else {
            continue;
        };
        let Some(descriptor) = u32::try_from(number)
            .ok()
            .and_then(|number| read.descriptor().get_field(number))
        else {
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
