//! A server on a free port, and calls without knowledge of the contract.

use std::{net::SocketAddr, path::Path, time::Duration};

use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use tempfile::TempDir;
use tokio::task::JoinHandle;
{%- if c.health %}
use tokio_util::sync::CancellationToken;
{%- endif %}
use tonic::{Code, Status, body::Body, transport::Channel};
use tower::ServiceExt;

use {{ c.lib }}::config::Config;
use {{ c.lib }}::methods::{Kind, METHODS, Method};
use {{ c.lib }}::server::Server;
{%- if c.watches() %}
use {{ c.lib }}::store::Store;
{%- endif %}
{%- if c.postgres %}

use crate::postgres::Database;
{%- endif %}

/// A server of this process. It stops when this is dropped.
pub struct Running {
    pub grpc: SocketAddr,
{%- if c.http %}
    pub http: SocketAddr,
{%- endif %}
{%- if c.watches() %}
    pub store: Store,
{%- endif %}
{%- if c.health %}
    pub stop: CancellationToken,
{%- endif %}
    pub task: JoinHandle<()>,
    // Removes the files of the server at the end.
    _directory: TempDir,
{%- if c.postgres %}
    _database: Database,
{%- endif %}
}

impl Running {
    /// Starts a server with the settings of tests.
    pub async fn start() -> Self {
        Self::with(|_, _| {}).await
    }

    /// Starts a server with other settings; files may be put in the directory.
    pub async fn with(change: impl FnOnce(&mut Config, &Path)) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let mut config = config(directory.path());
{%- if c.postgres %}
        let database = Database::new().await;
        config.store.url.clone_from(&database.url);
{%- endif %}
        change(&mut config, directory.path());
        config.check().expect("valid settings");
        let server = Server::bind(config).await.expect("free ports");
        let grpc = server.grpc_address().expect("an address");
{%- if c.http %}
        let http = server.http_address().expect("an address");
{%- endif %}
{%- if c.watches() %}
        let store = server.store().clone();
{%- endif %}
{%- if c.health %}
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
{%- else %}
        let stopped = std::future::pending();
{%- endif %}
        let task = tokio::spawn(async move {
            server.run(stopped).await.expect("the server runs");
        });
        Self {
            grpc,
{%- if c.http %}
            http,
{%- endif %}
{%- if c.watches() %}
            store,
{%- endif %}
{%- if c.health %}
            stop,
{%- endif %}
            task,
            _directory: directory,
{%- if c.postgres %}
            _database: database,
{%- endif %}
        }
    }

    /// A connection in plain text.
    pub fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.grpc)).expect("a URL");
        endpoint.connect_lazy()
    }
{%- if c.http %}

    /// The body of an HTTP page, and its status.
    pub async fn page(&self, path: &str) -> (u16, String) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let mut stream = tokio::net::TcpStream::connect(self.http)
            .await
            .expect("a connection");
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a status");
        (status, answer)
    }
{%- endif %}
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Settings with free ports and a short drain.
pub fn config({% if !c.sqlite %}_{% endif %}directory: &Path) -> Config {
    let mut config = Config::default();
    config.grpc.listen = SocketAddr::from(([127, 0, 0, 1], 0));
{%- if c.http %}
    config.http.listen = SocketAddr::from(([127, 0, 0, 1], 0));
{%- endif %}
{%- if c.sqlite %}
    config.store.path = directory.join("test.db");
{%- endif %}
    config.shutdown.drain = Duration::from_millis(200);
    config.shutdown.timeout = Duration::from_secs(1);
    config
}

/// A method of the contract that takes one request.
pub fn method() -> &'static Method {
    let takes_one = |it: &&Method| matches!(it.kind, Kind::Unary | Kind::ServerStreaming);
    METHODS.iter().find(takes_one).unwrap_or(&METHODS[0])
}

/// A method of the contract that may be sent again.
pub fn idempotent_method() -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|it| it.idempotent && it.kind == Kind::Unary)
}
{%- if c.clients %}

/// A method of the contract that may not be sent again.
pub fn other_method() -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|it| !it.idempotent && it.kind == Kind::Unary)
}
{%- endif %}

/// A request with an empty message.
pub fn request(path: &str, headers: &[(&'static str, &str)]) -> Request<Body> {
    let frame = Full::new(bytes::Bytes::from_static(&[0; 5]));
    let mut request = Request::post(format!("http://test{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::new(frame)).expect("a request")
}

/// The status that a response ends with, its message, and the headers that come with it.
pub async fn ending(response: http::Response<Body>) -> (Code, String, HeaderMap) {
    let (head, body) = response.into_parts();
    if let Some(status) = Status::from_header_map(&head.headers) {
        return (status.code(), status.message().to_owned(), head.headers);
    }
    match body.collect().await {
        Ok(body) => {
            let trailers = body.trailers().cloned().unwrap_or_default();
            let status = Status::from_header_map(&trailers).expect("a status");
            (status.code(), status.message().to_owned(), trailers)
        }
        Err(status) => (status.code(), status.message().to_owned(), HeaderMap::new()),
    }
}

/// Calls a method with an empty message.
pub async fn call(
    channel: Channel,
    path: &str,
    headers: &[(&'static str, &str)],
) -> (Code, String) {
    match channel.oneshot(request(path, headers)).await {
        Ok(response) => {
            let (code, message, _) = ending(response).await;
            (code, message)
        }
        Err(error) => (Code::Unavailable, format!("{error:?}")),
    }
}
