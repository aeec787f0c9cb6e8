//! Values to ProtoJSON and back, with the options that runtimes have by default: unknown keys and unknown names are
//! refused, absent and implicit zero values are left out.
//!
//! <https://protobuf.dev/programming-guides/json/>

mod well_known;

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Number, Value as Json};

use super::read::zero;
use super::{Record, Value};
use crate::compatibility::field_of_key;
use crate::compatibility::well_known::JsonForm;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// Why JSON is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonError {
    /// The message has no field of that key.
    UnknownKey(String),
    /// The enum has no value of that name.
    UnknownName(String),
    /// The value is of a kind that the field does not take, or out of its range.
    Mismatch(String),
    /// Several members of a oneof are set.
    SeveralMembers(String),
    /// A required field is not there.
    MissingRequired(String),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(key) => write!(f, "there is no field `{key}`"),
            Self::UnknownName(name) => write!(f, "there is no enum value `{name}`"),
            Self::Mismatch(key) => write!(f, "field `{key}` does not take the value"),
            Self::SeveralMembers(name) => write!(f, "several members of oneof `{name}` are set"),
            Self::MissingRequired(name) => write!(f, "required field `{name}` is missing"),
        }
    }
}

impl std::error::Error for JsonError {}

/// Writers use the standard alphabet with padding; readers take both alphabets, with and without.
const PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    PADDING.with_decode_allow_trailing_bits(true),
);
const URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    PADDING.with_decode_allow_trailing_bits(true),
);

/// A record as JSON. Bytes of strings that are not UTF-8 are replaced, as nothing else can be written.
pub fn to_json(message: Message<'_>, record: &Record) -> Json {
    let mut object = Map::new();
    for (number, values) in &record.fields {
        let Some(field) = message.field_numbered(*number) else {
            continue;
        };
        let kind = field.kind();
        let written = match field.cardinality() {
            Cardinality::Map => {
                let entries = values.iter().filter_map(|value| match value {
                    Value::Entry(entry) => Some((key_of(&entry.0), value_to_json(kind, &entry.1))),
                    _ => None,
                });
                Json::Object(entries.collect())
            }
            Cardinality::Repeated => Json::Array(
                values
                    .iter()
                    .map(|value| value_to_json(kind, value))
                    .collect(),
            ),
            _ => match values.first() {
                Some(value) => value_to_json(kind, value),
                None => continue,
            },
        };
        if !values.is_empty() {
            object.insert(field.json_name(), written);
        }
    }
    Json::Object(object)
}

fn key_of(key: &Value) -> String {
    match key {
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::String(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    }
}

/// A value of a field of that kind.
pub(in crate::compatibility) fn value_to_json(kind: FieldKind<'_>, value: &Value) -> Json {
    match (kind, value) {
        (_, Value::Bool(value)) => Json::Bool(*value),
        (FieldKind::Scalar(scalar), Value::Integer(value)) if is_wide(scalar) => {
            Json::String(value.to_string())
        }
        (_, Value::Integer(value)) => i64::try_from(*value).map_or(Json::Null, Json::from),
        (_, Value::Float(value)) => float(f64::from(*value), &value.to_string()),
        (_, Value::Double(value)) => float(*value, &value.to_string()),
        (_, Value::String(text)) => Json::String(String::from_utf8_lossy(text).into_owned()),
        (_, Value::Bytes(bytes)) => Json::String(STANDARD.encode(bytes)),
        (FieldKind::Enum(node), Value::Enum(number)) => {
            let named = node.value_numbered(*number);
            named.map_or(Json::from(*number), |value| {
                Json::String(value.name().text.to_owned())
            })
        }
        (FieldKind::Message(inner) | FieldKind::Delimited(inner), Value::Message(record)) => {
            well_known::write(inner, record)
        }
        _ => Json::Null,
    }
}

const fn is_wide(scalar: Scalar) -> bool {
    matches!(
        scalar,
        Scalar::Int64 | Scalar::Uint64 | Scalar::Sint64 | Scalar::Fixed64 | Scalar::Sfixed64
    )
}

fn float(value: f64, shortest: &str) -> Json {
    if value.is_nan() {
        return Json::String("NaN".to_owned());
    }
    if value.is_infinite() {
        let text = if value > 0.0 { "Infinity" } else { "-Infinity" };
        return Json::String(text.to_owned());
    }
    // A float is written with the digits that a float needs.
    let shortest = shortest.parse().unwrap_or(value);
    Number::from_f64(shortest).map_or(Json::Null, Json::Number)
}

/// Reads a message.
///
/// # Errors
/// Where a conforming reader refuses the JSON.
pub fn from_json(message: Message<'_>, json: &Json) -> Result<Record, JsonError> {
    let record = from_json_partially(message, json)?;
    for field in message.required_fields() {
        let is_set = field
            .number()
            .is_some_and(|number| !record.get(number).is_empty());
        if !is_set {
            return Err(JsonError::MissingRequired(field.full_name()));
        }
    }
    Ok(record)
}

/// Reads a message that may lack what it requires itself.
///
/// # Errors
/// Where a conforming reader refuses the JSON.
pub fn from_json_partially(message: Message<'_>, json: &Json) -> Result<Record, JsonError> {
    let mismatch = || JsonError::Mismatch(message.full_name().to_owned());
    let object = json.as_object().ok_or_else(mismatch)?;
    let mut record = Record::default();
    let mut oneofs = Vec::new();
    for (key, json) in object {
        let Some(field) = field_of_key(message, key) else {
            return Err(JsonError::UnknownKey(key.clone()));
        };
        let Some(number) = field.number() else {
            continue;
        };
        if json.is_null() && !takes_null(field) {
            continue;
        }
        if let Some(oneof) = field.oneof() {
            if oneofs.contains(&oneof) {
                return Err(JsonError::SeveralMembers(oneof.name().text.to_owned()));
            }
            oneofs.push(oneof);
        }
        let values = field_values(field, json)?;
        let is_default = field.cardinality() == Cardinality::Implicit
            && values.first() == Some(&zero(field.kind()));
        if !values.is_empty() && !is_default {
            *record.get_mut(number) = values;
        }
    }
    Ok(record)
}

/// A null in JSON is an absent field, but for the type that holds anything.
fn takes_null(field: Field<'_>) -> bool {
    let message = field.kind().message();
    message.is_some_and(|message| JsonForm::of(message) == JsonForm::Value)
}

fn field_values(field: Field<'_>, json: &Json) -> Result<Vec<Value>, JsonError> {
    let mismatch = || JsonError::Mismatch(field.json_name());
    let kind = field.kind();
    match field.cardinality() {
        Cardinality::Map => {
            let key_kind = field.map_key().unwrap_or(Scalar::String);
            let object = json.as_object().ok_or_else(mismatch)?;
            let entries = object.iter().map(|(key, json)| {
                let key = key_value(key_kind, key).ok_or_else(mismatch)?;
                let value = single(kind, json)?.ok_or_else(mismatch)?;
                Ok(Value::Entry(Box::new((key, value))))
            });
            entries.collect()
        }
        Cardinality::Repeated => {
            let list = json.as_array().ok_or_else(mismatch)?;
            let values = list
                .iter()
                .map(|json| single(kind, json)?.ok_or_else(mismatch));
            values.collect()
        }
        _ => Ok(vec![single(kind, json)?.ok_or_else(mismatch)?]),
    }
}

fn key_value(scalar: Scalar, key: &str) -> Option<Value> {
    match scalar {
        Scalar::Bool => key.parse().ok().map(Value::Bool),
        Scalar::String => Some(Value::String(key.as_bytes().to_vec())),
        _ => in_range(scalar, key.parse().ok()?),
    }
}

/// One value; `None` where the type does not take it.
fn single(kind: FieldKind<'_>, json: &Json) -> Result<Option<Value>, JsonError> {
    Ok(match kind {
        FieldKind::Scalar(scalar) => scalar_value(scalar, json),
        FieldKind::Enum(node) => match json {
            Json::String(name) => {
                let value = node.value_named(name);
                let Some(number) = value.and_then(|value| value.number()) else {
                    return Err(JsonError::UnknownName(name.clone()));
                };
                Some(Value::Enum(number))
            }
            _ => {
                let number = integer(json).and_then(|number| i32::try_from(number).ok());
                let listed =
                    |number: &i32| !node.is_closed() || node.value_numbered(*number).is_some();
                number.filter(listed).map(Value::Enum)
            }
        },
        FieldKind::Message(inner) | FieldKind::Delimited(inner) => {
            well_known::read(inner, json)?.map(Value::Message)
        }
        FieldKind::Unknown => None,
    })
}

fn scalar_value(scalar: Scalar, json: &Json) -> Option<Value> {
    match scalar {
        Scalar::Bool => json.as_bool().map(Value::Bool),
        Scalar::String => Some(Value::String(json.as_str()?.as_bytes().to_vec())),
        Scalar::Bytes => {
            let text = json.as_str()?;
            let bytes = STANDARD.decode(text).or_else(|_| URL.decode(text));
            bytes.ok().map(Value::Bytes)
        }
        Scalar::Double => real(json).map(Value::Double),
        Scalar::Float => {
            let value = real(json)?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float holds fewer digits"
            )]
            let float = value as f32;
            // What is too large for a float is refused, not read as infinity.
            (float.is_finite() || !value.is_finite()).then_some(Value::Float(float))
        }
        _ => in_range(scalar, integer(json)?),
    }
}

/// A whole number, given as such, with a point and nothing behind it, or as text.
fn integer(json: &Json) -> Option<i128> {
    let of_float = |value: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to be whole and in range"
        )]
        (value.fract() == 0.0 && value.abs() < 1e19).then_some(value as i128)
    };
    match json {
        Json::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
            .or_else(|| of_float(number.as_f64()?)),
        Json::String(text) => text.parse().ok().or_else(|| of_float(text.parse().ok()?)),
        _ => None,
    }
}

fn real(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            text => text.parse().ok().filter(|value: &f64| value.is_finite()),
        },
        _ => None,
    }
}

fn in_range(scalar: Scalar, value: i128) -> Option<Value> {
    let range = match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => i32::MIN.into()..=i32::MAX.into(),
        Scalar::Uint32 | Scalar::Fixed32 => 0..=u32::MAX.into(),
        Scalar::Uint64 | Scalar::Fixed64 => 0..=u64::MAX.into(),
        _ => i64::MIN.into()..=i64::MAX.into(),
    };
    range.contains(&value).then_some(Value::Integer(value))
}
