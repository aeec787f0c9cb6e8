//! Answers leave whole. A proxy that has passed on the head of an answer cannot ask another server any more, so a server
//! that dies must not have sent the head without the rest.

use std::{
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use bytes::Bytes;
use futures_util::FutureExt;
use http::Response;
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt;
use tonic::{Status, body::Body};
use tower::{ServiceExt, service_fn};

use crate::{
    connection::{Answers, Unfinished},
    layer::Calls,
};

/// What an answer of one message consists of after its head: the message and the trailers.
const FRAMES: usize = 2;

/// The longest answer that is kept together, in bytes. A longer one may have to wait for its client to read, and what
/// the client waits for must not wait for the client.
const MAX_BYTES: usize = 16 * 1024;

/// Hands the end of an answer over with its head, if it is there already, as with all answers that are no streams.
pub fn keep(inner: impl Calls) -> impl Calls {
    service_fn(move |request: http::Request<Body>| {
        let answers = Answers::of(request.extensions());
        let response = inner.clone().oneshot(request);
        async move {
            let (head, mut body) = response.await?.into_parts();
            let mut frames = Vec::with_capacity(FRAMES);
            while !body.is_end_stream() && frames.len() < FRAMES {
                match body.frame().now_or_never().flatten() {
                    Some(frame) => frames.push(frame),
                    None => break,
                }
            }
            let data = frames.iter().flatten().filter_map(Frame::data_ref);
            let is_small = data.map(Bytes::len).sum::<usize>() <= MAX_BYTES;
            let is_whole = body.is_end_stream() && !frames.is_empty() && is_small;
            let body = Begun {
                frames: frames.into_iter(),
                rest: body,
                _unfinished: answers.filter(|_| is_whole).map(Answers::begin),
            };
            Ok(Response::from_parts(head, Body::new(body)))
        }
    })
}

/// A body of which something was taken out already.
struct Begun {
    frames: vec::IntoIter<Result<Frame<Bytes>, Status>>,
    rest: Body,
    /// Goes away with the body, which the connection has then.
    _unfinished: Option<Unfinished>,
}

impl HttpBody for Begun {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.frames.next() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.len() == 0 && self.rest.is_end_stream()
    }
}
