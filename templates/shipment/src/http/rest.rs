//! `GetShipment` and `UpdateStatus` for those who have no gRPC.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{self, HeaderMap, Uri},
    response::Response,
    routing::{get, post},
};
use tokio::time::timeout;
use tonic::{Code, Request, Status, metadata::MetadataMap};
use tracing::Instrument;

use super::{Shared, json};
use crate::{
    domain::Shipment,
    methods,
    observe::Call,
    pb::logistics::shipment::v1::{GetShipmentRequest, UpdateStatusRequest},
};

const SHIPMENT: &str = "logistics.shipment.v1.ShipmentResponse";
const UPDATE: &str = "logistics.shipment.v1.UpdateStatusRequest";

const GET_SHIPMENT: &str = "/logistics.shipment.v1.ShipmentTrackingService/GetShipment";
const UPDATE_STATUS: &str = "/logistics.shipment.v1.ShipmentTrackingService/UpdateStatus";

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
    let call = observed(&shared, GET_SHIPMENT, &headers);
    let message = GetShipmentRequest { shipment_id };
    let shipment = async {
        let request = request(&shared, GET_SHIPMENT, headers, message)?;
        shared.handler.find(request).await
    };
    answer(&shared, call, shipment).await
}

async fn status(
    State(shared): State<Shared>,
    Path(shipment_id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let call = observed(&shared, UPDATE_STATUS, &headers);
    let shipment = async {
        // Who may not call needs not be listened to.
        let request = request(&shared, UPDATE_STATUS, headers, ())?;
        let body = to_bytes(body, shared.limits.max_request_bytes).await;
        let body =
            body.map_err(|_| Status::out_of_range("the body is too large or was cut off"))?;
        let update = UpdateStatusRequest {
            shipment_id,
            ..json::parse(UPDATE, &body)?
        };
        shared.handler.update(request.map(|()| update)).await
    };
    answer(&shared, call, shipment).await
}

/// A shipment as JSON, within the time that a call may take.
async fn answer(
    shared: &Shared,
    mut call: Call,
    shipment: impl Future<Output = Result<tonic::Response<Arc<Shipment>>, Status>>,
) -> Response {
    let late = |_| {
        Err(Status::deadline_exceeded(
            "the deadline of the call has passed",
        ))
    };
    let shipment = shipment.instrument(call.span.clone());
    let shipment = timeout(shared.limits.deadline, shipment)
        .await
        .unwrap_or_else(late);
    call.end(code(&shipment));
    let json = shipment.and_then(|shipment| {
        let mut encoded = Vec::new();
        shipment.get_ref().encode(&mut encoded);
        json::print(SHIPMENT, &encoded)
    });
    json.map_or_else(|status| json::refuse(&status), json::answer)
}

/// Begins a call that is counted, logged and traced as the rpc it stands for.
pub(super) fn observed(shared: &Shared, path: &'static str, headers: &HeaderMap) -> Call {
    let mut rpc = http::Request::new(());
    *rpc.uri_mut() = Uri::from_static(path);
    *rpc.headers_mut() = headers.clone();
    Call::start(&rpc, shared.metrics.clone())
}

/// How a call has ended.
fn code<T>(outcome: &Result<T, Status>) -> Code {
    outcome.as_ref().err().map_or(Code::Ok, Status::code)
}

/// The rpc that a call over HTTP stands for, once its token has been checked.
pub(super) fn request<T>(
    shared: &Shared,
    path: &str,
    headers: HeaderMap,
    message: T,
) -> Result<Request<T>, Status> {
    let method =
        methods::find(path).ok_or_else(|| Status::unimplemented("there is no such method"))?;
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
