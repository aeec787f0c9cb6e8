//! REST: the rpcs that have a `google.api.http` rule, over HTTP with JSON.
//!
//! A request becomes a call to the same services, through the same layers, so it is checked, counted and
//! limited as any other.

mod json;
mod rule;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::{self, Body},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use prost_reflect::DynamicMessage;
use tonic::{Code, Extensions, Status, client::Grpc, metadata::MetadataMap};

use crate::layer::Calls;
pub use rule::{Rule, rules};

/// Answers what no other route does. A request may have at most `max_bytes`.
pub fn routes<C: Calls>(calls: C, max_bytes: usize) -> Router {
    let rest = Rest {
        calls,
        rules: rules().into(),
        max_bytes,
    };
    Router::new().fallback(answer::<C>).with_state(rest)
}

#[derive(Clone)]
struct Rest<C> {
    calls: C,
    rules: Arc<[Rule]>,
    max_bytes: usize,
}

async fn answer<C: Calls>(State(rest): State<Rest<C>>, request: Request) -> Response {
    rest.call(request)
        .await
        .unwrap_or_else(|status| refuse(&status))
}

impl<C: Calls> Rest<C> {
    async fn call(&self, request: Request) -> Result<Response, Status> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let found = self
            .rules
            .iter()
            .find_map(|rule| Some((rule, rule.matches(&head.method, path)?)));
        let (rule, variables) =
            found.ok_or_else(|| Status::not_found("no rpc has this method and path"))?;
        let body = body::to_bytes(body, self.max_bytes).await;
        let body =
            body.map_err(|_| Status::out_of_range("the body is too large or was cut off"))?;
        let message = json::request(rule, &body, variables, &head.uri)?;
        let request = tonic::Request::from_parts(metadata(&head), Extensions::default(), message);

        let mut grpc = Grpc::new(self.calls.clone());
        grpc.ready()
            .await
            .map_err(|_| Status::unavailable("the server is not ready"))?;
        let (path, codec) = (rule.path.clone(), json::Dynamic(rule.method.output()));
        if rule.method.is_server_streaming() {
            let messages = grpc
                .server_streaming(request, path, codec)
                .await?
                .into_inner();
            let rule = rule.clone();
            let lines =
                messages.map(move |message| Ok::<_, Infallible>(json::line(&rule, message)));
            let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
            return Ok((kind, Body::from_stream(lines)).into_response());
        }
        let message: DynamicMessage = grpc.unary(request, path, codec).await?.into_inner();
        Ok(json_body(json::response(rule, &message)?))
    }
}

/// What a caller says beside the message. The headers of the connection say nothing about the call.
fn metadata(head: &Parts) -> MetadataMap {
    let mut headers: HeaderMap = head.headers.clone();
    for name in [
        "connection",
        "content-length",
        "grpc-accept-encoding",
        "grpc-encoding",
        "host",
        "transfer-encoding",
    ] {
        headers.remove(name);
    }
    MetadataMap::from_headers(headers)
}

fn json_body(json: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

fn refuse(status: &Status) -> Response {
    let http = match status.code() {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::FailedPrecondition => StatusCode::BAD_REQUEST,
        Code::OutOfRange => StatusCode::PAYLOAD_TOO_LARGE,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Cancelled | Code::Unknown | Code::Internal | Code::DataLoss => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    (http, json_body(json::error(status))).into_response()
}
