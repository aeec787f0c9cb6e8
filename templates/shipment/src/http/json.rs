//! Messages of the contract as JSON, the way Protocol Buffers define it.

use std::sync::LazyLock;

use axum::{
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use tonic::{Code, Status};

use crate::{DESCRIPTOR_SET, metrics::code_name};

static CONTRACT: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTOR_SET).ok());

/// Writes an encoded message, whose type is called `name`.
pub fn print(name: &str, encoded: &[u8]) -> Result<String, Status> {
    let internal = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, name, "a message cannot be written as JSON");
        Status::internal("internal error")
    };
    let message = DynamicMessage::decode(descriptor(name)?, encoded);
    let message = message.map_err(|error| internal(&error))?;
    let mut json = serde_json::Serializer::new(Vec::new());
    let options = SerializeOptions::new().skip_default_fields(true);
    message
        .serialize_with_options(&mut json, &options)
        .map_err(|error| internal(&error))?;
    String::from_utf8(json.into_inner()).map_err(|error| internal(&error))
}

/// Reads a message whose type is called `name`.
pub fn parse<M: Message + Default>(name: &str, json: &[u8]) -> Result<M, Status> {
    let invalid = |error: serde_json::Error| {
        Status::invalid_argument(format!("the body is not valid: {error}"))
    };
    let mut reader = serde_json::Deserializer::from_slice(json);
    let message = DynamicMessage::deserialize(descriptor(name)?, &mut reader).map_err(invalid)?;
    reader.end().map_err(invalid)?;
    message
        .transcode_to()
        .map_err(|_| Status::internal("internal error"))
}

fn descriptor(name: &str) -> Result<MessageDescriptor, Status> {
    let descriptor = CONTRACT
        .as_ref()
        .and_then(|pool| pool.get_message_by_name(name));
    descriptor.ok_or_else(|| Status::internal("internal error"))
}

/// An answer in JSON.
pub fn answer(json: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], json).into_response()
}

/// A status as HTTP has it, with the name of its code and its message as JSON.
pub fn refuse(status: &Status) -> Response {
    let http = match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition => StatusCode::BAD_REQUEST,
        Code::OutOfRange => StatusCode::PAYLOAD_TOO_LARGE,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let name = code_name(status.code());
    let json = serde_json::json!({ "code": name, "message": status.message() });
    (http, answer(json.to_string())).into_response()
}
