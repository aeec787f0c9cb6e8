//! Calls to other services: one channel a target, balanced over all its addresses, with deadlines,
//! attempts and a circuit breaker{% if c.traces %}; the trace is passed on{% endif %}.
//!
//! The clients of the contract, such as `{{ c.plan.services[0].name }}Client`, take it as their channel.

use std::{
    collections::HashSet,
    convert::Infallible,
    net::SocketAddr,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use serde::Deserialize;
use smart_default::SmartDefault;
use tokio::sync::mpsc::Sender;
use tonic::{
    Code, Status,
    body::Body,
    transport::{self, Certificate, ClientTlsConfig, Endpoint, Identity, channel::Change},
};
use tower::{Service, ServiceExt};

use crate::{
    breaker::Breaker,
    deadline,
    methods::{self, Kind},
    retry::{Budget, Policy},
{%- if c.traces %}
    telemetry,
{%- endif %}
};

/// Another service.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// Where it is, as in `http://routing:50051`. A name that stands for many addresses, such as
    /// that of a headless service, is balanced over all of them.
    #[default("http://localhost:50051".to_owned())]
    pub url: String,
    /// Connections to each address.
    #[default(1)]
    pub connections: usize,
    /// Longest time for a call that is not a stream, all attempts together.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(5))]
    pub timeout: Duration,
    /// How long to wait for a connection.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(1))]
    pub connect_timeout: Duration,
    /// How often to look for new addresses.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(5))]
    pub refresh: Duration,
    /// How calls are sent again, if their method allows that.
    pub retry: Policy,
    /// Failures in a row after which no calls are made for a while.
    #[default(10)]
    pub breaker_failures: u32,
    /// How long that while is.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(2))]
    pub breaker_pause: Duration,
    /// Transport security, for an `https` URL.
    pub tls: TargetTls,
}

/// Transport security of calls to another service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TargetTls {
    /// PEM file with the roots of the service's certificate.
    pub roots: PathBuf,
    /// PEM file with a certificate of our own; empty when none is asked for.
    pub certificate: PathBuf,
    /// PEM file with the key of that certificate.
    pub key: PathBuf,
}

/// A channel to another service. Clones share its connections, its breaker and its budget.
#[derive(Clone, Debug)]
pub struct Channel {
    inner: transport::Channel,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    timeout: Duration,
    retry: Policy,
    budget: Budget,
    breaker: Breaker,
}

/// A target that cannot be connected to.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The URL does not say where the service is.
    #[error("`{0}` is not the URL of a service")]
    Url(String),
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The files do not make sense.
    #[error("the transport security of the target is not valid: {0}")]
    Tls(#[from] transport::Error),
}

impl Channel {
    /// Makes a channel. Connections are opened when they are needed and again when they are lost.
    pub fn connect(target: &Target) -> Result<Self, TargetError> {
        let url = || TargetError::Url(target.url.clone());
        let uri: Uri = target.url.parse().map_err(|_| url())?;
        let is_secure = uri.scheme_str() == Some("https");
        let host = uri
            .host()
            .ok_or_else(url)?
            .trim_matches(['[', ']'])
            .to_owned();
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let tls = if is_secure {
            Some(target.tls.read(&host)?)
        } else {
            None
        };
        let addresses = Addresses {
            url: uri,
            tls,
            connect_timeout: target.connect_timeout,
        };
        // Fails here if the files do not make sense, and not with the first connection.
        addresses.endpoint(SocketAddr::from(([127, 0, 0, 1], port)))?;
        let (inner, changes) = transport::Channel::balance_channel(64);
        let connections = target.connections.max(1);
        tokio::spawn(addresses.keep_up(host, port, connections, target.refresh, changes));
        Ok(Self {
            inner,
            shared: Arc::new(Shared {
                timeout: target.timeout,
                retry: target.retry.clone(),
                budget: Budget::default(),
                breaker: Breaker::new(target.breaker_failures, target.breaker_pause),
            }),
        })
    }

    async fn send(self, mut request: Request<Body>) -> Response<Body> {
{%- if c.traces %}
        telemetry::pass_on_trace(request.headers_mut());
{%- endif %}
        let method = methods::find(request.uri().path());
        let is_unary = method.is_some_and(|method| method.kind == Kind::Unary);
        let asked = request.headers().get(deadline::HEADER);
        let asked = asked.and_then(|value| deadline::parse(value.to_str().ok()?));
        let left =
            deadline::current().map(|it| it.saturating_duration_since(tokio::time::Instant::now()));
        let max = is_unary.then_some(self.shared.timeout);
        let Some(time) = asked.into_iter().chain(left).chain(max).min() else {
            return self.attempt(request).await;
        };
        if let Ok(value) = HeaderValue::try_from(deadline::print(time)) {
            request.headers_mut().insert(deadline::HEADER, value);
        }
        let response = async {
            if is_unary && method.is_some_and(|method| method.idempotent) {
                self.attempts(request).await
            } else {
                self.attempt(request).await
            }
        };
        let response = tokio::time::timeout(time, response).await;
        response.unwrap_or_else(|_| {
            self.record(Code::DeadlineExceeded);
            Status::deadline_exceeded("the peer did not answer in time").into_http()
        })
    }

    /// Sends the request until there is an answer, or none can be hoped for.
    async fn attempts(&self, request: Request<Body>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(status) => return status.into_http(),
        };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let body = Body::new(http_body_util::Full::new(body.clone()));
            let response = self.attempt(Request::from_parts(head.clone(), body)).await;
            // The status may stand behind the message, and there is only one message.
            let (head, body) = response.into_parts();
            let body = match body.collect().await {
                Ok(body) => body,
                Err(status) => return status.into_http(),
            };
            let trailers = body.trailers().cloned().unwrap_or_default();
            let ending = if trailers.is_empty() {
                &head.headers
            } else {
                &trailers
            };
            let code = code(ending).unwrap_or(Code::Ok);
            self.shared.budget.record(code != Code::Unavailable);
            let wait = self.shared.retry.wait(attempts, code, ending);
            match wait.filter(|_| self.shared.budget.allows()) {
                Some(wait) => {
                    tracing::debug!(?code, attempts, ?wait, "sending the call again");
                    tokio::time::sleep(wait).await;
                }
                None => return Response::from_parts(head, whole(body.to_bytes(), trailers)),
            }
        }
    }

    async fn attempt(&self, request: Request<Body>) -> Response<Body> {
        if !self.shared.breaker.allows(Instant::now()) {
            return Status::unavailable("the peer has failed too often, waiting for it to recover")
                .into_http();
        }
        let mut inner = self.inner.clone();
        let response = async { inner.ready().await?.call(request).await }.await;
        match response {
            Ok(response) => {
                self.record(code(response.headers()).unwrap_or(Code::Ok));
                response
            }
            Err(error) => {
                self.record(Code::Unavailable);
                tracing::debug!(%error, "the peer cannot be reached");
                Status::unavailable("the peer cannot be reached").into_http()
            }
        }
    }

    fn record(&self, code: Code) {
        let worked = !matches!(code, Code::Unavailable | Code::DeadlineExceeded);
        self.shared.breaker.record(worked, Instant::now());
    }
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    /// Always ready: waiting for a connection is a part of the call, so that it ends with its deadline.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let channel = self.clone();
        Box::pin(async move { Ok(channel.send(request).await) })
    }
}

impl TargetTls {
    fn read(&self, host: &str) -> Result<ClientTlsConfig, TargetError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|source| TargetError::Read {
                path: path.clone(),
                source,
            })
        };
        let mut tls = ClientTlsConfig::new()
            .domain_name(host)
            .ca_certificate(Certificate::from_pem(read(&self.roots)?));
        if !self.certificate.as_os_str().is_empty() {
            tls = tls.identity(Identity::from_pem(
                read(&self.certificate)?,
                read(&self.key)?,
            ));
        }
        Ok(tls)
    }
}

/// What is the same for all addresses of a target.
struct Addresses {
    url: Uri,
    tls: Option<ClientTlsConfig>,
    connect_timeout: Duration,
}

impl Addresses {
    /// The way to one address. The name of the service stays that of the URL.
    fn endpoint(&self, address: SocketAddr) -> Result<Endpoint, transport::Error> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let endpoint = Endpoint::from_shared(format!("{scheme}://{address}"))?
            .origin(self.url.clone())
            .connect_timeout(self.connect_timeout)
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5));
        match &self.tls {
            Some(tls) => endpoint.tls_config(tls.clone()),
            None => Ok(endpoint),
        }
    }

    /// Keeps the channel's connections in step with the addresses that the name stands for, as long
    /// as the channel exists.
    async fn keep_up(
        self,
        host: String,
        port: u16,
        connections: usize,
        refresh: Duration,
        changes: Sender<Change<(SocketAddr, usize), Endpoint>>,
    ) {
        let mut known: HashSet<SocketAddr> = HashSet::new();
        let mut ticks = tokio::time::interval(refresh.max(Duration::from_millis(100)));
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = changes.closed() => return,
            }
            // While a name cannot be resolved, the addresses that are known stay in use.
            let Ok(found) = tokio::net::lookup_host((host.as_str(), port)).await else {
                tracing::warn!(host, "cannot resolve the name of a peer");
                continue;
            };
            let found: HashSet<SocketAddr> = found.collect();
            let gone = known.difference(&found).map(|address| (*address, None));
            let new = found.difference(&known);
            let new =
                new.filter_map(|address| Some((*address, Some(self.endpoint(*address).ok()?))));
            for (address, endpoint) in gone.chain(new) {
                for number in 0..connections {
                    let key = (address, number);
                    let change = match &endpoint {
                        Some(endpoint) => Change::Insert(key, endpoint.clone()),
                        None => Change::Remove(key),
                    };
                    if changes.send(change).await.is_err() {
                        return;
                    }
                }
            }
            known = found;
        }
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    headers
        .get(Status::GRPC_STATUS)
        .map(|code| Code::from_bytes(code.as_bytes()))
}

/// A body that has been read, once more.
fn whole(message: Bytes, trailers: HeaderMap) -> Body {
    let message = (!message.is_empty()).then(|| Frame::data(message));
    let trailers = (!trailers.is_empty()).then(|| Frame::trailers(trailers));
    let frames = message.into_iter().chain(trailers).map(Ok::<_, Status>);
    Body::new(StreamBody::new(futures_util::stream::iter(frames)))
}
