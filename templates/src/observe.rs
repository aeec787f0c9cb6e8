//! One span{% if c.metrics %}, one count{% endif %} and one line in the log for every call, whatever becomes of it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame};
use tonic::{Code, Status, body::Body};
use tower::{ServiceExt, service_fn};
use tracing::{Instrument, Span, field::Empty};

use crate::{
    layer::Calls,
    methods::{self, Method},
{%- if c.metrics %}
    metrics::Metrics,
{%- endif %}
{%- if c.traces %}
    telemetry,
{%- endif %}
};

/// Observes all calls{% if c.metrics %} and counts them in `metrics`{% endif %}.
pub fn observe(inner: impl Calls{% if c.metrics %}, metrics: Metrics{% endif %}) -> impl Calls {
    service_fn(move |request| {
        let mut call = Call::start(&request{% if c.metrics %}, metrics.clone(){% endif %});
        let response = inner.clone().oneshot(request).instrument(call.span.clone());
        async move {
            let (head, body) = response.await?.into_parts();
            // An error before the first message comes in the head.
            call.read_code(&head.headers);
            Ok(Response::from_parts(head, Body::new(Observed { body, call })))
        }
    })
}

/// A call that goes on. It is over when this is dropped; a call whose status was not seen by then
/// was given up by the client.
pub(crate) struct Call {
    method: Option<&'static Method>,
    began: Instant,
    code: Code,
    pub(crate) span: Span,
{%- if c.metrics %}
    metrics: Metrics,
{%- endif %}
}

impl Call {
    pub(crate) fn start<B>(request: &Request<B>{% if c.metrics %}, metrics: Metrics{% endif %}) -> Self {
        let path = request.uri().path();
        let method = methods::find(path);
        let span = if let Some(method) = method {
            tracing::info_span!(
                "call",
                otel.name = &method.path[1..],
                otel.kind = "server",
                otel.status_code = Empty,
                rpc.system = "grpc",
                rpc.service = method.service,
                rpc.method = method.name,
                rpc.grpc.status_code = Empty,
            )
        } else {
            // Probes and what is not in the contract.
            tracing::debug_span!("call", path)
        };
{%- if c.traces %}
        telemetry::continue_trace(&span, request.headers());
{%- endif %}
{%- if c.metrics %}
        metrics.started(method);
{%- endif %}
        Self {
            method,
            began: Instant::now(),
            code: Code::Cancelled,
            span,
{%- if c.metrics %}
            metrics,
{%- endif %}
        }
    }

    /// Says what the call comes to.
    pub(crate) fn end(&mut self, code: Code) {
        self.code = code;
    }

    fn read_code(&mut self, headers: &HeaderMap) {
        if let Some(code) = headers.get(Status::GRPC_STATUS) {
            self.end(Code::from_bytes(code.as_bytes()));
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let elapsed = self.began.elapsed();
{%- if c.metrics %}
        self.metrics.ended(self.method, self.code, elapsed);
{%- endif %}
        let Some(method) = self.method else {
            return;
        };
        let is_fault = matches!(self.code, Code::Internal | Code::Unknown | Code::DataLoss);
        self.span.record("rpc.grpc.status_code", self.code as i32);
        if is_fault {
            self.span.record("otel.status_code", "ERROR");
        }
        let _entered = self.span.enter();
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        if is_fault {
            tracing::error!(method = method.path, code = ?self.code, milliseconds, "call failed");
        } else {
            tracing::info!(method = method.path, code = ?self.code, milliseconds, "call ended");
        }
    }
}

struct Observed {
    body: Body,
    call: Call,
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let Self { body, call } = &mut *self;
        let frame = {
            let _entered = call.span.enter();
            ready!(Pin::new(body).poll_frame(context))
        };
        match &frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    call.read_code(trailers);
                }
            }
            Some(Err(status)) => call.end(status.code()),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
