//! `GetShipment` and `UpdateStatus` for those who have no gRPC.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use tonic::{Request, Status, metadata::MetadataMap};

use super::{Shared, json};
use crate::{
    methods,
    pb::logistics::shipment::v1::{
        GetShipmentRequest, UpdateStatusRequest,
        shipment_tracking_service_server::ShipmentTrackingService,
    },
};

const SHIPMENT: &str = "logistics.shipment.v1.ShipmentResponse";
const UPDATE: &str = "logistics.shipment.v1.UpdateStatusRequest";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/shipments/{shipment}", get(shipment))
        .route("/v1/shipments/{shipment}/status", post(status))
}

async fn shipment(
    State(shared): State<Shared>,
    Path(shipment_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let request = request(
            &shared,
            "GetShipment",
            headers,
            GetShipmentRequest { shipment_id },
        )?;
        json::print(
            SHIPMENT,
            shared.handler.get_shipment(request).await?.get_ref(),
        )
    };
    answer
        .await
        .map_or_else(|status| json::refuse(&status), json::answer)
}

async fn status(
    State(shared): State<Shared>,
    Path(shipment_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = async {
        let update = UpdateStatusRequest {
            shipment_id,
            ..json::parse(UPDATE, &body)?
        };
        let request = request(&shared, "UpdateStatus", headers, update)?;
        json::print(
            SHIPMENT,
            shared.handler.update_status(request).await?.get_ref(),
        )
    };
    answer
        .await
        .map_or_else(|status| json::refuse(&status), json::answer)
}

/// The rpc that a call over HTTP stands for, once its token has been checked.
pub(super) fn request<T>(
    shared: &Shared,
    method: &str,
    headers: HeaderMap,
    message: T,
) -> Result<Request<T>, Status> {
    let path = format!("/logistics.shipment.v1.ShipmentTrackingService/{method}");
    let method =
        methods::find(&path).ok_or_else(|| Status::unimplemented("there is no such method"))?;
    let caller = shared
        .verifier
        .as_ref()
        .map(|verifier| verifier.authorize(&headers, method))
        .transpose()?;
    let mut request = Request::new(message);
    *request.metadata_mut() = MetadataMap::from_headers(headers);
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    Ok(request)
}
