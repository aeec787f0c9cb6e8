//! Puts the service together, runs it, and stops it without losing a call.

use std::{net::SocketAddr, {% if c.auth %}sync::Arc, {% endif %}time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};
{%- if c.http %}
use tokio_util::sync::CancellationToken;
{%- endif %}
{%- if c.nats %}
use tokio_util::task::AbortOnDropHandle;
{%- endif %}
use tonic::{
    service::Routes,
    transport::{self, {% if c.tls %}Certificate, Identity, ServerTlsConfig, {% endif %}server::TcpIncoming},
};
{%- if c.health %}
use tonic_health::{ServingStatus, server::HealthReporter};
{%- endif %}
use tower::{BoxError, {% if c.rest %}Layer, {% endif %}layer::layer_fn};

use crate::{
{%- if c.reflection %}
    DESCRIPTOR_SET,
{%- endif %}
{%- if c.auth %}
    auth::{self, Verifier},
{%- endif %}
{%- if c.stores %}
    bus::Bus,
{%- endif %}
    config::{Config{% if c.tls %}, Tls{% endif %}},
    deadline,
{%- if c.http %}
    http,
{%- endif %}
{%- if c.health %}
    methods::SERVICES,
{%- endif %}
{%- if c.metrics %}
    metrics::Metrics,
{%- endif %}
    observe,
    panic,
{%- if c.nats %}
    relay,
{%- endif %}
{%- if c.rest %}
    rest,
{%- endif %}
    services,
    shutdown::Shutdown,
{%- if c.stores %}
    store::Store,
{%- endif %}
};

/// A server that listens but does not answer yet.
#[derive(Debug)]
pub struct Server {
    config: Config,
    grpc: TcpListener,
{%- if c.http %}
    http: TcpListener,
{%- endif %}
{%- if c.stores %}
    store: Store,
{%- endif %}
}

impl Server {
    /// Opens {% if c.stores %}the store and {% endif %}the ports.
    pub async fn bind(config: Config) -> Result<Self, BoxError> {
{%- if c.sqlite %}
        let store = Store::open(&config.store.path, config.store.queue, Bus::default(){% if c.nats %}, config.nats.is_some(){% endif %})?;
{%- else if c.postgres %}
        let postgres = &config.store;
        let store = Store::open(&postgres.url, postgres.connections, postgres.queue, Bus::default(){% if c.nats %}, config.nats.is_some(){% endif %}).await?;
{%- else if c.stores %}
        let store = Store::new(Bus::default());
{%- endif %}
        let grpc = TcpListener::bind(config.grpc.listen).await?;
{%- if c.http %}
        let http = TcpListener::bind(config.http.listen).await?;
{%- endif %}
        Ok(Self {
            config,
            grpc,
{%- if c.http %}
            http,
{%- endif %}
{%- if c.stores %}
            store,
{%- endif %}
        })
    }

    /// Where the gRPC server listens.
    pub fn grpc_address(&self) -> std::io::Result<SocketAddr> {
        self.grpc.local_addr()
    }
{%- if c.http %}

    /// Where the HTTP server listens.
    pub fn http_address(&self) -> std::io::Result<SocketAddr> {
        self.http.local_addr()
    }
{%- endif %}
{%- if c.stores %}

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
{%- endif %}

    /// Answers calls until `stop` completes, then drains: load balancers are told at once, calls are
    /// still served while they take note, streams are ended, and what is not over in time is cut off.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), BoxError> {
        let shutdown = Shutdown::default();
{%- if c.http %}
        let draining = CancellationToken::new();
{%- endif %}
{%- if c.metrics %}
        let metrics = Metrics::default();
{%- endif %}
        let mut routes = Routes::builder();
        services::add(&mut routes, &self.config.grpc, {% if c.stores %}&self.store, {% endif %}&shutdown);
{%- if c.health %}
        let (mut health, health_service) = tonic_health::server::health_reporter();
        set_status(&health, ServingStatus::Serving).await;
        routes.add_service(health_service);
{%- endif %}
{%- if c.reflection %}
        if self.config.grpc.reflection {
            routes.add_service(reflection().build_v1()?);
            routes.add_service(reflection().build_v1alpha()?);
        }
{%- endif %}

        let grpc_address = self.grpc_address()?;
{%- if c.http %}
        let http_address = self.http_address()?;
{%- endif %}
{%- if c.auth %}
        let verifier = self.config.auth.as_ref().map(Verifier::new).transpose()?;
        let verifier = verifier.map(Arc::new);
{%- endif %}
        let max = self.config.grpc.deadline;
{%- if c.metrics %}
        let counts = metrics.clone();
{%- endif %}
        // From the inside out.
        let layers = layer_fn(move |routes: Routes| {
{%- if c.auth %}
            let calls = auth::check(routes, verifier.clone());
            let calls = deadline::limit(calls, max);
{%- else %}
            let calls = deadline::limit(routes, max);
{%- endif %}
            observe::observe(panic::catch(calls){% if c.metrics %}, counts.clone(){% endif %})
        });
        let routes = routes.routes();
{%- if c.rest %}
        let rest = rest::routes(layers.layer(routes.clone()), self.config.grpc.max_request_bytes);
{%- endif %}
        let server = builder(&self.config){% if c.tls %}?{% endif %}.layer(layers).add_routes(routes);
        let incoming = TcpIncoming::from(self.grpc).with_nodelay(Some(true));
        let closing = shutdown.clone();
        let closing = async move { closing.started().await };
        let grpc = tokio::spawn(server.serve_with_incoming_shutdown(incoming, closing));
{%- if c.http %}

        let pages = http::routes({% if c.metrics %}metrics, {% endif %}draining.clone());
        let server = axum::serve(self.http, pages{% if c.rest %}.merge(rest){% endif %});
        let closing = shutdown.clone();
        let server = server.with_graceful_shutdown(async move { closing.started().await });
        let http = tokio::spawn(server.into_future());
        tracing::info!(grpc = %grpc_address, http = %http_address, "serving");
{%- else %}
        tracing::info!(grpc = %grpc_address, "serving");
{%- endif %}
{%- if c.nats %}
        let relay = self.config.nats.clone();
        let relay = relay.map(|nats| tokio::spawn(relay::run(nats, self.store.clone())));
        let _relay = relay.map(AbortOnDropHandle::new);
{%- endif %}

        stop.await;
        tracing::info!(seconds = self.config.shutdown.drain.as_secs_f64(), "draining");
{%- if c.http %}
        draining.cancel();
{%- endif %}
{%- if c.health %}
        set_status(&health, ServingStatus::NotServing).await;
{%- endif %}
        tokio::time::sleep(self.config.shutdown.drain).await;

        tracing::info!("closing");
        shutdown.start();
{%- if c.health %}
        // A `Health.Watch` that is open would keep the server from ending.
        for service in SERVICES.iter().copied().chain([""]) {
            health.clear_service_status(service).await;
        }
{%- endif %}
        let timeout = self.config.shutdown.timeout;
{%- if c.http %}
        let (grpc, http) = tokio::join!(ended("gRPC", grpc, timeout), ended("HTTP", http, timeout));
        grpc.and(http)?;
{%- else %}
        ended("gRPC", grpc, timeout).await?;
{%- endif %}
        tracing::info!("closed");
        Ok(())
    }
}

fn builder(config: &Config) -> {% if c.tls %}Result<transport::Server, BoxError>{% else %}transport::Server{% endif %} {
{%- if c.tls %}
    let server = transport::Server::builder()
{%- else %}
    transport::Server::builder()
{%- endif %}
        .max_concurrent_streams(config.grpc.max_streams_per_connection)
        .http2_keepalive_interval(Some(config.grpc.keepalive_interval))
        .http2_keepalive_timeout(Some(config.grpc.keepalive_timeout))
        // Without a time of grace: with one, tonic 0.14 cuts calls off instead of waiting for them.
        .max_connection_age(config.grpc.max_connection_age)
{%- if c.tls %};
    match &config.tls {
        Some(tls) => Ok(server.tls_config(read_tls(tls)?)?),
        None => Ok(server),
    }
{%- endif %}
}
{%- if c.tls %}

fn read_tls(tls: &Tls) -> Result<ServerTlsConfig, std::io::Error> {
    let identity = Identity::from_pem(std::fs::read(&tls.certificate)?, std::fs::read(&tls.key)?);
    let mut config = ServerTlsConfig::new().identity(identity);
    if !tls.client_roots.as_os_str().is_empty() {
        config = config.client_ca_root(Certificate::from_pem(std::fs::read(&tls.client_roots)?));
    }
    Ok(config)
}
{%- endif %}
{%- if c.reflection %}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
{%- if c.health %}
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
{%- endif %}
}
{%- endif %}
{%- if c.health %}

async fn set_status(health: &HealthReporter, status: ServingStatus) {
    for service in SERVICES.iter().copied().chain([""]) {
        health.set_service_status(service, status).await;
    }
}
{%- endif %}

/// Waits for a server that was told to end. A connection on which nothing ever came would make it
/// wait for ever, so it is cut off after `timeout`.
async fn ended<E>(
    name: &str,
    mut server: JoinHandle<Result<(), E>>,
    timeout: Duration,
) -> Result<(), BoxError>
where
    E: std::error::Error + Send + Sync + 'static,
{
    if let Ok(result) = tokio::time::timeout(timeout, &mut server).await {
        return Ok(result??);
    }
    tracing::warn!(server = name, "connections are still open, cutting them off");
    server.abort();
    Ok(())
}
