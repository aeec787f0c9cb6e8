//! Clients and events for the tests of the shipment services.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use prost_types::Timestamp;
use shipment::pb::logistics::shipment::v1::{
    Location, ShipmentEvent, ShipmentStatus, UpdateStatusRequest,
    shipment_tracking_service_client::ShipmentTrackingServiceClient,
};
use tonic::{Code, Request, Status, transport::Channel};

use crate::harness::Running;

pub type Client = ShipmentTrackingServiceClient<Channel>;

impl Running {
    /// A client of the shipment tracking service.
    pub fn client(&self) -> Client {
        ShipmentTrackingServiceClient::new(self.channel())
    }
}

/// An event that may be stored.
pub fn event(id: &str, shipment: &str, status: ShipmentStatus) -> ShipmentEvent {
    ShipmentEvent {
        event_id: id.to_owned(),
        shipment_id: shipment.to_owned(),
        status: status.into(),
        location: Some(berlin()),
        timestamp: Some(Timestamp {
            seconds: 1_762_352_000,
            nanos: 0,
        }),
        ..ShipmentEvent::default()
    }
}

/// A request to bring a shipment to a status.
pub fn update(shipment: &str, status: ShipmentStatus) -> UpdateStatusRequest {
    UpdateStatusRequest {
        shipment_id: shipment.to_owned(),
        status: status.into(),
        ..UpdateStatusRequest::default()
    }
}

/// A place.
pub fn berlin() -> Location {
    Location {
        latitude: 52.52,
        longitude: 13.405,
        address: "Alexanderplatz 1".to_owned(),
        city: "Berlin".to_owned(),
        country_code: "DE".to_owned(),
    }
}

/// Makes shipments `PREFIX-0` to `PREFIX-(count-1)` that are in transit.
pub async fn create(client: &mut Client, prefix: &str, count: usize) {
    let statuses = [ShipmentStatus::Created, ShipmentStatus::InTransit];
    let events = statuses
        .into_iter()
        .flat_map(move |status| (0..count).map(move |number| (status, number)));
    let prefix = prefix.to_owned();
    let events = events.map(move |(status, number)| {
        let id = format!("{prefix}-{number}-{}", status.as_str_name());
        event(&id, &format!("{prefix}-{number}"), status)
    });
    let events: Vec<_> = events.collect();
    let answer = client
        .bulk_ingest(tokio_stream::iter(events))
        .await
        .expect("accepted")
        .into_inner();
    assert_eq!(
        usize::try_from(answer.accepted),
        Ok(2 * count),
        "{answer:?}"
    );
}

/// A request of a tenant.
pub fn of<T>(tenant: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("x-tenant-id", tenant.parse().expect("a name"));
    request
}

/// The code and the message of a call that was refused.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Status>) -> (Code, String) {
    let status = result.expect_err("it is refused");
    (status.code(), status.message().to_owned())
}

/// Waits until `done` has grown by `count`, however slow the machine is.
pub async fn progress(done: &AtomicUsize, count: usize) {
    let (start, goal) = (Instant::now(), done.load(Ordering::Relaxed) + count);
    while done.load(Ordering::Relaxed) < goal {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing moves");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
