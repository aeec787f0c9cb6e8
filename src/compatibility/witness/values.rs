//! What is worth sending: the values at which readers are known to differ.

use crate::compatibility::dynamic::{self, Record, Value};
use crate::compatibility::well_known::JsonForm;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// Fields that are filled in at most for one message. What requires more has no witness that anybody would read.
const MOST_REQUIRED: usize = 100;

/// Values of an enum and fields of a message that are tried at most where a field holds one.
const MOST_MEMBERS: usize = 256;

/// Whether a message requires more than is ever filled in.
pub(super) fn requires_too_much(message: Message<'_>) -> bool {
    message.required_fields().len() > MOST_REQUIRED
}

/// The required fields of a message, each with its zero, so that only what is tried can be refused.
pub(super) fn required(message: Message<'_>) -> Record {
    let mut left = MOST_REQUIRED;
    filled(message, &mut left)
}

/// A message that requires itself has no finite value, and one may require many others: `left` bounds both.
fn filled(message: Message<'_>, left: &mut usize) -> Record {
    let mut record = Record::default();
    if is_recursive_required(message) {
        return record;
    }
    for field in message.required_fields() {
        let Some(number) = field.number() else {
            continue;
        };
        if *left == 0 {
            break;
        }
        *left -= 1;
        let zero = match field.kind().message() {
            Some(inner) => Value::Message(filled(inner, left)),
            None => dynamic::zero(field.kind()),
        };
        *record.get_mut(number) = vec![zero];
    }
    record
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
                .take(MOST_MEMBERS)
                .filter_map(|value| value.number())
                .map(Value::Enum);
            if node.is_closed() {
                listed.collect()
            } else {
                listed.chain([Value::Enum(1_000_003)]).collect()
            }
        }
        FieldKind::Message(message) | FieldKind::Delimited(message) => {
            if let Some(values) = well_known(message, depth) {
                return values;
            }
            let empty = Value::Message(required(message));
            let mut all = vec![empty];
            if depth > 0 {
                for field in message.fields().take(MOST_MEMBERS) {
                    let Some(number) = field.number() else {
                        continue;
                    };
                    let value = smallest(field.kind(), depth - 1);
                    let held = match field.map_key() {
                        Some(key) => {
                            let key = smallest(FieldKind::Scalar(key), 1);
                            vec![Value::Entry(Box::new((key, value)))]
                        }
                        None => vec![value],
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

/// Values of the types that are not in JSON what they are by their fields, as far as other values have no form there.
fn well_known(message: Message<'_>, depth: u32) -> Option<Vec<Value>> {
    let of = |number, value| Value::Message(Record::of(number, vec![value]));
    let text = |text: &str| Value::String(text.as_bytes().to_vec());
    match JsonForm::of(message) {
        JsonForm::Value if depth == 0 => Some(vec![of(4, Value::Bool(true))]),
        JsonForm::Value => Some(vec![
            of(4, Value::Bool(true)),
            of(2, Value::Double(1.0)),
            of(3, text("a")),
            of(1, Value::Enum(0)),
        ]),
        JsonForm::Wrapper(scalar) if depth > 0 => {
            let mut held = values(FieldKind::Scalar(scalar), depth);
            held.retain(|value| *value != dynamic::zero(FieldKind::Scalar(scalar)));
            let set = held.into_iter().map(|value| of(1, value));
            Some(
                [Value::Message(Record::default())]
                    .into_iter()
                    .chain(set)
                    .collect(),
            )
        }
        JsonForm::Any => Some(vec![
            Value::Message(Record::default()),
            of(1, text("type.googleapis.com/google.protobuf.Empty")),
        ]),
        _ => None,
    }
}

/// A plain value of the type; at depth 0 its zero.
fn smallest(kind: FieldKind<'_>, depth: u32) -> Value {
    match kind {
        FieldKind::Message(message) | FieldKind::Delimited(message) => {
            let known = well_known(message, 0).and_then(|values| values.into_iter().next());
            known.unwrap_or_else(|| Value::Message(required(message)))
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
        for field in next.required_fields() {
            if let Some(inner) = field.kind().message() {
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

/// What an absent value of the type is on the wire.
pub(super) fn smallest_zero(kind: FieldKind<'_>) -> Value {
    match kind {
        FieldKind::Enum(_) => Value::Enum(0),
        _ => smallest(kind, 0),
    }
}
