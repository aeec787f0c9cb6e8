//! The well-known types in JSON: <https://protobuf.dev/programming-guides/json/>.

use prost_types::{Duration, Timestamp};
use serde_json::{Map, Value as Json};

use super::super::{Record, Value};
use super::{JsonError, from_json, real, scalar_value, to_json, value_to_json};
use crate::compatibility::well_known::JsonForm;
use crate::schema::{FieldKind, Message};

/// Fields of `google.protobuf.Value`.
const NUMBER: i32 = 2;
const TEXT: i32 = 3;
const BOOL: i32 = 4;
const STRUCT: i32 = 5;
const LIST: i32 = 6;

/// A message in a field of another one. What has no form in JSON is null, which readers take for absent.
pub(super) fn write(message: Message<'_>, record: &Record) -> Json {
    let whole = |number| match record.get(number).first() {
        Some(Value::Integer(value)) => i64::try_from(*value).unwrap_or_default(),
        _ => 0,
    };
    let nanos = || i32::try_from(whole(2)).unwrap_or_default();
    match JsonForm::of(message) {
        JsonForm::Fields => to_json(message, record),
        JsonForm::Timestamp => Json::String(
            Timestamp {
                seconds: whole(1),
                nanos: nanos(),
            }
            .to_string(),
        ),
        JsonForm::Duration => Json::String(
            Duration {
                seconds: whole(1),
                nanos: nanos(),
            }
            .to_string(),
        ),
        JsonForm::FieldMask => {
            let paths: Vec<&str> = record.get(1).iter().filter_map(text).collect();
            Json::String(paths.join(","))
        }
        JsonForm::Wrapper(scalar) => {
            let kind = FieldKind::Scalar(scalar);
            let zero = super::zero(kind);
            value_to_json(kind, record.get(1).first().unwrap_or(&zero))
        }
        JsonForm::Struct => {
            let entries = record.get(1).iter().filter_map(|entry| match entry {
                Value::Entry(entry) => Some((text(&entry.0)?.to_owned(), anything(&entry.1))),
                _ => None,
            });
            Json::Object(entries.collect())
        }
        JsonForm::ListValue => Json::Array(record.get(1).iter().map(anything).collect()),
        JsonForm::Value => anything(&Value::Message(record.clone())),
        JsonForm::Any => {
            let mut object = Map::new();
            if let Some(url) = record.get(1).first().and_then(text) {
                object.insert("@type".to_owned(), Json::String(url.to_owned()));
            }
            Json::Object(object)
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// A `google.protobuf.Value`.
fn anything(value: &Value) -> Json {
    let Value::Message(record) = value else {
        return Json::Null;
    };
    let Some((number, held)) = record.fields.iter().find(|(_, values)| !values.is_empty()) else {
        return Json::Null;
    };
    match (*number, &held[0]) {
        (STRUCT, Value::Message(record)) => {
            let entries = record.get(1).iter().filter_map(|entry| match entry {
                Value::Entry(entry) => Some((text(&entry.0)?.to_owned(), anything(&entry.1))),
                _ => None,
            });
            Json::Object(entries.collect())
        }
        (LIST, Value::Message(record)) => Json::Array(record.get(1).iter().map(anything).collect()),
        (NUMBER | TEXT | BOOL, value) => value_to_json(FieldKind::Unknown, value),
        _ => Json::Null,
    }
}

/// A message in a field of another one; `None` where its type does not take the value.
pub(super) fn read(message: Message<'_>, json: &Json) -> Result<Option<Record>, JsonError> {
    let set = |fields: Vec<(i32, Value)>| Record {
        fields: fields
            .into_iter()
            .map(|(number, value)| (number, vec![value]))
            .collect(),
        unknown: Vec::new(),
    };
    let moment = |seconds: i64, nanos: i32| {
        let parts = [(1, i128::from(seconds)), (2, i128::from(nanos))];
        let parts = parts.into_iter().filter(|(_, value)| *value != 0);
        set(parts
            .map(|(number, value)| (number, Value::Integer(value)))
            .collect())
    };
    Ok(match JsonForm::of(message) {
        JsonForm::Fields if json.is_object() => Some(from_json(message, json)?),
        JsonForm::Fields => None,
        JsonForm::Timestamp => {
            let read = json
                .as_str()
                .and_then(|text| text.parse::<Timestamp>().ok());
            read.map(|read| moment(read.seconds, read.nanos))
        }
        JsonForm::Duration => {
            let read = json.as_str().and_then(|text| text.parse::<Duration>().ok());
            read.map(|read| moment(read.seconds, read.nanos))
        }
        JsonForm::FieldMask => json.as_str().map(|text| {
            let paths = text.split(',').filter(|path| !path.is_empty());
            let paths: Vec<Value> = paths
                .map(|path| Value::String(path.as_bytes().to_vec()))
                .collect();
            match paths.is_empty() {
                true => Record::default(),
                false => Record::of(1, paths),
            }
        }),
        JsonForm::Wrapper(scalar) => scalar_value(scalar, json).map(|value| {
            let is_zero = value == super::zero(FieldKind::Scalar(scalar));
            set((!is_zero).then_some((1, value)).into_iter().collect())
        }),
        JsonForm::Struct => structure(json),
        JsonForm::ListValue => list(json),
        JsonForm::Value => Some(of_anything(json)),
        JsonForm::Any => {
            json.as_object()
                .and_then(|object| match object.get("@type").map(|url| url.as_str()) {
                    None if object.is_empty() => Some(Record::default()),
                    Some(Some(url)) => Some(set(vec![(1, Value::String(url.as_bytes().to_vec()))])),
                    _ => None,
                })
        }
    })
}

fn structure(json: &Json) -> Option<Record> {
    let entries = json.as_object()?.iter().map(|(key, value)| {
        let key = Value::String(key.as_bytes().to_vec());
        Value::Entry(Box::new((key, Value::Message(of_anything(value)))))
    });
    let entries: Vec<Value> = entries.collect();
    Some(match entries.is_empty() {
        true => Record::default(),
        false => Record::of(1, entries),
    })
}

fn list(json: &Json) -> Option<Record> {
    let values = json.as_array()?.iter();
    let values: Vec<Value> = values
        .map(|value| Value::Message(of_anything(value)))
        .collect();
    Some(match values.is_empty() {
        true => Record::default(),
        false => Record::of(1, values),
    })
}

/// Recursion ends with that of the JSON, which `serde_json` limits, and which otherwise was written from a record.
fn of_anything(json: &Json) -> Record {
    let (number, value) = match json {
        Json::Null => (1, Value::Enum(0)),
        Json::Bool(value) => (BOOL, Value::Bool(*value)),
        Json::Number(_) => (NUMBER, Value::Double(real(json).unwrap_or_default())),
        Json::String(text) => (TEXT, Value::String(text.as_bytes().to_vec())),
        Json::Object(_) => (STRUCT, Value::Message(structure(json).unwrap_or_default())),
        Json::Array(_) => (LIST, Value::Message(list(json).unwrap_or_default())),
    };
    Record::of(number, vec![value])
}
