//! A first look at the service: some shipments, and what to try with them.

use std::net::SocketAddr;

use prost_types::Timestamp;

use crate::domain::{TenantId, validate};
use crate::pb::logistics::shipment::v1::{
    CustomsInfo, CustomsStatus, DelayInfo, Location, ShipmentEvent, ShipmentStatus as Status,
    shipment_event::Detail,
};
use crate::store::{Store, StoreError};

/// The first of the shipments, still on its way.
const SHIPMENT: &str = "SHP-2025-00482931";

/// Fills an empty store with shipments of the tenant `default`. A store with events is left alone.
pub async fn fill(store: &Store) -> Result<(), StoreError> {
    if store.reader().last_sequence().await? > 0 {
        return Ok(());
    }
    let Some(tenant) = TenantId::parse("default") else {
        return Ok(());
    };
    let events = events()
        .into_iter()
        .map(|event| validate::event(&tenant, event))
        .collect::<Result<Vec<_>, _>>()?;
    store
        .ingest(events)
        .await?
        .into_iter()
        .collect::<Result<Vec<()>, _>>()?;
    Ok(())
}

/// Commands to try, for a terminal.
#[must_use]
pub fn commands(grpc: SocketAddr, http: SocketAddr) -> String {
    let (grpc, http) = (grpc.port(), http.port());
    format!(
        r#"
The service runs, with some shipments to try it on. In another terminal:

  curl localhost:{http}/v1/shipments/{SHIPMENT}

  curl localhost:{http}/v1/shipments/{SHIPMENT}/status -d '{{"status": "OUT_FOR_DELIVERY", "notes": "van 7"}}'

  grpcurl -plaintext -d '{{"shipmentIds": ["{SHIPMENT}"], "since": "1970-01-01T00:00:00Z"}}' \
    localhost:{grpc} logistics.shipment.v1.ShipmentTrackingService/StreamUpdates

  cargo run --release --example load -- update --target http://localhost:{grpc}

In a browser: http://localhost:{http}/?shipment={SHIPMENT}
"#
    )
}

fn events() -> Vec<ShipmentEvent> {
    let (san_francisco, denver) = (
        place(37.7749, -122.4194, "San Francisco", "US"),
        place(39.7392, -104.9903, "Denver", "US"),
    );
    let (chicago, new_york) = (
        place(41.8781, -87.6298, "Chicago", "US"),
        place(40.7128, -74.006, "New York", "US"),
    );
    let (rotterdam, berlin) = (
        place(51.9244, 4.4777, "Rotterdam", "NL"),
        place(52.52, 13.405, "Berlin", "DE"),
    );
    let delay = DelayInfo {
        reason: "snow on Interstate 80".to_owned(),
        estimated_delay_minutes: 95,
    };
    let customs = CustomsInfo {
        declaration_id: "NL-55121".to_owned(),
        customs_status: CustomsStatus::Cleared.into(),
    };
    let other = "SHP-2025-00482932";
    let mut events = vec![
        event(SHIPMENT, Status::Created, &san_francisco),
        event(SHIPMENT, Status::PickedUp, &san_francisco),
        event(SHIPMENT, Status::InTransit, &denver),
        ShipmentEvent {
            detail: Some(Detail::Delay(delay)),
            ..event(SHIPMENT, Status::InTransit, &denver)
        },
        event(SHIPMENT, Status::InTransit, &chicago),
        event(other, Status::Created, &rotterdam),
        event(other, Status::PickedUp, &rotterdam),
        ShipmentEvent {
            detail: Some(Detail::Customs(customs)),
            ..event(other, Status::InTransit, &rotterdam)
        },
        event(other, Status::OutForDelivery, &berlin),
        event(other, Status::Delivered, &berlin),
    ];
    let start = 1_762_214_400;
    for (event, number) in events.iter_mut().zip(0..) {
        event.event_id = format!("trial-{number}");
        event.timestamp = Some(Timestamp {
            seconds: start + number * 4 * 3_600,
            nanos: 0,
        });
        if event.status() == Status::Created {
            event.destination = Some(if event.shipment_id == SHIPMENT {
                new_york.clone()
            } else {
                berlin.clone()
            });
        }
    }
    events
}

fn event(shipment: &str, status: Status, place: &Location) -> ShipmentEvent {
    ShipmentEvent {
        shipment_id: shipment.to_owned(),
        status: status.into(),
        location: Some(place.clone()),
        ..ShipmentEvent::default()
    }
}

fn place(latitude: f64, longitude: f64, city: &str, country: &str) -> Location {
    Location {
        latitude,
        longitude,
        city: city.to_owned(),
        country_code: country.to_owned(),
        ..Location::default()
    }
}
