//! A handler that panics answers INTERNAL. Without this the client sees a reset stream.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::{Status, body::Body};
use tower::{Layer, Service};

/// Turns panics of the service it wraps into INTERNAL.
#[derive(Clone, Copy, Debug)]
pub struct PanicLayer;

impl<S> Layer<S> for PanicLayer {
    type Service = CatchPanic<S>;

    fn layer(&self, inner: S) -> CatchPanic<S> {
        CatchPanic { inner }
    }
}

/// The service made by [`PanicLayer`].
#[derive(Clone, Debug)]
pub struct CatchPanic<S> {
    inner: S,
}

impl<S, B> Service<Request<Body>> for CatchPanic<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: HttpBody<Data = Bytes, Error = Status> + Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // Nothing of a call is used again after a panic.
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(response) => Box::pin(async move {
                match AssertUnwindSafe(response).catch_unwind().await {
                    Ok(response) => Ok(response?.map(|body| {
                        Body::new(Caught {
                            body: Box::pin(body),
                            over: false,
                        })
                    })),
                    Err(panic) => Ok(status(panic.as_ref()).into_http()),
                }
            }),
            Err(panic) => {
                let response = status(panic.as_ref()).into_http();
                Box::pin(async move { Ok(response) })
            }
        }
    }
}

struct Caught<B> {
    body: Pin<Box<B>>,
    over: bool,
}

impl<B: HttpBody<Data = Bytes, Error = Status>> HttpBody for Caught<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        match catch_unwind(AssertUnwindSafe(|| self.body.as_mut().poll_frame(context))) {
            Ok(frame) => frame,
            Err(panic) => {
                self.over = true;
                let mut trailers = HeaderMap::new();
                Poll::Ready(Some(
                    match status(panic.as_ref()).add_header(&mut trailers) {
                        Ok(()) => Ok(Frame::trailers(trailers)),
                        Err(status) => Err(status),
                    },
                ))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn status(panic: &(dyn Any + Send)) -> Status {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("not text"), "a handler panicked");
    Status::internal("internal error")
}
