//! `StreamUpdates`.

use std::time::Duration;

use prost_types::Timestamp;
use shipment::pb::logistics::shipment::v1::{
    ShipmentEvent, ShipmentStatus as S, StreamUpdatesRequest,
};
use tonic::{Code, Streaming};

use crate::{
    harness::Running,
    parcels::{Client, create, event, of, refused, update},
};

fn everything() -> StreamUpdatesRequest {
    StreamUpdatesRequest {
        since: Some(Timestamp::default()),
        ..StreamUpdatesRequest::default()
    }
}

fn after(sequence: u64) -> StreamUpdatesRequest {
    StreamUpdatesRequest {
        after_sequence: sequence,
        ..StreamUpdatesRequest::default()
    }
}

async fn open(client: &mut Client, request: StreamUpdatesRequest) -> Streaming<ShipmentEvent> {
    client
        .stream_updates(request)
        .await
        .expect("opened")
        .into_inner()
}

async fn next(stream: &mut Streaming<ShipmentEvent>) -> ShipmentEvent {
    let message = tokio::time::timeout(Duration::from_secs(60), stream.message()).await;
    message
        .expect("in time")
        .expect("no error")
        .expect("not the end")
}

async fn settled(server: &Running) {
    for _ in 0..500 {
        if server.hub.followed() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} lists of followers are left", server.hub.followed());
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_join_a_writer_at_full_speed_get_every_event_once_and_in_order() {
    const EVENTS: u64 = 20_000;
    let server = Running::with(|config, _| config.streams.buffer = 100_000).await;
    let mut client = server.client();
    create(&mut client, "s", 10).await;
    let writer = {
        let mut client = server.client();
        let events = (0..EVENTS - 20)
            .map(|n| event(&format!("e-{n}"), &format!("s-{}", n % 10), S::InTransit));
        tokio::spawn(async move { client.bulk_ingest(tokio_stream::iter(events)).await })
    };
    let readers = (0..20).map(|reader| {
        let mut client = server.client();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(reader * 20)).await;
            let start = reader * 10;
            let request = if reader % 2 == 0 {
                everything()
            } else {
                after(start)
            };
            let mut expected = if reader % 2 == 0 { 1 } else { start + 1 };
            let mut stream = open(&mut client, request).await;
            while expected <= EVENTS {
                assert_eq!(
                    next(&mut stream).await.sequence,
                    expected,
                    "reader {reader}"
                );
                expected += 1;
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.expect("every event, once and in order");
    }
    assert_eq!(
        writer
            .await
            .expect("no panic")
            .expect("an answer")
            .into_inner()
            .rejected,
        0
    );
    settled(&server).await;
}

#[tokio::test]
async fn only_the_shipments_that_were_named_are_followed() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 3).await;
    let some = StreamUpdatesRequest {
        shipment_ids: vec!["s-0".into(), "s-2".into(), "s-0".into()],
        ..everything()
    };
    let mut some = open(&mut client, some).await;
    let mut live = open(&mut client, StreamUpdatesRequest::default()).await;
    let mut foreign = client
        .stream_updates(of("other", everything()))
        .await
        .expect("opened")
        .into_inner();
    for shipment in ["s-0", "s-1", "s-2"] {
        client
            .update_status(update(shipment, S::OutForDelivery))
            .await
            .expect("accepted");
    }
    let mut seen = Vec::new();
    for _ in 0..6 {
        let event = next(&mut some).await;
        seen.push((event.shipment_id.clone(), event.status()));
    }
    let expected = [S::Created, S::InTransit, S::OutForDelivery]
        .into_iter()
        .flat_map(|status| ["s-0", "s-2"].map(|shipment| (shipment.to_owned(), status)));
    assert_eq!(seen, expected.collect::<Vec<_>>());
    for sequence in 7..=9 {
        assert_eq!(next(&mut live).await.sequence, sequence);
    }
    assert!(
        tokio::time::timeout(Duration::from_millis(100), foreign.message())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_moment_is_a_place_in_the_order() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 5).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let shipment = client
        .update_status(update("s-0", S::InTransit))
        .await
        .expect("accepted")
        .into_inner();
    let before = shipment.history[1].timestamp;
    let stored = shipment.updated_at.expect("set");
    let mut stream = open(
        &mut client,
        StreamUpdatesRequest {
            since: before,
            ..StreamUpdatesRequest::default()
        },
    )
    .await;
    assert_eq!(
        next(&mut stream).await.sequence,
        1,
        "by the time of storing, not the time of the reporter"
    );
    let earlier = Timestamp {
        nanos: stored.nanos,
        seconds: stored.seconds - 1,
    };
    let _ = open(
        &mut client,
        StreamUpdatesRequest {
            since: Some(earlier),
            ..StreamUpdatesRequest::default()
        },
    )
    .await;
    let just_before = Timestamp {
        nanos: stored.nanos - 1_000,
        ..stored
    };
    if stored.nanos >= 1_000 {
        let request = StreamUpdatesRequest {
            since: Some(just_before),
            ..StreamUpdatesRequest::default()
        };
        assert_eq!(
            next(&mut open(&mut client, request).await).await.sequence,
            11
        );
    }
    let invalid = StreamUpdatesRequest {
        since: Some(Timestamp {
            seconds: 0,
            nanos: -1,
        }),
        ..everything()
    };
    assert_eq!(
        refused(client.stream_updates(invalid).await).0,
        Code::InvalidArgument
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_too_slow_is_told_where_to_go_on() {
    let server = Running::with(|config, _| config.streams.buffer = 64).await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let mut stream = open(&mut server.client(), after(2)).await;
    let long = "x".repeat(1_000);
    let events = (0..3_000).map(move |n| ShipmentEvent {
        notes: long.clone(),
        ..event(&format!("e-{n}"), "s-0", S::InTransit)
    });
    client
        .bulk_ingest(tokio_stream::iter(events.collect::<Vec<_>>()))
        .await
        .expect("accepted");
    let mut last = 2;
    let status = loop {
        match stream.message().await {
            Ok(Some(event)) => {
                assert_eq!(event.sequence, last + 1);
                last = event.sequence;
            }
            Ok(None) => panic!("the stream ended in silence after {last}"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(
        status
            .message()
            .ends_with(&format!("go on with `after_sequence` {last}")),
        "{}",
        status.message()
    );
    let mut stream = open(&mut client, after(last)).await;
    while last < 3_002 {
        last += 1;
        assert_eq!(next(&mut stream).await.sequence, last);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_streams_that_were_given_up_leave_nothing_behind() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    for round in 0..20 {
        // A connection on which too many streams were given up is closed by HTTP/2 itself.
        let client = server.client();
        let streams = (0..500).map(|n| {
            let mut client = client.clone();
            let request = match n % 3 {
                0 => everything(),
                1 => StreamUpdatesRequest::default(),
                _ => StreamUpdatesRequest {
                    shipment_ids: vec!["s-0".into(), format!("s-{n}")],
                    ..everything()
                },
            };
            tokio::spawn(async move { client.stream_updates(request).await.map(drop) })
        });
        for stream in streams.collect::<Vec<_>>() {
            stream
                .await
                .expect("no panic")
                .unwrap_or_else(|status| panic!("round {round}: {status}"));
        }
    }
    settled(&server).await;
    client
        .update_status(update("s-0", S::InTransit))
        .await
        .expect("still served");
}

#[tokio::test]
async fn streams_end_with_unavailable_when_the_server_closes() {
    let server = Running::start().await;
    let mut client = server.client();
    create(&mut client, "s", 1).await;
    let mut stream = open(&mut client, everything()).await;
    for sequence in 1..=2 {
        assert_eq!(next(&mut stream).await.sequence, sequence);
    }
    server.stop.cancel();
    let status = stream.message().await.expect_err("it ends");
    assert_eq!(status.code(), Code::Unavailable);
    assert!(
        status.message().ends_with("go on with `after_sequence` 2"),
        "{}",
        status.message()
    );
}
