//! The live page: the history of a shipment as it grows, over server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header::AUTHORIZATION},
    response::{
        Html, IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures_util::StreamExt;
use prost_types::Timestamp;
use serde::Deserialize;
use tonic::Status;

use super::{Shared, json, rest};
use crate::pb::logistics::shipment::v1::StreamUpdatesRequest;

const STREAM_UPDATES: &str = "/logistics.shipment.v1.ShipmentTrackingService/StreamUpdates";
const EVENT: &str = "logistics.shipment.v1.ShipmentEvent";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(|| async { Html(include_str!("live.html")) }))
        .route("/v1/shipments/{shipment}/events", get(events))
}

#[derive(Deserialize)]
struct Token {
    /// A browser cannot send headers with a request for server-sent events.
    access_token: Option<String>,
}

/// All events of a shipment, then those to come. A browser that was cut off says which one it saw last.
async fn events(
    State(shared): State<Shared>,
    Path(shipment): Path<String>,
    Query(token): Query<Token>,
    mut headers: HeaderMap,
) -> Response {
    if let Some(token) = token
        .access_token
        .and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok())
    {
        headers.entry(AUTHORIZATION).or_insert(token);
    }
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok())
        .unwrap_or_default();
    let message = StreamUpdatesRequest {
        shipment_ids: vec![shipment],
        since: Some(Timestamp::default()),
        after_sequence: last,
    };
    let mut call = rest::observed(&shared, STREAM_UPDATES, &headers);
    let stream = async {
        let request = rest::request(&shared, STREAM_UPDATES, headers, message)?;
        shared.handler.follow(request).await
    };
    let events = match stream.await {
        Ok(events) => events.into_inner(),
        Err(status) => {
            call.end(status.code());
            return json::refuse(&status);
        }
    };
    // After an error the browser connects again by itself and says where it was.
    let events = events.take_while(move |event| {
        if let Err(status) = event {
            call.end(status.code());
        }
        std::future::ready(event.is_ok())
    });
    let events = events.filter_map(|event| async {
        event
            .and_then(|event| print(&event))
            .ok()
            .map(Ok::<_, Infallible>)
    });
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(10)))
        .into_response()
}

fn print(event: &crate::domain::Event) -> Result<Event, Status> {
    let id = event.sequence.to_string();
    Ok(Event::default()
        .id(id)
        .data(json::print(EVENT, &event.body)?))
}
