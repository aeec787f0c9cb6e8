//! `TrackVehicles`, with the routing service of the same process.

use std::time::Duration;

use shipment::pb::logistics::{
    shipment::v1::Location,
    tracking::v1::{
        RouteUpdate, RouteUpdateReason, VehiclePosition,
        live_tracking_service_client::LiveTrackingServiceClient,
    },
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Streaming};

use crate::harness::Running;

fn place(latitude: f64, longitude: f64) -> Location {
    Location {
        latitude,
        longitude,
        ..Location::default()
    }
}

fn position(vehicle: &str, latitude: f64, longitude: f64) -> VehiclePosition {
    VehiclePosition {
        vehicle_id: vehicle.to_owned(),
        location: Some(place(latitude, longitude)),
        destination: Some(place(52.0, 14.0)),
        ..VehiclePosition::default()
    }
}

async fn track(server: &Running) -> (mpsc::Sender<VehiclePosition>, Streaming<RouteUpdate>) {
    let (sender, positions) = mpsc::channel(16);
    let mut client = LiveTrackingServiceClient::new(server.channel());
    let updates = client
        .track_vehicles(ReceiverStream::new(positions))
        .await
        .expect("opened");
    (sender, updates.into_inner())
}

async fn start(routing: impl Into<Option<u16>>) -> Running {
    let routing = routing.into();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let own = listener.local_addr().expect("an address");
    drop(listener);
    Running::with(|config, _| {
        config.grpc.listen = own;
        config.routing.url = format!("http://127.0.0.1:{}", routing.unwrap_or(own.port()));
        config.routing.timeout = Duration::from_millis(500);
    })
    .await
}

#[tokio::test]
async fn a_vehicle_that_leaves_its_route_gets_a_new_one() {
    let server = start(None).await;
    let (sender, mut updates) = track(&server).await;
    for position in [
        position("v-1", 52.0, 13.0),
        position("v-1", 52.004, 13.1),
        VehiclePosition {
            destination: None,
            ..position("v-1", 52.01, 13.2)
        },
        VehiclePosition {
            destination: None,
            ..position("v-1", 52.01, 13.21)
        },
        position("v-2", 51.0, 13.0),
    ] {
        sender.send(position).await.expect("read");
    }
    let update = updates
        .message()
        .await
        .expect("no error")
        .expect("an update");
    assert_eq!(update.vehicle_id, "v-1");
    assert_eq!(update.reason(), RouteUpdateReason::RouteDeviation);
    assert!(
        (1_000.0..1_250.0).contains(&update.deviation_meters),
        "{}",
        update.deviation_meters
    );
    let route = update.recalculated_route.expect("a new route");
    assert_eq!(route.waypoints.first(), Some(&place(52.01, 13.2)));
    assert_eq!(route.waypoints.last(), Some(&place(52.0, 14.0)));
    drop(sender);
    assert_eq!(
        updates.message().await.expect("no error"),
        None,
        "on its new route it hears nothing more"
    );
}

#[tokio::test]
async fn without_the_routing_service_a_stream_goes_on() {
    let server = start(1).await;
    let (sender, mut updates) = track(&server).await;
    sender
        .send(position("v-1", 52.0, 13.0))
        .await
        .expect("read");
    sender
        .send(position("v-1", 53.0, 13.0))
        .await
        .expect("read");
    drop(sender);
    assert_eq!(updates.message().await.expect("no error"), None);
}

#[tokio::test]
async fn wrong_positions_are_refused() {
    let server = start(None).await;
    for wrong in [
        VehiclePosition {
            destination: None,
            ..position("v-1", 52.0, 13.0)
        },
        VehiclePosition {
            location: None,
            ..position("v-1", 52.0, 13.0)
        },
        position("", 52.0, 13.0),
        position("v-1", 91.0, 13.0),
        position("v-1", f64::NAN, 13.0),
    ] {
        let (sender, mut updates) = track(&server).await;
        sender.send(wrong.clone()).await.expect("read");
        assert_eq!(
            updates.message().await.expect_err("refused").code(),
            Code::InvalidArgument,
            "{wrong:?}"
        );
    }
}
