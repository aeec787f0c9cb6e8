//! Handlers that panic.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::StreamBody;
use tonic::{Code, body::Body};
use tower::{ServiceExt, service_fn};

use {{ c.lib }}::panic;

use crate::harness::{ending, request};

#[tokio::test]
async fn a_panic_answers_internal_and_nothing_else() {
    let service = panic::catch(service_fn(|request: Request<Body>| async move {
        assert!(request.uri().path() != "/panics", "a secret");
        Ok::<_, Infallible>(Response::new(Body::empty()))
    }));
    let response = service
        .oneshot(request("/panics", &[]))
        .await
        .expect("a response");
    let (code, message, _) = ending(response).await;
    assert_eq!((code, message.as_str()), (Code::Internal, "internal error"));
}

#[tokio::test]
async fn a_panic_in_a_stream_ends_it_with_internal() {
    let service = panic::catch(service_fn(|_: Request<Body>| async {
        let frames = tokio_stream::iter([1, 0]).map_while_panics();
        Ok::<_, Infallible>(Response::new(Body::new(StreamBody::new(frames))))
    }));
    let response = service
        .oneshot(request("/streams", &[]))
        .await
        .expect("a response");
    let (code, message, _) = ending(response).await;
    assert_eq!((code, message.as_str()), (Code::Internal, "internal error"));
}

trait Panics {
    /// Frames until a zero, which panics.
    fn map_while_panics(
        self,
    ) -> impl tokio_stream::Stream<Item = Result<http_body::Frame<Bytes>, tonic::Status>>;
}

impl<S: tokio_stream::Stream<Item = u8>> Panics for S {
    fn map_while_panics(
        self,
    ) -> impl tokio_stream::Stream<Item = Result<http_body::Frame<Bytes>, tonic::Status>> {
        tokio_stream::StreamExt::map(self, |number| {
            assert!(number != 0, "a secret");
            Ok(http_body::Frame::data(Bytes::from_static(&[0; 5])))
        })
    }
}
