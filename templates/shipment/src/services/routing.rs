//! `logistics.routing.v1.RoutingService`: a small one for trials and tests. It draws the straight line.

use tonic::{Request, Response, Status};

use crate::domain::{geo, validate};
use crate::error::ServiceError;
use crate::pb::logistics::{routing::v1 as pb, shipment::v1::Location};

/// Metres between two waypoints, at most.
const LEG: f64 = 25_000.0;

/// Metres a vehicle makes in a second: 60 km/h.
const SPEED: f64 = 60_000.0 / 3_600.0;

/// Answers the rpcs of `RoutingService`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoutingHandler;

#[tonic::async_trait]
impl pb::routing_service_server::RoutingService for RoutingHandler {
    async fn calculate_route(
        &self,
        request: Request<pb::CalculateRouteRequest>,
    ) -> Result<Response<pb::Route>, Status> {
        let request = request.into_inner();
        let (origin, destination) =
            validate::ends(request.origin, request.destination).map_err(ServiceError::from)?;
        Ok(Response::new(straight(&origin, &destination)))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "distances on earth"
)]
fn straight(origin: &Location, destination: &Location) -> pb::Route {
    let distance = geo::distance(origin, destination);
    let legs = (distance / LEG).ceil().max(1.0) as u32;
    let east = (destination.longitude - origin.longitude + 540.0).rem_euclid(360.0) - 180.0;
    let north = destination.latitude - origin.latitude;
    let between = (1..legs).map(|leg| {
        let share = f64::from(leg) / f64::from(legs);
        let longitude = (origin.longitude + east * share + 540.0).rem_euclid(360.0) - 180.0;
        Location {
            latitude: origin.latitude + north * share,
            longitude,
            ..Location::default()
        }
    });
    let waypoints = std::iter::once(origin.clone())
        .chain(between)
        .chain([destination.clone()])
        .collect();
    let seconds = (distance / SPEED).round() as i64;
    pb::Route {
        route_id: uuid::Uuid::now_v7().to_string(),
        waypoints,
        distance_meters: distance,
        duration: Some(prost_types::Duration { seconds, nanos: 0 }),
    }
}
