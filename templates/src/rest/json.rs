//! Messages of the contract as JSON, the way Protocol Buffers define it.

use axum::{extract::Query, http::Uri};
use prost::Message;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use super::rule::{Rule, Variables};

/// The request that a body and a URL stand for.
pub fn request(
    rule: &Rule,
    body: &[u8],
    variables: Variables,
    uri: &Uri,
) -> Result<DynamicMessage, Status> {
    let input = rule.method.input();
    let mut fields = match rule.body.as_str() {
        "" => Map::new(),
        "*" if body.is_empty() => Map::new(),
        "*" => serde_json::from_slice(body).map_err(invalid)?,
        name => {
            let value: Value = serde_json::from_slice(body).map_err(invalid)?;
            Map::from_iter([(field(&input, name)?.json_name().to_owned(), value)])
        }
    };
    if rule.body != "*" {
        let Query(query) = Query::<Variables>::try_from_uri(uri).map_err(invalid)?;
        for (path, text) in query {
            set(&mut fields, &input, &path, text)?;
        }
    }
    for (path, text) in variables {
        set(&mut fields, &input, &path, text)?;
    }
    DynamicMessage::deserialize(input, Value::Object(fields)).map_err(invalid)
}

/// Sets a field by its path. What the path of the URL says comes last and counts.
fn set(
    fields: &mut Map<String, Value>,
    message: &MessageDescriptor,
    path: &str,
    text: String,
) -> Result<(), Status> {
    let (name, rest) = path
        .split_once('.')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = field(message, name)?;
    let kind = field.kind();
    // A body may use either name.
    if field.name() != field.json_name()
        && let Some(value) = fields.remove(field.name())
    {
        fields.insert(field.json_name().to_owned(), value);
    }
    let name = field.json_name().to_owned();
    if let Some(rest) = rest {
        let inner = kind
            .as_message()
            .ok_or_else(|| invalid(format!("`{path}` names no field")))?;
        let value = fields.entry(name).or_insert_with(|| json!({}));
        let fields = value
            .as_object_mut()
            .ok_or_else(|| invalid(format!("`{path}` is no field")))?;
        return set(fields, inner, rest, text);
    }
    let value = match &kind {
        Kind::Bool => text.parse().map(Value::Bool).map_err(invalid)?,
        Kind::Message(wrapper) if wrapper.full_name() == "google.protobuf.BoolValue" => {
            text.parse().map(Value::Bool).map_err(invalid)?
        }
        _ => Value::String(text),
    };
    if field.is_list() {
        let values = fields.entry(name).or_insert_with(|| json!([]));
        values
            .as_array_mut()
            .ok_or_else(|| invalid(format!("`{path}` is a list")))?
            .push(value);
    } else {
        fields.insert(name, value);
    }
    Ok(())
}

fn field(message: &MessageDescriptor, name: &str) -> Result<FieldDescriptor, Status> {
    let found = message
        .get_field_by_name(name)
        .or_else(|| message.get_field_by_json_name(name));
    found.ok_or_else(|| invalid(format!("the request has no field `{name}`")))
}

fn invalid(error: impl std::fmt::Display) -> Status {
    Status::invalid_argument(format!("the request is not valid: {error}"))
}

/// A response as its rule wants it.
pub fn response(rule: &Rule, message: &DynamicMessage) -> Result<String, Status> {
    let value = serde_json::to_value(message).map_err(|error| internal(&error))?;
    let value = match field(&rule.method.output(), &rule.response_body) {
        Ok(field) => value.get(field.json_name()).cloned().unwrap_or_default(),
        Err(_) => value,
    };
    Ok(value.to_string())
}

/// A message of a stream, or the error that it ends with.
pub fn line(rule: &Rule, message: Result<DynamicMessage, Status>) -> String {
    let line = message.and_then(|message| response(rule, &message));
    line.unwrap_or_else(|status| error(&status)) + "\n"
}

/// A status as JSON.
pub fn error(status: &Status) -> String {
    let code = format!("{:?}", status.code());
    json!({ "error": { "code": code, "message": status.message() } }).to_string()
}

fn internal(error: &dyn std::fmt::Display) -> Status {
    tracing::error!(%error, "a message cannot be written as JSON");
    Status::internal("internal error")
}

/// Messages whose type is known at run time only; the type is that of what is received.
#[derive(Clone, Debug)]
pub struct Dynamic(pub MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        self.clone()
    }

    fn decoder(&mut self) -> Self {
        self.clone()
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|error| internal(&error))
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), buffer);
        message.map(Some).map_err(|error| internal(&error))
    }
}
