//! The HTTP side: metrics, whether the service lives and is ready, REST, and the live page.

mod json;
mod live;
mod rest;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio_util::sync::CancellationToken;

use crate::{auth::Verifier, metrics::Metrics, services::ShipmentTrackingHandler};

/// What the routes share.
#[derive(Clone)]
pub struct Shared {
    /// The counts of this process.
    pub metrics: Metrics,
    /// Cancelled once no more calls are wanted.
    pub draining: CancellationToken,
    /// Answers REST calls as it answers rpcs.
    pub handler: ShipmentTrackingHandler,
    /// Checks tokens, if they are asked for.
    pub verifier: Option<Arc<Verifier>>,
}

/// The routes.
pub fn routes(shared: Shared) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .merge(rest::routes())
        .merge(live::routes())
        .with_state(shared)
}

async fn metrics(State(shared): State<Shared>) -> Response {
    const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match shared.metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn ready(State(shared): State<Shared>) -> (StatusCode, &'static str) {
    if shared.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}
