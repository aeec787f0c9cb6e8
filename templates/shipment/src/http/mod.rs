//! The HTTP side: metrics, whether the service lives and is ready, REST, and the live page.

pub(crate) mod json;
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
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    auth::Verifier, config, connection, metrics::Metrics, services::ShipmentTrackingHandler,
    shutdown::Shutdown,
};

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
    /// The limits of calls.
    pub limits: config::Grpc,
}

/// Answers requests until the server closes. A connection is closed when it takes too long over the head of
/// a request, or is silent for so long between two.
pub async fn serve(listener: TcpListener, shared: Shared, shutdown: Shutdown) {
    let patience = shared.limits.handshake_timeout;
    let routes = routes(shared);
    let open = GracefulShutdown::new();
    loop {
        let stream = tokio::select! {
            (stream, _) = connection::accept(&listener) => stream,
            () = shutdown.started() => break,
        };
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .serve_connection(
                TokioIo::new(stream),
                TowerToHyperService::new(routes.clone()),
            );
        let serving = open.watch(serving);
        tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::debug!(%error, "an HTTP connection was lost");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}

fn routes(shared: Shared) -> Router {
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
