//! The bytes that prove a verdict: what one schema writes, and what the other reads from it.

use super::dynamic::{self, ReadError, Record, Value};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Enum, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// Who writes and who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The baseline writes, today's schema reads.
    OldToNew,
    /// Today's schema writes, the baseline reads.
    NewToOld,
}

/// What became of a value on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survival {
    /// It was read as it was written.
    Same,
    /// It was read as absent; its bytes are unknown to the reader.
    Lost,
    /// It was read as another value, without an error.
    Changed,
    /// The reader refused the whole message.
    Refused(ReadError),
}

impl Survival {
    /// How bad it is; 0 for no harm.
    const fn rank(&self) -> u8 {
        match self {
            Self::Same => 0,
            Self::Lost => 1,
            Self::Refused(_) => 2,
            Self::Changed => 3,
        }
    }
}

/// A message that does not survive.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// Who writes and who reads.
    pub direction: Direction,
    /// What happens.
    pub survival: Survival,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What the writer meant, a `field = value` line for each.
    pub written: Vec<String>,
    /// What the reader sees; empty where it refuses.
    pub read: Vec<String>,
}

impl Witness {
    /// The bytes as hexadecimal digits.
    pub fn hex(&self) -> String {
        dynamic::hex(&self.bytes)
    }
}

/// Searches the worst thing that happens to a field of a paired message, and the shortest bytes that show it.
/// `None` where every value that was tried survives in both directions.
pub fn find(pair: Pair<Message<'_>>, number: i32) -> Option<Witness> {
    [Direction::OldToNew, Direction::NewToOld]
        .into_iter()
        .flat_map(|direction| trials(pair, number, direction))
        .filter(|witness| witness.survival != Survival::Same)
        .min_by_key(|witness| {
            (
                u8::MAX - witness.survival.rank(),
                witness.bytes.len(),
                witness.direction == Direction::NewToOld,
            )
        })
}

/// Everything that is tried for a field in one direction.
pub fn trials(pair: Pair<Message<'_>>, number: i32, direction: Direction) -> Vec<Witness> {
    let (writer, reader) = match direction {
        Direction::OldToNew => (pair.before, pair.after),
        Direction::NewToOld => (pair.after, pair.before),
    };
    let Some(field) = writer.field_numbered(number) else {
        return Vec::new();
    };
    candidates(field)
        .into_iter()
        .map(|values| {
            let mut record = required(writer);
            *record.get_mut(number) = values.clone();
            let bytes = dynamic::write(writer, &record);
            let result = dynamic::read(reader, &bytes);
            let (survival, read) = match result {
                Ok(read) => (
                    survival(field, &values, reader.field_numbered(number), &read, number),
                    lines(reader, &read),
                ),
                Err(error) => (Survival::Refused(error), Vec::new()),
            };
            Witness {
                direction,
                survival,
                bytes,
                written: lines(writer, &record),
                read,
            }
        })
        .collect()
}

/// The required fields of a message, each with its zero, so that only what is tried can be refused.
fn required(message: Message<'_>) -> Record {
    let mut record = Record::default();
    for field in message.fields() {
        if let (Cardinality::Required, Some(number)) = (field.cardinality(), field.number()) {
            *record.get_mut(number) = vec![smallest(field.kind(), 0)];
        }
    }
    record
}

fn survival(
    field: Field<'_>,
    written: &[Value],
    reader: Option<Field<'_>>,
    read: &Record,
    number: i32,
) -> Survival {
    let Some(reader) = reader else {
        return Survival::Lost;
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
            .all(|(a, b)| is_same(field, a, reader, b));
    if same {
        Survival::Same
    } else if values.len() < written.len() && read.unknown.iter().any(|unknown| unknown.0 == number)
    {
        Survival::Lost
    } else {
        Survival::Changed
    }
}

fn smallest_zero(kind: FieldKind<'_>) -> Value {
    match kind {
        FieldKind::Enum(_) => Value::Enum(0),
        _ => smallest(kind, 0),
    }
}

/// Whether two values mean the same to people, their types aside.
fn is_same(writer: Field<'_>, a: &Value, reader: Field<'_>, b: &Value) -> bool {
    match (a, b) {
        (Value::Entry(a), Value::Entry(b)) => {
            is_plain_same(&a.0, &b.0) && is_value_same(writer.kind(), &a.1, reader.kind(), &b.1)
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
        _ => is_value_same(writer.kind(), a, reader.kind(), b),
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

fn is_value_same(writer: FieldKind<'_>, a: &Value, reader: FieldKind<'_>, b: &Value) -> bool {
    match (writer, a, reader, b) {
        (FieldKind::Enum(old), Value::Enum(a), FieldKind::Enum(new), Value::Enum(b)) => {
            a == b && has_same_meaning(old, new, *a)
        }
        (
            FieldKind::Message(old) | FieldKind::Delimited(old),
            Value::Message(a),
            FieldKind::Message(new) | FieldKind::Delimited(new),
            Value::Message(b),
        ) => a.fields.iter().all(|(number, values)| {
            let (Some(old), Some(new)) = (old.field_numbered(*number), new.field_numbered(*number))
            else {
                return false;
            };
            survival(old, values, Some(new), b, *number) == Survival::Same
        }),
        (_, Value::Message(record), _, Value::Bytes(bytes)) => {
            inner(writer).is_some_and(|message| dynamic::write(message, record) == *bytes)
        }
        (_, Value::Bytes(bytes), _, Value::Message(record)) => {
            inner(reader).is_some_and(|message| dynamic::write(message, record) == *bytes)
        }
        _ => is_plain_same(a, b),
    }
}

fn inner(kind: FieldKind<'_>) -> Option<Message<'_>> {
    match kind {
        FieldKind::Message(message) | FieldKind::Delimited(message) => Some(message),
        _ => None,
    }
}

/// Whether a number that both enums list has a name in common, or one of them does not list it.
fn has_same_meaning(old: Enum<'_>, new: Enum<'_>, number: i32) -> bool {
    let names = |node: Enum<'_>| -> Vec<String> {
        node.values()
            .filter(|value| value.number() == Some(number))
            .map(|value| value.name().text.to_owned())
            .collect()
    };
    let moved = |from: &[String], to: Enum<'_>| {
        from.iter().any(|name| {
            to.values()
                .any(|value| value.name().text == name && value.number() != Some(number))
        })
    };
    let (old_names, new_names) = (names(old), names(new));
    !moved(&old_names, new) && !moved(&new_names, old)
}

fn is_plain_same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Integer(value) => Some(*value),
        Value::Enum(value) => Some(i128::from(*value)),
        _ => None,
    };
    match (a, b) {
        (Value::String(a) | Value::Bytes(a), Value::String(b) | Value::Bytes(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Message(a), Value::Message(b)) => a == b,
        _ => number(a).is_some() && number(a) == number(b),
    }
}

/// What is worth trying for a field, its values each time: nothing where it may be absent, one value each, and two where that is possible.
pub fn candidates(field: Field<'_>) -> Vec<Vec<Value>> {
    let mut all = present(field);
    if field.cardinality() != Cardinality::Required {
        all.push(Vec::new());
    }
    all
}

fn present(field: Field<'_>) -> Vec<Vec<Value>> {
    let values = values(field.kind(), 2);
    match field.cardinality() {
        Cardinality::Map => {
            let keys = self::values(
                FieldKind::Scalar(field.map_key().unwrap_or(Scalar::String)),
                0,
            );
            let first = values.first().cloned().unwrap_or(Value::Bool(false));
            let key = keys.get(1).or_else(|| keys.first()).cloned();
            let by_key = keys.iter().map(|key| (key.clone(), first.clone()));
            let by_value = values
                .iter()
                .filter_map(|value| Some((key.clone()?, value.clone())));
            by_key
                .chain(by_value)
                .map(|pair| vec![Value::Entry(Box::new(pair))])
                .collect()
        }
        Cardinality::Repeated => {
            let two = values.iter().rev().take(2).cloned().collect();
            values
                .into_iter()
                .map(|value| vec![value])
                .chain([two])
                .collect()
        }
        Cardinality::Implicit => values
            .into_iter()
            .filter(|value| *value != smallest_zero(field.kind()))
            .map(|value| vec![value])
            .collect(),
        Cardinality::Explicit | Cardinality::Required => {
            values.into_iter().map(|value| vec![value]).collect()
        }
    }
}

/// The values of a type at which readers are known to differ, the plainest first.
fn values(kind: FieldKind<'_>, depth: u32) -> Vec<Value> {
    let integers = |values: &[i128]| values.iter().copied().map(Value::Integer).collect();
    match kind {
        FieldKind::Scalar(scalar) => match scalar {
            Scalar::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
                integers(&[1, 0, 2, -1, i32::MAX.into(), i32::MIN.into()])
            }
            Scalar::Uint32 | Scalar::Fixed32 => {
                integers(&[1, 0, 2, i32::MAX.into(), u32::MAX.into()])
            }
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
                integers(&[1, 0, 2, -1, 1 << 40, i64::MAX.into(), i64::MIN.into()])
            }
            Scalar::Uint64 | Scalar::Fixed64 => {
                integers(&[1, 0, 2, 1 << 40, i64::MAX.into(), u64::MAX.into()])
            }
            Scalar::Float => vec![Value::Float(1.0), Value::Float(0.0), Value::Float(-2.5)],
            Scalar::Double => vec![
                Value::Double(1.0),
                Value::Double(0.0),
                Value::Double(-2.5),
                Value::Double(1e300),
            ],
            Scalar::String => ["a", "", "abc", "hello"]
                .iter()
                .map(|text| Value::String(text.as_bytes().to_vec()))
                .collect(),
            Scalar::Bytes => [&b"a"[..], b"", b"\xff", b"\x08\x01", b"abc"]
                .iter()
                .map(|bytes| Value::Bytes(bytes.to_vec()))
                .collect(),
        },
        FieldKind::Enum(node) => {
            let listed = node
                .values()
                .filter_map(|value| value.number())
                .map(Value::Enum);
            if node.is_closed() {
                listed.collect()
            } else {
                listed.chain([Value::Enum(1_000_003)]).collect()
            }
        }
        FieldKind::Message(message) | FieldKind::Delimited(message) => {
            let empty = Value::Message(required(message));
            let mut all = vec![empty];
            if depth > 0 {
                for field in message.fields() {
                    let Some(number) = field.number() else {
                        continue;
                    };
                    let held = if field.is_map() {
                        present(field).into_iter().next().unwrap_or_default()
                    } else {
                        vec![smallest(field.kind(), depth - 1)]
                    };
                    let mut record = required(message);
                    *record.get_mut(number) = held;
                    all.push(Value::Message(record));
                }
            }
            all
        }
        FieldKind::Unknown => Vec::new(),
    }
}

/// A plain value of the type; at depth 0 its zero.
fn smallest(kind: FieldKind<'_>, depth: u32) -> Value {
    match kind {
        FieldKind::Message(message) | FieldKind::Delimited(message) if depth == 0 => {
            Value::Message(if is_recursive_required(message) {
                Record::default()
            } else {
                required(message)
            })
        }
        _ if depth == 0 => dynamic::zero(kind),
        _ => values(kind, depth)
            .into_iter()
            .next()
            .unwrap_or(Value::Bool(false)),
    }
}

/// A message that requires itself has no finite value.
fn is_recursive_required(message: Message<'_>) -> bool {
    let mut seen = vec![message];
    let mut open = vec![message];
    while let Some(next) = open.pop() {
        for field in next.fields() {
            if field.cardinality() != Cardinality::Required {
                continue;
            }
            if let Some(inner) = inner(field.kind()) {
                if inner == message {
                    return true;
                }
                if !seen.contains(&inner) {
                    seen.push(inner);
                    open.push(inner);
                }
            }
        }
    }
    false
}

/// A record as `field = value` lines.
fn lines(message: Message<'_>, record: &Record) -> Vec<String> {
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

fn shown(kind: FieldKind<'_>, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Bool(value)) => value.to_string(),
        (_, Value::Integer(value)) => value.to_string(),
        (_, Value::Float(value)) => format!("{value:?}"),
        (_, Value::Double(value)) => format!("{value:?}"),
        (_, Value::String(text)) => format!("{:?}", String::from_utf8_lossy(text)),
        (_, Value::Bytes(bytes)) => format!("bytes {}", dynamic::hex(bytes)),
        (FieldKind::Enum(node), Value::Enum(number)) => node
            .values()
            .find(|value| value.number() == Some(*number))
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
