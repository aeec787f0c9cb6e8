//! Calls that take too long.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{Request, Response};
use tonic::{Code, body::Body};
use tower::{ServiceExt, service_fn};

use {{ c.lib }}::deadline;

use crate::harness::{ending, idempotent_method, request};

/// Remembers that it was dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_gets_its_deadline_and_the_handler_is_dropped() {
    let dropped = Arc::new(AtomicBool::new(false));
    let service = deadline::limit(service_fn({
        let dropped = dropped.clone();
        move |_: Request<Body>| {
            let guard = Dropped(dropped.clone());
            async move {
                let _guard = guard;
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Ok::<_, Infallible>(Response::new(Body::empty()))
            }
        }
    }), Duration::from_secs(60));
    let request = request("/any/Method", &[("grpc-timeout", "100m")]);
    let start = tokio::time::Instant::now();
    let (code, ..) = ending(service.oneshot(request).await.expect("a response")).await;
    assert_eq!(code, Code::DeadlineExceeded);
    assert!(start.elapsed() <= Duration::from_millis(100));
    assert!(dropped.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn the_server_has_a_limit_of_its_own() {
    let Some(method) = idempotent_method() else {
        return;
    };
    let service =
        deadline::limit(service_fn(|_: Request<Body>| async {
            assert!(
                deadline::current().is_some(),
                "the handler knows the deadline"
            );
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }), Duration::from_secs(2));
    let start = tokio::time::Instant::now();
    let (code, ..) = ending(
        service
            .oneshot(request(method.path, &[]))
            .await
            .expect("a response"),
    )
    .await;
    assert_eq!(code, Code::DeadlineExceeded);
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_at_the_deadline() {
    let service =
        deadline::limit(service_fn(|_: Request<Body>| async {
            let frames =
                tokio_stream::pending::<Result<http_body::Frame<bytes::Bytes>, tonic::Status>>();
            let body = http_body_util::StreamBody::new(frames);
            Ok::<_, Infallible>(Response::new(Body::new(body)))
        }), Duration::from_secs(60));
    let request = request("/any/Method", &[("grpc-timeout", "1S")]);
    let (code, ..) = ending(service.oneshot(request).await.expect("a response")).await;
    assert_eq!(code, Code::DeadlineExceeded);
}
