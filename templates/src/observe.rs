//! One span{% if c.metrics %}, one count{% endif %} and one line in the log for every call, whatever becomes of it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};
use tracing::{Instrument, Span, field::Empty};
{%- if c.metrics || c.traces %}

use crate::{
    methods::{self, Method},
{%- if c.metrics %}
    metrics::Metrics,
{%- endif %}
{%- if c.traces %}
    telemetry,
{%- endif %}
};
{%- else %}

use crate::methods::{self, Method};
{%- endif %}

/// Observes the calls of the service it wraps.
#[derive(Clone, Debug)]
{%- if c.metrics %}
pub struct ObserveLayer {
    metrics: Metrics,
}

impl ObserveLayer {
    /// Counts calls in `metrics`.
    #[must_use]
    pub fn new(metrics: Metrics) -> Self {
        Self { metrics }
    }
}
{%- else %}
pub struct ObserveLayer;
{%- endif %}

impl<S> Layer<S> for ObserveLayer {
    type Service = Observe<S>;

    fn layer(&self, inner: S) -> Observe<S> {
        Observe {
            inner,
{%- if c.metrics %}
            metrics: self.metrics.clone(),
{%- endif %}
        }
    }
}

/// The service made by [`ObserveLayer`].
#[derive(Clone, Debug)]
pub struct Observe<S> {
    inner: S,
{%- if c.metrics %}
    metrics: Metrics,
{%- endif %}
}

impl<S, B> Service<Request<Body>> for Observe<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: HttpBody<Data = Bytes, Error = Status> + Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let mut call = Call::start(&request{% if c.metrics %}, self.metrics.clone(){% endif %});
        let response = self.inner.call(request).instrument(call.span.clone());
        Box::pin(async move {
            let (head, body) = response.await?.into_parts();
            // An error before the first message comes in the head.
            call.read_code(&head.headers);
            Ok(Response::from_parts(
                head,
                Body::new(Observed { body, call }),
            ))
        })
    }
}

/// A call that goes on. It is over when this is dropped; a call whose status was not seen by then
/// was given up by the client.
struct Call {
    method: Option<&'static Method>,
    began: Instant,
    code: Code,
    span: Span,
{%- if c.metrics %}
    metrics: Metrics,
{%- endif %}
}

impl Call {
    fn start(request: &Request<Body>{% if c.metrics %}, metrics: Metrics{% endif %}) -> Self {
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

    fn read_code(&mut self, headers: &HeaderMap) {
        if let Some(code) = headers.get(Status::GRPC_STATUS) {
            self.code = Code::from_bytes(code.as_bytes());
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

pin_project_lite::pin_project! {
    struct Observed<B> {
        #[pin]
        body: B,
        call: Call,
    }
}

impl<B: HttpBody<Data = Bytes, Error = Status>> HttpBody for Observed<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        let frame = {
            let _entered = this.call.span.enter();
            ready!(this.body.poll_frame(context))
        };
        match &frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.call.read_code(trailers);
                }
            }
            Some(Err(status)) => this.call.code = status.code(),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
