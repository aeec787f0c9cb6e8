//! Two replicas on PostgreSQL and NATS.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream;
use futures_util::StreamExt;
use prost::Message;
use shipment::{
    config::{self, StoreKind},
    pb::logistics::shipment::v1::{
        GetShipmentRequest, ShipmentEvent, ShipmentStatus as S, StreamUpdatesRequest,
        UpdateStatusRequest, shipment_tracking_service_client::ShipmentTrackingServiceClient,
    },
};
use tokio::task::JoinHandle;
use tonic::Code;

use crate::{
    harness::Running,
    parcels::{Client, create, event, progress, refused, update},
    peers::{Nats, Postgres},
    process::Process,
};

const WRITERS: usize = 8;

async fn replica(postgres: &Postgres, nats: Option<&Nats>) -> Running {
    Running::with(|config, _| {
        config.store.kind = StoreKind::Postgres;
        config.store.url = postgres.url();
        config.nats = nats.map(|nats| config::Nats {
            url: nats.url(),
            ..config::Nats::default()
        });
    })
    .await
}

/// Updates a shipment until `over`. Returns the events that were answered.
fn write(
    mut client: Client,
    writer: usize,
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) -> JoinHandle<Vec<String>> {
    tokio::spawn(async move {
        let mut answered = Vec::new();
        let mut number = 0;
        while !over.load(Ordering::Relaxed) {
            let event_id = format!("{writer}-{number}");
            let update = UpdateStatusRequest {
                event_id: event_id.clone(),
                ..update(&format!("s-{writer}"), S::InTransit)
            };
            match client.update_status(update).await {
                Ok(_) => {
                    answered.push(event_id);
                    done.fetch_add(1, Ordering::Relaxed);
                    number += 1;
                }
                // The same event again, as the message of the error says.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        answered
    })
}

/// Reads a stream until all of `expected` have come. Fails on a gap, a double or a wrong order.
async fn read(mut client: Client, expected: HashSet<String>) {
    let request = StreamUpdatesRequest {
        since: Some(prost_types::Timestamp::default()),
        ..Default::default()
    };
    let mut stream = client
        .stream_updates(request)
        .await
        .expect("opened")
        .into_inner();
    let (mut last, mut missing) = (0, expected);
    while !missing.is_empty() {
        let event = tokio::time::timeout(Duration::from_secs(60), stream.message()).await;
        let event = event.unwrap_or_else(|_| panic!("{} are missing", missing.len()));
        let event = event.expect("no error").expect("not the end");
        assert_eq!(event.sequence, last + 1);
        last = event.sequence;
        missing.remove(&event.event_id);
    }
}

/// All events on the bus, in order, once `count` of them are there.
async fn bus(nats: &Nats, count: usize) -> Vec<ShipmentEvent> {
    let context = jetstream::new(async_nats::connect(nats.url()).await.expect("connected"));
    let stream = context.get_stream("SHIPMENTS").await.expect("it was made");
    let config = jetstream::consumer::pull::OrderedConfig::default();
    let mut messages = stream
        .create_consumer(config)
        .await
        .expect("made")
        .messages()
        .await
        .expect("read");
    let mut events = Vec::new();
    let wait = |found: usize| Duration::from_millis(if found < count { 60_000 } else { 300 });
    while let Ok(Some(message)) = tokio::time::timeout(wait(events.len()), messages.next()).await {
        let message = message.expect("a message");
        let event = ShipmentEvent::decode(message.payload.clone()).expect("an event");
        assert_eq!(
            message.subject.as_str(),
            format!("shipments.default.{}", event.shipment_id)
        );
        events.push(event);
    }
    events
}

fn assert_complete(events: &[ShipmentEvent], answered: &HashSet<String>) {
    for (index, event) in events.iter().enumerate() {
        assert_eq!(
            event.sequence,
            index as u64 + 1,
            "the bus has every event once and in order"
        );
    }
    let on_bus: HashSet<_> = events.iter().map(|event| event.event_id.clone()).collect();
    assert!(answered.is_subset(&on_bus));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stream_on_one_replica_sees_every_update_of_both_across_crashes_of_their_peers() {
    let (Some(postgres), Some(mut nats)) = (Postgres::start(), Nats::start()) else {
        return;
    };
    let (one, two) = (
        replica(&postgres, Some(&nats)).await,
        replica(&postgres, Some(&nats)).await,
    );
    create(&mut one.client(), "s", WRITERS).await;
    let over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicUsize::new(0));
    let client = |n: usize| {
        if n.is_multiple_of(2) {
            one.client()
        } else {
            two.client()
        }
    };
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| write(client(writer), writer, over.clone(), done.clone()))
        .collect();

    let mut live = Vec::new();
    for server in [&one, &two] {
        let mut stream = server
            .client()
            .stream_updates(StreamUpdatesRequest::default())
            .await
            .expect("opened")
            .into_inner();
        live.push(tokio::spawn(async move {
            let mut sequences = Vec::new();
            while let Ok(Ok(Some(event))) =
                tokio::time::timeout(Duration::from_secs(20), stream.message()).await
            {
                sequences.push(event.sequence);
            }
            sequences
        }));
    }
    progress(&done, 10 * WRITERS).await;
    tokio::task::block_in_place(|| nats.crash(Duration::from_millis(300)));
    progress(&done, 10 * WRITERS).await;
    tokio::task::block_in_place(|| postgres.crash());
    progress(&done, 20 * WRITERS).await;
    over.store(true, Ordering::Relaxed);

    let mut answered = HashSet::new();
    for writer in writers {
        answered.extend(writer.await.expect("it ends"));
    }
    read(one.client(), answered.clone()).await;
    read(two.client(), answered.clone()).await;
    let total = one.store.reader().last_sequence().await.expect("readable");
    for stream in live {
        let sequences = stream.await.expect("it ends");
        assert!(
            sequences.windows(2).all(|pair| pair[1] == pair[0] + 1),
            "a gap or a double"
        );
        assert_eq!(
            sequences.last(),
            Some(&total),
            "an open stream outlives its peers"
        );
    }
    assert_complete(
        &bus(&nats, usize::try_from(total).expect("small")).await,
        &answered,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_agree_on_transitions_and_on_repetitions() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let (one, two) = (
        replica(&postgres, None).await,
        replica(&postgres, None).await,
    );
    create(&mut one.client(), "s", 2).await;
    let created = tokio_stream::iter([
        event("s-0-CREATED", "s-0", S::Created),
        event("x", "s-1", S::Created),
    ]);
    let answer = two
        .client()
        .bulk_ingest(created)
        .await
        .expect("an answer")
        .into_inner();
    assert_eq!(
        (answer.accepted, answer.rejected),
        (1, 1),
        "known there, and refused there"
    );
    for (server, status) in [(&two, S::OutForDelivery), (&one, S::Delivered)] {
        server
            .client()
            .update_status(update("s-0", status))
            .await
            .expect("it may follow");
    }
    let (code, message) = refused(
        two.client()
            .update_status(update("s-0", S::InTransit))
            .await,
    );
    assert_eq!(code, Code::FailedPrecondition);
    assert!(message.contains("is DELIVERED"), "{message}");
    let request = GetShipmentRequest {
        shipment_id: "s-0".to_owned(),
    };
    let shipment = two
        .client()
        .get_shipment(request)
        .await
        .expect("it exists")
        .into_inner();
    let history: Vec<_> = shipment.history.iter().map(ShipmentEvent::status).collect();
    assert_eq!(
        history,
        [S::Created, S::InTransit, S::OutForDelivery, S::Delivered]
    );
    assert_eq!(
        refused(
            one.client()
                .update_status(update("s-404", S::InTransit))
                .await
        )
        .0,
        Code::NotFound
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_on_the_bus_once_however_often_the_process_crashes() {
    let Some(nats) = Nats::start() else { return };
    let url = nats.url();
    let settings = [("NATS__URL", url.as_str())];
    let mut process = Process::start(&settings);
    create(
        &mut ShipmentTrackingServiceClient::new(process.channel()),
        "s",
        WRITERS,
    )
    .await;
    let mut answered = HashSet::new();
    let done = Arc::new(AtomicUsize::new(0));
    for round in 0..5 {
        let over = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let client = ShipmentTrackingServiceClient::new(process.channel());
                let (over, done, id) = (over.clone(), done.clone(), round * 100 + writer);
                tokio::spawn(async move {
                    let mut client = client;
                    let mut answered = Vec::new();
                    for number in 0.. {
                        let event_id = format!("{id}-{number}");
                        let shipment = format!("s-{writer}");
                        let update = UpdateStatusRequest {
                            event_id: event_id.clone(),
                            ..update(&shipment, S::InTransit)
                        };
                        if over.load(Ordering::Relaxed)
                            || client.update_status(update).await.is_err()
                        {
                            break;
                        }
                        done.fetch_add(1, Ordering::Relaxed);
                        answered.push(event_id);
                    }
                    answered
                })
            })
            .collect();
        progress(&done, 3 * WRITERS).await;
        process = process.crash_with(&settings).await;
        over.store(true, Ordering::Relaxed);
        for writer in writers {
            answered.extend(writer.await.expect("it ends"));
        }
    }
    let events = bus(&nats, answered.len() + 2 * WRITERS).await;
    assert_complete(&events, &answered);
}
