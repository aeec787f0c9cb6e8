//! What was answered outlives the process, however often it is killed, and is on the bus once.

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shipment::pb::logistics::shipment::v1::{
    ShipmentStatus as S, StreamUpdatesRequest, UpdateStatusRequest,
    shipment_tracking_service_client::ShipmentTrackingServiceClient,
};

use crate::{
    parcels::{Client, create, progress, update},
    peers::Nats,
    process::Process,
};

const WRITERS: usize = 16;

/// How often the process is killed. `CRASHES=200 cargo test crash` tries harder.
fn rounds() -> usize {
    std::env::var("CRASHES").map_or(20, |rounds| rounds.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_crashes_and_is_on_the_bus_once() {
    let Some(nats) = Nats::start() else { return };
    let url = nats.url();
    let settings = [("NATS__URL", url.as_str())];
    let mut process = Process::start(&settings);
    create(&mut client(&process), "s", WRITERS).await;
    let mut answered = HashSet::new();
    let done = Arc::new(AtomicUsize::new(0));
    for round in 0..rounds() {
        let writers = (0..WRITERS)
            .map(|writer| tokio::spawn(write(client(&process), round, writer, done.clone())));
        let writers: Vec<_> = writers.collect();
        // A different moment of a commit in every round.
        progress(&done, 3 * WRITERS).await;
        tokio::time::sleep(Duration::from_micros(137 * round as u64)).await;
        process = process.crash_with(&settings).await;
        for writer in writers {
            answered.extend(writer.await.expect("it ends"));
        }
        check(&process.directory().join("shipment.db"));
    }

    let stored = stored(client(&process), 2 * WRITERS + answered.len()).await;
    let lost: Vec<_> = answered.iter().filter(|id| !stored.contains(id)).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    let on_bus = nats.events(stored.len()).await;
    let on_bus: Vec<_> = on_bus.into_iter().map(|event| event.event_id).collect();
    assert_eq!(on_bus, stored, "the bus has every event once and in order");
    eprintln!(
        "{} crashes, {} answered, {} stored",
        rounds(),
        answered.len(),
        stored.len()
    );
}

fn client(process: &Process) -> Client {
    ShipmentTrackingServiceClient::new(process.channel())
}

/// Updates a shipment until the server is gone. Returns the events that were answered.
async fn write(
    mut client: Client,
    round: usize,
    writer: usize,
    done: Arc<AtomicUsize>,
) -> Vec<String> {
    let mut answered = Vec::new();
    loop {
        let event_id = format!("{round}-{writer}-{}", answered.len());
        let update = UpdateStatusRequest {
            event_id: event_id.clone(),
            ..update(&format!("s-{writer}"), S::InTransit)
        };
        if client.update_status(update).await.is_err() {
            return answered;
        }
        done.fetch_add(1, Ordering::Relaxed);
        answered.push(event_id);
    }
}

/// The events in the store, in order; at least `count`. Fails on a gap or a double.
async fn stored(mut client: Client, count: usize) -> Vec<String> {
    let request = StreamUpdatesRequest {
        since: Some(prost_types::Timestamp::default()),
        ..StreamUpdatesRequest::default()
    };
    let mut events = client
        .stream_updates(request)
        .await
        .expect("opened")
        .into_inner();
    let (mut stored, mut known) = (Vec::new(), HashSet::new());
    // An update may be stored that was not answered any more, so the end is where nothing more comes.
    let wait = |found| Duration::from_millis(if found < count { 60_000 } else { 300 });
    while let Ok(event) = tokio::time::timeout(wait(stored.len()), events.message()).await {
        let event = event.expect("no error").expect("not the end");
        assert_eq!(event.sequence, stored.len() as u64 + 1, "no gap");
        let id = event.event_id;
        assert!(known.insert(id.clone()), "`{id}` is doubled");
        stored.push(id);
    }
    stored
}

fn check(file: &Path) {
    let check = rusqlite::Connection::open(file).expect("a database");
    let verdict: String = check
        .query_row("PRAGMA quick_check", [], |row| row.get(0))
        .expect("checked");
    assert_eq!(verdict, "ok");
}
