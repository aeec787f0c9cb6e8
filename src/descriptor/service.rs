//! `ServiceDescriptorProto`

use super::number::{method, service as number};
use super::wire;
use crate::schema::{Method, Service};

/// Appends a service.
pub(super) fn service(out: &mut Vec<u8>, node: Service<'_>) {
    wire::bytes(out, number::NAME, node.name().text.as_bytes());
    for method in node.methods() {
        wire::message(out, number::METHOD, |out| self::method(out, method));
    }
    wire::options(out, number::OPTIONS, node.options(), false);
}

fn method(out: &mut Vec<u8>, node: Method<'_>) {
    wire::bytes(out, method::NAME, node.name().text.as_bytes());
    wire::joined(
        out,
        method::INPUT,
        &[".", &node.input_name().unwrap_or_default()],
    );
    wire::joined(
        out,
        method::OUTPUT,
        &[".", &node.output_name().unwrap_or_default()],
    );
    // `{}` without a setting is still something other than `;`.
    let has_body = node.node().body.is_some();
    wire::options(out, method::OPTIONS, node.options(), has_body);
    if node.is_client_streaming() {
        wire::number(out, method::CLIENT_STREAMING, 1);
    }
    if node.is_server_streaming() {
        wire::number(out, method::SERVER_STREAMING, 1);
    }
}
