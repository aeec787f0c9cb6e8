//! Puts the service together, runs it, and stops it without losing a call.

use std::{convert::Infallible, error::Error, fs, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tonic::{
    codec::CompressionEncoding,
    service::{Routes, RoutesBuilder},
    transport::{self, Certificate, Identity, ServerTlsConfig},
};
use tonic_health::{ServingStatus, server::HealthReporter};
use tower::{BoxError, layer::layer_fn};

use crate::{
    DESCRIPTOR_SET,
    auth::{self, Verifier},
    bus::{Hub, nats},
    client::Channel,
    config::{Config, Tls},
    connection, deadline,
    http::{self, Shared},
    methods::SERVICES,
    metrics::Metrics,
    observe, panic,
    pb::logistics::{
        routing::v1::{
            routing_service_client::RoutingServiceClient,
            routing_service_server::RoutingServiceServer,
        },
        shipment::v1::shipment_tracking_service_server::ShipmentTrackingServiceServer,
        tracking::v1::live_tracking_service_server::LiveTrackingServiceServer,
    },
    services::{EncodeOnce, LiveTrackingHandler, RoutingHandler, ShipmentTrackingHandler},
    shutdown::Shutdown,
    store::{self, Store},
    trial, whole,
};

/// Limits the messages of a service. The generated servers have these methods, but no trait for them.
macro_rules! limited {
    ($service:expr, $config:expr) => {
        $service
            .max_decoding_message_size($config.max_request_bytes)
            .max_encoding_message_size($config.max_response_bytes)
            .accept_compressed(CompressionEncoding::Gzip)
            .send_compressed(CompressionEncoding::Gzip)
    };
}

/// A server that listens but does not answer yet.
pub struct Server {
    config: Config,
    grpc: TcpListener,
    http: TcpListener,
    store: Store,
    hub: Arc<Hub>,
}

impl Server {
    /// Opens the store and the ports.
    pub async fn bind(config: Config) -> Result<Self, BoxError> {
        let hub = Arc::new(Hub::default());
        let store = store::open(&config.store, hub.clone()).await;
        let store = store.map_err(|error| format!("cannot open the store: {}", error.cause()))?;
        if config.trial {
            trial::fill(&store).await?;
        }
        let grpc = TcpListener::bind(config.grpc.listen).await?;
        let http = TcpListener::bind(config.http.listen).await?;
        Ok(Self {
            config,
            grpc,
            http,
            store,
            hub,
        })
    }

    /// Where the gRPC server listens.
    pub fn grpc_address(&self) -> std::io::Result<SocketAddr> {
        self.grpc.local_addr()
    }

    /// Where the HTTP server listens.
    pub fn http_address(&self) -> std::io::Result<SocketAddr> {
        self.http.local_addr()
    }

    /// What open streams follow.
    #[must_use]
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Answers calls until `stop` completes, then drains: load balancers are told at once, calls are
    /// still served while they take note, streams are ended, and what is not over in time is cut off.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), BoxError> {
        let shutdown = Shutdown::default();
        let draining = CancellationToken::new();
        let metrics = Metrics::default();
        let (mut health, health_service) = tonic_health::server::health_reporter();
        for service in SERVICES {
            health
                .set_service_status(service, ServingStatus::Serving)
                .await;
        }

        let verifier = self
            .config
            .auth
            .as_ref()
            .map(Verifier::new)
            .transpose()?
            .map(Arc::new);
        let mut routes = Routes::builder();
        routes.add_service(health_service);
        let handler = ShipmentTrackingHandler {
            store: self.store.clone(),
            hub: self.hub.clone(),
            stream_buffer: self.config.streams.buffer,
        };
        self.add_services(&mut routes, &handler, &shutdown)?;

        let addresses = (self.grpc_address()?, self.http_address()?);
        let grpc = {
            let config = &self.config.grpc;
            let (metrics, verifier, max) = (metrics.clone(), verifier.clone(), config.deadline);
            // From the inside out.
            let layers = layer_fn(move |routes: Routes| {
                let calls = auth::check(routes, verifier.clone());
                let calls = deadline::limit(calls, max);
                whole::keep(observe::observe(panic::catch(calls), metrics.clone()))
            });
            let mut server = transport::Server::builder()
                .max_concurrent_streams(config.max_streams_per_connection)
                .http2_keepalive_interval(Some(config.keepalive_interval))
                .http2_keepalive_timeout(Some(config.keepalive_timeout))
                // Without a time of grace: with one, tonic 0.14 cuts calls off instead of waiting for them.
                .max_connection_age(config.max_connection_age);
            if let Some(tls) = &self.config.tls {
                server = server.tls_config(read_tls(tls)?.timeout(config.handshake_timeout))?;
            }
            let incoming = connection::incoming(self.grpc, config.handshake_timeout);
            let closing = shutdown.clone();
            let server = server.layer(layers).add_routes(routes.routes());
            tokio::spawn(
                server
                    .serve_with_incoming_shutdown(incoming, async move { closing.started().await }),
            )
        };
        let http = tokio::spawn({
            let shared = Shared {
                metrics,
                draining: draining.clone(),
                handler,
                verifier,
                limits: self.config.grpc.clone(),
            };
            let serving = http::serve(self.http, shared, shutdown.clone());
            async move {
                serving.await;
                Ok::<(), Infallible>(())
            }
        });
        let relay = self.config.nats.clone().map(|nats| {
            let (store, hub) = (self.store.clone(), self.hub.clone());
            tokio::spawn(async move { nats::relay(nats, store, &hub).await })
        });
        tracing::info!(grpc = %addresses.0, http = %addresses.1, "serving");
        if self.config.trial {
            eprintln!("{}", trial::commands(addresses.0, addresses.1));
        }

        stop.await;
        tracing::info!(
            seconds = self.config.shutdown.drain.as_secs_f64(),
            "draining"
        );
        draining.cancel();
        set_not_serving(&health).await;
        tokio::time::sleep(self.config.shutdown.drain).await;

        tracing::info!("closing");
        shutdown.start();
        self.hub.close();
        // A `Health.Watch` that is open would keep the server from ending.
        for service in SERVICES.iter().copied().chain([""]) {
            health.clear_service_status(service).await;
        }
        let timeout = self.config.shutdown.timeout;
        let (grpc, http) = tokio::join!(ended("gRPC", grpc, timeout), ended("HTTP", http, timeout));
        if let Some(relay) = relay {
            relay.abort();
        }
        grpc.and(http)?;
        tracing::info!("closed");
        Ok(())
    }

    fn add_services(
        &self,
        routes: &mut RoutesBuilder,
        handler: &ShipmentTrackingHandler,
        shutdown: &Shutdown,
    ) -> Result<(), BoxError> {
        let config = &self.config.grpc;
        let shipment_tracking =
            limited!(ShipmentTrackingServiceServer::new(handler.clone()), config);
        routes.add_service(EncodeOnce::new(shipment_tracking, handler.clone(), config));
        let live_tracking = LiveTrackingHandler {
            routing: RoutingServiceClient::new(Channel::connect(&self.config.routing)?),
            shutdown: shutdown.clone(),
        };
        routes.add_service(limited!(
            LiveTrackingServiceServer::new(live_tracking),
            config
        ));
        routes.add_service(limited!(RoutingServiceServer::new(RoutingHandler), config));
        if config.reflection {
            routes.add_service(reflection().build_v1()?);
            routes.add_service(reflection().build_v1alpha()?);
        }
        Ok(())
    }
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

async fn set_not_serving(health: &HealthReporter) {
    for service in SERVICES.iter().copied().chain([""]) {
        health
            .set_service_status(service, ServingStatus::NotServing)
            .await;
    }
}

fn read_tls(tls: &Tls) -> Result<ServerTlsConfig, std::io::Error> {
    let identity = Identity::from_pem(fs::read(&tls.certificate)?, fs::read(&tls.key)?);
    let mut config = ServerTlsConfig::new().identity(identity);
    if !tls.client_roots.as_os_str().is_empty() {
        config = config.client_ca_root(Certificate::from_pem(fs::read(&tls.client_roots)?));
    }
    Ok(config)
}

/// Waits for a server that was told to end. A connection on which nothing ever came would make it
/// wait for ever, so it is cut off after `timeout`.
async fn ended<E>(
    name: &str,
    mut server: JoinHandle<Result<(), E>>,
    timeout: Duration,
) -> Result<(), BoxError>
where
    E: Error + Send + Sync + 'static,
{
    if let Ok(result) = tokio::time::timeout(timeout, &mut server).await {
        return Ok(result??);
    }
    tracing::warn!(
        server = name,
        "connections are still open, cutting them off"
    );
    server.abort();
    Ok(())
}
