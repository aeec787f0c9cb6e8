//! Two replicas on PostgreSQL and NATS.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use shipment::{
    config::{self, StoreKind},
    pb::logistics::shipment::v1::{
        GetShipmentRequest, ShipmentEvent, ShipmentStatus as S, StreamUpdatesRequest,
        UpdateStatusRequest,
    },
    server::Server,
};
use tokio::task::JoinHandle;
use tonic::Code;

use crate::{
    harness::{self, Running},
    parcels::{Client, create, event, progress, refused, update},
    peers::{Nats, Postgres},
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
        &nats.events(usize::try_from(total).expect("small")).await,
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
async fn postgres_is_spoken_to_over_tls_when_its_roots_are_named() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let key =
        |name: &str| rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let (known, foreign) = (key("localhost"), key("localhost"));
    postgres.require_tls(&known.cert.pem(), &known.signing_key.serialize_pem());
    let open = async |roots: Option<&str>, url: &str| {
        let directory = tempfile::tempdir().expect("a directory");
        let mut config = harness::config(directory.path());
        config.store.kind = StoreKind::Postgres;
        config.store.url = url.to_owned();
        if let Some(roots) = roots {
            config.store.roots = directory.path().join("roots.pem");
            std::fs::write(&config.store.roots, roots).expect("written");
        }
        let server = Server::bind(config).await;
        server
            .map(|server| server.store().clone())
            .map_err(|error| error.to_string())
    };
    let url = postgres.url();
    let store = open(Some(&known.cert.pem()), &url)
        .await
        .expect("a known server");
    assert_eq!(store.reader().last_sequence().await.expect("readable"), 0);
    for (roots, url, reason) in [
        (Some(foreign.cert.pem()), url.clone(), "certificate"),
        (None, url.clone(), "no encryption"),
        (None, format!("{url}?sslmode=require"), "store.roots"),
    ] {
        let error = open(roots.as_deref(), &url).await.err().expect("refused");
        assert!(error.contains(reason), "{error}");
    }
}
