//! Whatever is sent, the server answers it and lives.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use prost::Message;
use rand::{Rng, RngExt};
use shipment::{
    methods::{Kind, METHODS},
    pb::logistics::shipment::v1::{ShipmentStatus as S, UpdateStatusRequest},
};
use tonic::{Code, body::Body};
use tower::ServiceExt;

use crate::{
    harness::{Running, ending},
    parcels::{berlin, create, update},
};

/// Sends bytes as the body of a call.
async fn send(server: &Running, path: &str, body: Vec<u8>) -> Code {
    let request = Request::post(format!("http://test{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::new(Full::new(Bytes::from(body))))
        .expect("a request");
    let response = server.channel().oneshot(request).await.expect("an answer");
    ending(response).await.0
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    [&[0], &length[..], message].concat()
}

#[tokio::test]
async fn bytes_that_mean_nothing_are_refused() {
    let server = Running::start().await;
    let mut random = rand::rng();
    // A stream of events would answer what happens to be valid with a stream that never ends.
    for method in METHODS
        .iter()
        .filter(|method| method.kind != Kind::ServerStreaming)
    {
        for round in 0..40 {
            let mut body = vec![0; random.random_range(1..200)];
            random.fill_bytes(&mut body);
            let body = if round % 2 == 0 { framed(&body) } else { body };
            let code = send(&server, method.path, body.clone()).await;
            assert_ne!(code, Code::Unavailable, "{} {body:?}", method.path);
        }
    }
    create(&mut server.client(), "alive", 1).await;
}

#[tokio::test]
async fn messages_that_were_damaged_do_no_damage() {
    let server = Running::start().await;
    create(&mut server.client(), "s", 1).await;
    let message = UpdateStatusRequest {
        location: Some(berlin()),
        notes: "fragile".to_owned(),
        event_id: "e-1".to_owned(),
        ..update("s-0", S::InTransit)
    };
    let mut random = rand::rng();
    for _ in 0..300 {
        let mut bytes = message.encode_to_vec();
        for _ in 0..random.random_range(1..4) {
            let index = random.random_range(0..bytes.len());
            bytes[index] = random.random();
        }
        let code = send(
            &server,
            "/logistics.shipment.v1.ShipmentTrackingService/UpdateStatus",
            framed(&bytes),
        )
        .await;
        let expected = match UpdateStatusRequest::decode(bytes.as_slice()) {
            Err(_) => code == Code::Internal,
            Ok(_) => matches!(
                code,
                Code::Ok
                    | Code::InvalidArgument
                    | Code::NotFound
                    | Code::FailedPrecondition
                    | Code::AlreadyExists
            ),
        };
        assert!(expected, "{code:?} for {bytes:?}");
    }
    create(&mut server.client(), "alive", 1).await;
}
