//! A first look at the service: some shipments, and what to try with them.

use std::net::SocketAddr;

use tower::BoxError;

use crate::domain::{TenantId, validate};
use crate::http::json;
use crate::store::Store;

/// The first of the shipments, still on its way.
const SHIPMENT: &str = "SHP-2025-00482931";

/// A `ShipmentEvent` a line.
const EVENTS: &str = include_str!("trial.jsonl");

/// Fills an empty store with shipments of the tenant `default`. A store with events is left alone.
pub async fn fill(store: &Store) -> Result<(), BoxError> {
    if store.reader().last_sequence().await? > 0 {
        return Ok(());
    }
    let tenant = TenantId::parse("default").ok_or("`default` is no identifier")?;
    let mut events = Vec::new();
    for line in EVENTS.lines() {
        let event = json::parse("logistics.shipment.v1.ShipmentEvent", line.as_bytes())?;
        events.push(validate::event(&tenant, event)?);
    }
    match store.ingest(events).await?.pop() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(()),
    }
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
