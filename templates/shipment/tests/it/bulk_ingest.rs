//! `BulkIngest`.

use std::time::Duration;

use shipment::pb::logistics::shipment::v1::{
    GetShipmentRequest, ShipmentEvent, ShipmentStatus as S,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request};

use crate::{
    harness::Running,
    parcels::{create, event},
};

#[tokio::test]
async fn a_bad_event_is_named_and_the_others_land() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let events = [
        event("e-1", "s-0", S::InTransit),
        event("e-2", "s-0", S::Unspecified),
        event("no id", "s-0", S::InTransit),
        event("e-3", "s-404", S::InTransit),
        event("e-4", "s-0", S::Created),
        ShipmentEvent {
            timestamp: None,
            ..event("e-5", "s-0", S::InTransit)
        },
        event("e-6", "s-0", S::InTransit),
        event("e-1", "s-0", S::InTransit),
    ];
    let answer = client
        .bulk_ingest(tokio_stream::iter(events))
        .await
        .expect("an answer")
        .into_inner();
    assert_eq!((answer.accepted, answer.rejected), (3, 5));
    let mut failed = answer.failed_event_ids;
    failed.sort();
    assert_eq!(failed, ["e-2", "e-3", "e-4", "e-5", "no id"]);
    let request = GetShipmentRequest {
        shipment_id: "s-0".to_owned(),
    };
    let shipment = client
        .get_shipment(request)
        .await
        .expect("it exists")
        .into_inner();
    let stored: Vec<_> = shipment
        .history
        .iter()
        .skip(2)
        .map(|event| event.event_id.as_str())
        .collect();
    assert_eq!(stored, ["e-1", "e-6"]);
}

#[tokio::test]
async fn events_are_counted_once_they_are_stored_and_stored_once() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 7).await;
    let before = server
        .store
        .reader()
        .last_sequence()
        .await
        .expect("readable");
    for round in 0..2 {
        let events =
            (0..5_000).map(|n| event(&format!("e-{n}"), &format!("s-{}", n % 7), S::InTransit));
        let answer = client
            .bulk_ingest(tokio_stream::iter(events))
            .await
            .expect("an answer")
            .into_inner();
        assert_eq!(
            (answer.accepted, answer.rejected),
            (5_000, 0),
            "round {round}"
        );
        let after = server
            .store
            .reader()
            .last_sequence()
            .await
            .expect("readable");
        assert_eq!(after - before, 5_000, "round {round}");
    }
}

#[tokio::test]
async fn a_stream_that_is_given_up_leaves_whole_events_and_may_be_repeated() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let before = server
        .store
        .reader()
        .last_sequence()
        .await
        .expect("readable");
    let (sender, events) = mpsc::channel(16);
    let mut other = client.clone();
    let call = tokio::spawn(async move { other.bulk_ingest(ReceiverStream::new(events)).await });
    for n in 0..1_000 {
        sender
            .send(event(&format!("e-{n}"), "s-0", S::InTransit))
            .await
            .expect("it is read");
    }
    call.abort();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let landed = server
        .store
        .reader()
        .last_sequence()
        .await
        .expect("readable")
        - before;
    assert!(landed <= 1_000, "{landed}");
    let events = (0..1_000).map(|n| event(&format!("e-{n}"), "s-0", S::InTransit));
    let answer = client
        .bulk_ingest(tokio_stream::iter(events))
        .await
        .expect("an answer")
        .into_inner();
    assert_eq!((answer.accepted, answer.rejected), (1_000, 0));
    assert_eq!(
        server
            .store
            .reader()
            .last_sequence()
            .await
            .expect("readable")
            - before,
        1_000
    );
}

#[tokio::test]
async fn a_slow_stream_is_stored_as_it_comes() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let (sender, events) = mpsc::channel(1);
    let mut other = client.clone();
    let call = tokio::spawn(async move {
        other
            .bulk_ingest(Request::new(ReceiverStream::new(events)))
            .await
    });
    let before = server
        .store
        .reader()
        .last_sequence()
        .await
        .expect("readable");
    sender
        .send(event("e-1", "s-0", S::InTransit))
        .await
        .expect("it is read");
    let stored = async {
        while server
            .store
            .reader()
            .last_sequence()
            .await
            .expect("readable")
            == before
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), stored)
        .await
        .expect("stored while the stream is open");
    drop(sender);
    assert_eq!(
        call.await
            .expect("no panic")
            .expect("an answer")
            .into_inner()
            .accepted,
        1
    );
}

#[tokio::test]
async fn a_full_queue_refuses_updates_and_slows_streams_down() {
    let server = Running::with(|config, _| config.store.queue = 1).await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let shared = server.client();
    let calls = (0..400).map(|_| {
        let mut client = shared.clone();
        tokio::spawn(async move {
            client
                .update_status(crate::parcels::update("s-0", S::InTransit))
                .await
        })
    });
    let mut codes = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        codes.push(
            call.await
                .expect("no panic")
                .map_or_else(|status| status.code(), |_| Code::Ok),
        );
    }
    assert!(
        codes.contains(&Code::Ok) && codes.contains(&Code::ResourceExhausted),
        "{codes:?}"
    );
    assert!(
        codes
            .iter()
            .all(|code| matches!(code, Code::Ok | Code::ResourceExhausted)),
        "{codes:?}"
    );
    let events = (0..2_000).map(|n| event(&format!("b-{n}"), "s-0", S::InTransit));
    let answer = client
        .bulk_ingest(tokio_stream::iter(events))
        .await
        .expect("never refused")
        .into_inner();
    assert_eq!(answer.accepted, 2_000);
}
