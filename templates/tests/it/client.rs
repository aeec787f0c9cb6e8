//! Calls to other services that do not always work.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, http::HeaderMap};
use http::Response;
use tokio::net::TcpListener;
use tonic::{
    Code, Status,
    body::Body,
    service::Routes,
    transport::{Server, server::TcpIncoming},
};
use tower::ServiceExt;

use {{ c.lib }}::client::{Channel, Target};

use crate::harness::{ending, idempotent_method, other_method, request};

/// A peer that answers with the statuses in turn, and the last one for ever.
async fn peer(
    codes: &'static [Code],
    pushback: Option<&'static str>,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let router = Router::new().fallback(move |headers: HeaderMap| {
        assert!(
            headers.contains_key("grpc-timeout"),
            "the peer knows how much time is left"
        );
        let call = counted.fetch_add(1, Ordering::SeqCst);
        let mut response: Response<Body> =
            Status::new(codes[call.min(codes.len() - 1)], "").into_http();
        if let Some(pushback) = pushback {
            response.headers_mut().insert(
                "grpc-retry-pushback-ms",
                pushback.parse().expect("a header"),
            );
        }
        async move { response.map(axum::body::Body::new) }
    });
    let server = Server::builder().add_routes(Routes::from(router));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    (address, calls)
}

fn target(address: SocketAddr) -> Target {
    Target {
        url: format!("http://{address}"),
        timeout: Duration::from_secs(2),
        ..Target::default()
    }
}

async fn call(channel: &Channel, path: &str) -> Code {
    let response = channel
        .clone()
        .oneshot(request(path, &[]))
        .await
        .expect("a response");
    ending(response).await.0
}

#[tokio::test]
async fn an_idempotent_call_is_sent_again() {
    let Some(method) = idempotent_method() else {
        return;
    };
    let (address, calls) = peer(&[Code::Unavailable, Code::Unavailable, Code::Ok], None).await;
    let channel = Channel::connect(&target(address)).expect("a target");
    assert_eq!(call(&channel, method.path).await, Code::Ok);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn other_calls_and_other_errors_are_not() {
    let (address, calls) = peer(&[Code::Unavailable], None).await;
    let channel = Channel::connect(&target(address)).expect("a target");
    if let Some(method) = other_method() {
        assert_eq!(call(&channel, method.path).await, Code::Unavailable);
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
    let Some(method) = idempotent_method() else {
        return;
    };
    let (address, calls) = peer(&[Code::NotFound], None).await;
    let channel = Channel::connect(&target(address)).expect("a target");
    assert_eq!(call(&channel, method.path).await, Code::NotFound);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_peer_that_says_never_is_obeyed() {
    let Some(method) = idempotent_method() else {
        return;
    };
    let (address, calls) = peer(&[Code::Unavailable], Some("-1")).await;
    let channel = Channel::connect(&target(address)).expect("a target");
    assert_eq!(call(&channel, method.path).await, Code::Unavailable);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_breaker_spares_a_peer_that_fails() {
    let Some(method) = other_method() else {
        return;
    };
    let (address, calls) = peer(&[Code::Unavailable], None).await;
    let target = Target {
        breaker_failures: 3,
        ..target(address)
    };
    let channel = Channel::connect(&target).expect("a target");
    for _ in 0..10 {
        assert_eq!(call(&channel, method.path).await, Code::Unavailable);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_peer_that_is_down_is_unavailable_in_time_and_found_again() {
    let Some(method) = idempotent_method() else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let channel = Channel::connect(&target(address)).expect("a target");
    let start = Instant::now();
    assert_eq!(call(&channel, method.path).await, Code::Unavailable);
    assert!(start.elapsed() < Duration::from_secs(2));

    let router =
        Router::new().fallback(|| async { Status::ok("").into_http::<axum::body::Body>() });
    let listener = TcpListener::bind(address)
        .await
        .expect("the port is still free");
    let server = Server::builder().add_routes(Routes::from(router));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    assert_eq!(call(&channel, method.path).await, Code::Ok);
}
