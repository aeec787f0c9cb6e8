//! `logistics.tracking.v1.LiveTrackingService`.

use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use tonic::{Request, Response, Status, Streaming};

use crate::client::Channel;
use crate::domain::{Refusal, VehicleId, Violation, geo, validate};
use crate::error::ServiceError;
use crate::pb::logistics::{
    routing::v1::{CalculateRouteRequest, Route, routing_service_client::RoutingServiceClient},
    shipment::v1::Location,
    tracking::v1 as pb,
};
use crate::services::Answers;
use crate::shutdown::Shutdown;

/// Metres a vehicle may be off its route.
const TOLERANCE: f64 = 500.0;

/// How many vehicles one stream may speak of.
const VEHICLES_LIMIT: usize = 10_000;

/// Answers the rpcs of `LiveTrackingService`.
#[derive(Clone)]
pub struct LiveTrackingHandler {
    /// Knows the way.
    pub routing: RoutingServiceClient<Channel>,
    /// Ends streams when the server closes.
    pub shutdown: Shutdown,
}

#[tonic::async_trait]
impl pb::live_tracking_service_server::LiveTrackingService for LiveTrackingHandler {
    type TrackVehiclesStream = Answers<pb::RouteUpdate>;

    async fn track_vehicles(
        &self,
        request: Request<Streaming<pb::VehiclePosition>>,
    ) -> Result<Response<Self::TrackVehiclesStream>, Status> {
        let fleet = Fleet {
            routing: self.routing.clone(),
            vehicles: HashMap::new(),
        };
        let positions = request.into_inner();
        let updates = stream::try_unfold((fleet, positions), |(mut fleet, mut positions)| async {
            while let Some(position) = positions.message().await? {
                if let Some(update) = fleet.moved(position).await? {
                    return Ok(Some((update, (fleet, positions))));
                }
            }
            Ok(None)
        });
        Ok(Response::new(self.shutdown.guard(updates).boxed()))
    }
}

/// The vehicles of one stream.
struct Fleet {
    routing: RoutingServiceClient<Channel>,
    vehicles: HashMap<VehicleId, Course>,
}

/// Where a vehicle is bound for, and how.
struct Course {
    destination: Location,
    /// `None` while no route could be had.
    route: Option<Route>,
}

impl Fleet {
    /// Takes the position of a vehicle. Returns what has to be said to it.
    ///
    /// A routing service that is away does not end the stream: a vehicle off its route learns how far
    /// off it is, and the next position asks again.
    async fn moved(
        &mut self,
        position: pb::VehiclePosition,
    ) -> Result<Option<pb::RouteUpdate>, Status> {
        let (vehicle, place) = validate::position(&position).map_err(ServiceError::from)?;
        if let Some(destination) = position.destination {
            self.bind(&vehicle, destination)?;
        }
        let Some(course) = self.vehicles.get_mut(&vehicle) else {
            let rule = "must be set with the first position of a vehicle".to_owned();
            return Err(ServiceError::from(Refusal::Invalid(vec![Violation {
                field: "destination".to_owned(),
                rule,
            }]))
            .into());
        };
        let Some(route) = &course.route else {
            course.route = navigate(&mut self.routing, place, course.destination.clone()).await;
            return Ok(None);
        };
        let deviation = geo::distance_to_line(&place, &route.waypoints).unwrap_or_default();
        if deviation <= TOLERANCE {
            return Ok(None);
        }
        let recalculated_route =
            navigate(&mut self.routing, place, course.destination.clone()).await;
        if recalculated_route.is_some() {
            course.route.clone_from(&recalculated_route);
        }
        Ok(Some(pb::RouteUpdate {
            vehicle_id: vehicle.as_str().to_owned(),
            recalculated_route,
            reason: pb::RouteUpdateReason::RouteDeviation.into(),
            deviation_meters: deviation,
        }))
    }

    /// Notes where a vehicle is bound for. Its route stays when that has not changed.
    fn bind(&mut self, vehicle: &VehicleId, destination: Location) -> Result<(), Status> {
        if self
            .vehicles
            .get(vehicle)
            .is_some_and(|course| course.destination == destination)
        {
            return Ok(());
        }
        if self.vehicles.len() >= VEHICLES_LIMIT && !self.vehicles.contains_key(vehicle) {
            let message =
                format!("a stream follows at most {VEHICLES_LIMIT} vehicles; open another one");
            return Err(Status::resource_exhausted(message));
        }
        self.vehicles.insert(
            vehicle.clone(),
            Course {
                destination,
                route: None,
            },
        );
        Ok(())
    }
}

async fn navigate(
    routing: &mut RoutingServiceClient<Channel>,
    origin: Location,
    destination: Location,
) -> Option<Route> {
    let request = CalculateRouteRequest {
        origin: Some(origin),
        destination: Some(destination),
    };
    let answer = routing.calculate_route(request).await;
    answer
        .inspect_err(|status| tracing::warn!(%status, "no route"))
        .ok()
        .map(Response::into_inner)
}
