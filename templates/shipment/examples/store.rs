//! Measures the store alone: how many updates a second become durable, with so many callers waiting.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "figures for people"
)]
//!
//! `cargo run --release --example store -- FILE CALLERS SECONDS`

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use shipment::{
    bus::Hub,
    config,
    domain::{TenantId, validate},
    pb::logistics::shipment::v1::{Location, ShipmentEvent, ShipmentStatus, UpdateStatusRequest},
    store::{self, Store},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("say in which file")?;
    let callers: usize = arguments.next().unwrap_or_else(|| "1024".into()).parse()?;
    let seconds: u64 = arguments.next().unwrap_or_else(|| "5".into()).parse()?;
    let config = config::Store {
        path: path.into(),
        ..config::Store::default()
    };
    let store = store::open(&config, Arc::new(Hub::default())).await?;
    let tenant = TenantId::parse("load").ok_or("a valid name")?;
    prepare(&store, &tenant).await?;

    let done = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let work = (0..callers).map(|caller| {
        let (store, tenant, done) = (store.clone(), tenant.clone(), done.clone());
        tokio::spawn(async move {
            let mut number = caller;
            while Instant::now() < end {
                let event = validate::update(&tenant, update(number % SHIPMENTS))
                    .map_err(|error| error.to_string())?;
                store
                    .update(event)
                    .await
                    .map_err(|error| error.to_string())?;
                done.fetch_add(1, Ordering::Relaxed);
                number += callers;
            }
            Ok::<_, String>(())
        })
    });
    for worker in work.collect::<Vec<_>>() {
        worker.await??;
    }
    let done = done.load(Ordering::Relaxed);
    println!(
        "{callers} callers: {:.0} durable updates/s",
        done as f64 / start.elapsed().as_secs_f64()
    );
    Ok(())
}

const SHIPMENTS: usize = 10_000;

async fn prepare(store: &Store, tenant: &TenantId) -> Result<(), Box<dyn Error>> {
    for status in [ShipmentStatus::Created, ShipmentStatus::InTransit] {
        let events = (0..SHIPMENTS).map(|number| {
            let event = ShipmentEvent {
                event_id: format!("{}-{number}", status.as_str_name()),
                shipment_id: format!("SHP-{number:08}"),
                status: status.into(),
                timestamp: Some(prost_types::Timestamp::default()),
                ..ShipmentEvent::default()
            };
            validate::event(tenant, event)
        });
        let events = events.collect::<Result<Vec<_>, _>>()?;
        for chunk in events.chunks(256) {
            store.ingest(chunk.to_vec()).await?;
        }
    }
    Ok(())
}

fn update(number: usize) -> UpdateStatusRequest {
    UpdateStatusRequest {
        shipment_id: format!("SHP-{number:08}"),
        status: ShipmentStatus::InTransit.into(),
        location: Some(Location {
            latitude: 37.7749,
            longitude: -122.4194,
            ..Location::default()
        }),
        ..UpdateStatusRequest::default()
    }
}
