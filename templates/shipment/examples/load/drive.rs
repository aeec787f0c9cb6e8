//! Sending the load and taking the times.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use prost_types::Timestamp;
use shipment::pb::logistics::shipment::v1::{
    GetShipmentRequest, Location, ShipmentEvent, ShipmentStatus, StreamUpdatesRequest,
    UpdateStatusRequest, shipment_tracking_service_client::ShipmentTrackingServiceClient,
};
use tokio::{runtime::Handle, sync::mpsc};
use tonic::{Status, transport::Channel};

use crate::options::{Options, Work};

type Failure = Box<dyn Error>;
pub type Client = ShipmentTrackingServiceClient<Channel>;

/// What came of a run.
#[derive(Debug, Default)]
pub struct Run {
    /// Latencies of answered calls, or of events that reached a reader.
    pub latencies: Vec<Duration>,
    pub failed: u64,
    /// What the throughput counts: calls, or events.
    pub done: u64,
    pub elapsed: Duration,
}

/// Opens the connections.
pub fn connect(options: &Options) -> Result<Vec<Client>, Failure> {
    let endpoint = Channel::from_shared(options.target.clone())?.tcp_nodelay(true);
    Ok((0..options.connections)
        .map(|_| Client::new(endpoint.connect_lazy()))
        .collect())
}

/// Makes the shipments, unless they are there from an earlier run.
pub async fn prepare(clients: &mut [Client], options: &Options) -> Result<(), Failure> {
    let Some(client) = clients.first_mut() else {
        return Ok(());
    };
    let last = GetShipmentRequest {
        shipment_id: name(options.shipments - 1),
    };
    if client.get_shipment(last).await.is_ok() {
        return Ok(());
    }
    for status in [ShipmentStatus::Created, ShipmentStatus::InTransit] {
        let events = (0..options.shipments).map(move |number| {
            event(
                format!("prepare-{number}-{}", status.as_str_name()),
                number,
                status,
            )
        });
        let answer = client
            .bulk_ingest(tokio_stream::iter(events))
            .await?
            .into_inner();
        if usize::try_from(answer.accepted)? != options.shipments {
            return Err(format!("{} events were refused", answer.rejected).into());
        }
    }
    Ok(())
}

/// Calls at a rate, each sent when it is due.
pub async fn open(clients: &[Client], options: &Options) -> Result<Run, Failure> {
    let (sender, mut answers) = mpsc::unbounded_channel();
    let started = Instant::now();
    let pacer = {
        let (clients, options, runtime) = (clients.to_vec(), options.clone(), Handle::current());
        // The timer of the runtime counts milliseconds, which is too coarse.
        thread::spawn(move || {
            for (number, client) in (0_u64..).zip(clients.iter().cycle()) {
                let due = started + Duration::from_secs_f64(number as f64 / options.rate);
                if due.duration_since(started) >= options.time {
                    return;
                }
                thread::sleep(due.saturating_duration_since(Instant::now()));
                let (client, sender, work) = (client.clone(), sender.clone(), options.work);
                let shipment = usize::try_from(number).unwrap_or_default() % options.shipments;
                runtime.spawn(async move {
                    let answer = call(client, work, shipment, String::new()).await;
                    // The receiver stays until the last sender is gone.
                    let _ = sender.send((due.elapsed(), answer.is_ok()));
                });
            }
        })
    };
    let mut run = Run::default();
    while let Some((latency, answered)) = answers.recv().await {
        if answered {
            run.latencies.push(latency);
        } else {
            run.failed += 1;
        }
    }
    pacer.join().map_err(|_| "the pacer failed")?;
    run.elapsed = started.elapsed();
    run.done = run.latencies.len() as u64;
    Ok(run)
}

/// Callers that each wait for an answer before they call again.
pub async fn closed(clients: &[Client], options: &Options, callers: usize) -> Result<Run, Failure> {
    let started = Instant::now();
    let callers = (0..callers).map(|caller| {
        let (client, options) = (clients[caller % clients.len()].clone(), options.clone());
        tokio::spawn(async move {
            let mut run = Run::default();
            let mut shipment = caller;
            while started.elapsed() < options.time {
                let sent = Instant::now();
                match call(
                    client.clone(),
                    options.work,
                    shipment % options.shipments,
                    String::new(),
                )
                .await
                {
                    Ok(()) => run.latencies.push(sent.elapsed()),
                    Err(_) => run.failed += 1,
                }
                shipment += callers;
            }
            run
        })
    });
    let mut sum = Run::default();
    for caller in callers.collect::<Vec<_>>() {
        let run = caller.await?;
        sum.latencies.extend(run.latencies);
        sum.failed += run.failed;
    }
    sum.elapsed = started.elapsed();
    sum.done = sum.latencies.len() as u64;
    Ok(sum)
}

/// Streams that send events as fast as they are taken.
pub async fn bulk(clients: &[Client], options: &Options) -> Result<Run, Failure> {
    /// Events in one `BulkIngest` call.
    const CALL: usize = 20_000;
    let started = Instant::now();
    let run = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)?
        .as_millis();
    let streams = (0..options.streams).map(|stream| {
        let (mut client, options) = (clients[stream % clients.len()].clone(), options.clone());
        tokio::spawn(async move {
            let mut sum = Run::default();
            for number in 0.. {
                if started.elapsed() >= options.time {
                    break;
                }
                let (shipments, time) = (options.shipments, options.time);
                let due = move |_: &usize| started.elapsed() < time;
                let events = (0..CALL).take_while(due).map(move |n| {
                    let id = format!("{run}-{stream}-{number}-{n}");
                    event(
                        id,
                        (n * 7919 + stream) % shipments,
                        ShipmentStatus::InTransit,
                    )
                });
                let answer = client
                    .bulk_ingest(tokio_stream::iter(events))
                    .await?
                    .into_inner();
                sum.done += u64::try_from(answer.accepted).unwrap_or_default();
                sum.failed += u64::try_from(answer.rejected).unwrap_or_default();
            }
            Ok::<_, Status>(sum)
        })
    });
    let mut sum = Run::default();
    for stream in streams.collect::<Vec<_>>() {
        let run = stream.await??;
        sum.done += run.done;
        sum.failed += run.failed;
    }
    sum.elapsed = started.elapsed();
    Ok(sum)
}

/// Updates at a rate, and readers that follow all of them. Times end where a reader has the event.
pub async fn stream(clients: &[Client], options: &Options) -> Result<Run, Failure> {
    let started = Instant::now();
    let (sender, mut latencies) = mpsc::unbounded_channel();
    let delivered = Arc::new(AtomicU64::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let readers = (0..options.readers).map(|reader| {
        let mut client = clients[reader % clients.len()].clone();
        let (sender, delivered) = (sender.clone(), delivered.clone());
        tokio::spawn(async move {
            // Some servers send the headers of a stream with its first message only.
            let mut events = client
                .stream_updates(StreamUpdatesRequest::default())
                .await?
                .into_inner();
            while let Some(event) = events.message().await? {
                delivered.fetch_add(1, Ordering::Relaxed);
                if let Ok(due) = event.notes.parse().map(Duration::from_nanos) {
                    // The receiver stays until the last sender is gone.
                    let _ = sender.send(started.elapsed().saturating_sub(due));
                }
            }
            Ok::<_, Status>(())
        })
    });
    let readers: Vec<_> = readers.collect();
    drop(sender);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let beginning = Instant::now();
    let pacer = {
        let (clients, options, runtime, over) = (
            clients.to_vec(),
            options.clone(),
            Handle::current(),
            over.clone(),
        );
        thread::spawn(move || {
            for (number, client) in (0_u64..).zip(clients.iter().cycle()) {
                let due = beginning + Duration::from_secs_f64(number as f64 / options.rate);
                if due.duration_since(beginning) >= options.time {
                    break;
                }
                thread::sleep(due.saturating_duration_since(Instant::now()));
                let shipment = usize::try_from(number).unwrap_or_default() % options.shipments;
                let notes = due.duration_since(started).as_nanos().to_string();
                runtime.spawn(call(client.clone(), Work::Update, shipment, notes));
            }
            over.store(true, Ordering::Relaxed);
        })
    };
    let mut run = Run::default();
    while !over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    pacer.join().map_err(|_| "the pacer failed")?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    while let Some(latency) = latencies.recv().await {
        run.latencies.push(latency);
    }
    run.elapsed = beginning.elapsed();
    run.done = delivered.load(Ordering::Relaxed);
    let expected =
        (options.rate * options.time.as_secs_f64()).ceil() as u64 * options.readers as u64;
    run.failed = expected.saturating_sub(run.done);
    Ok(run)
}

async fn call(
    mut client: Client,
    work: Work,
    shipment: usize,
    notes: String,
) -> Result<(), Status> {
    let shipment_id = name(shipment);
    if work == Work::Get {
        return client
            .get_shipment(GetShipmentRequest { shipment_id })
            .await
            .map(drop);
    }
    let update = UpdateStatusRequest {
        shipment_id,
        status: ShipmentStatus::InTransit.into(),
        location: Some(place()),
        notes,
        ..UpdateStatusRequest::default()
    };
    client.update_status(update).await.map(drop)
}

fn event(event_id: String, shipment: usize, status: ShipmentStatus) -> ShipmentEvent {
    ShipmentEvent {
        event_id,
        shipment_id: name(shipment),
        status: status.into(),
        location: Some(place()),
        timestamp: Some(Timestamp {
            seconds: 1_762_353_120,
            nanos: 0,
        }),
        ..ShipmentEvent::default()
    }
}

fn name(shipment: usize) -> String {
    format!("SHP-2025-{shipment:08}")
}

fn place() -> Location {
    Location {
        latitude: 37.7749,
        longitude: -122.4194,
        ..Location::default()
    }
}
