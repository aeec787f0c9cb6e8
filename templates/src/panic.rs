//! A handler that panics answers INTERNAL. Without this the client sees a reset stream.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::FutureExt;
use http_body::{Body as HttpBody, Frame};
use tonic::{Status, body::Body};
use tower::{ServiceExt, service_fn};

use crate::layer::{self, Calls};

/// Turns panics of what answers a call into INTERNAL.
pub fn catch(inner: impl Calls) -> impl Calls {
    service_fn(move |request| {
        // Nothing of a call is used again after a panic.
        let response = AssertUnwindSafe(inner.clone().oneshot(request)).catch_unwind();
        async move {
            Ok(match response.await {
                Ok(response) => response?.map(|body| Body::new(Caught { body, over: false })),
                Err(panic) => status(panic.as_ref()).into_http(),
            })
        }
    })
}

struct Caught {
    body: Body,
    over: bool,
}

impl HttpBody for Caught {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let body = Pin::new(&mut self.body);
        catch_unwind(AssertUnwindSafe(|| body.poll_frame(context))).unwrap_or_else(|panic| {
            self.over = true;
            Poll::Ready(Some(layer::trailers(&status(panic.as_ref()))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }
}

fn status(panic: &(dyn Any + Send)) -> Status {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("not text"), "a handler panicked");
    Status::internal("internal error")
}
