//! The HTTP side: whether the service lives and is ready{% if c.metrics %}, and its metrics{% endif %}.{% if c.rest %} The rpcs
//! that can be called over it are in `rest`.{% endif %}

use axum::{
    Router,
    extract::State,
    http::{StatusCode{% if c.metrics %}, header::CONTENT_TYPE{% endif %}},
{%- if c.metrics %}
    response::{IntoResponse, Response},
{%- endif %}
    routing::get,
};
use tokio_util::sync::CancellationToken;
{%- if c.metrics %}

use crate::metrics::Metrics;
{%- endif %}

/// The routes. `draining` is cancelled once no more calls are wanted.
pub fn routes({% if c.metrics %}metrics: Metrics, {% endif %}draining: CancellationToken) -> Router {
{%- if c.metrics %}
    let metrics = Router::new().route("/metrics", get(text)).with_state(metrics);
{%- endif %}
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .with_state(draining)
{%- if c.metrics %}
        .merge(metrics)
{%- endif %}
}

async fn ready(State(draining): State<CancellationToken>) -> (StatusCode, &'static str) {
    if draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}
{%- if c.metrics %}

async fn text(State(metrics): State<Metrics>) -> Response {
    const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
{%- endif %}
