//! A server on a free port, and calls without knowledge of the contract.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use shipment::{
    bus::Hub,
    config::Config,
    methods::{Kind, METHODS, Method},
    server::Server,
    store::Store,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, body::Body, transport::Channel};
use tower::ServiceExt;

/// A server of this process. It stops when this is dropped.
pub struct Running {
    pub grpc: SocketAddr,
    pub http: SocketAddr,
    pub store: Store,
    pub hub: Arc<Hub>,
    pub stop: CancellationToken,
    pub task: JoinHandle<()>,
    // Removes the files of the server at the end.
    _directory: TempDir,
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
        change(&mut config, directory.path());
        config.check().expect("valid settings");
        let server = Server::bind(config).await.expect("free ports");
        let grpc = server.grpc_address().expect("an address");
        let http = server.http_address().expect("an address");
        let store = server.store().clone();
        let hub = server.hub().clone();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            server
                .run(stopped.cancelled_owned())
                .await
                .expect("the server runs");
        });
        Self {
            grpc,
            http,
            store,
            hub,
            stop,
            task,
            _directory: directory,
        }
    }

    /// A connection in plain text.
    pub fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.grpc)).expect("a URL");
        endpoint.connect_lazy()
    }

    /// The body of an HTTP page, and its status.
    pub async fn page(&self, path: &str) -> (u16, String) {
        self.page_with(path, &[]).await
    }

    /// The same with headers.
    pub async fn page_with(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut stream = self.ask(path, headers).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a status");
        (status, answer)
    }

    /// The beginning of an HTTP page that has no end, to the end of the first line that begins with `prefix`.
    pub async fn beginning(&self, path: &str, prefix: &str) -> String {
        let mut stream = BufReader::new(self.ask(path, &[]).await);
        let (mut answer, mut last) = (String::new(), 0);
        while !answer[last..].starts_with(prefix) {
            last = answer.len();
            let read = stream.read_line(&mut answer).await.expect("text");
            assert_ne!(read, 0, "the page ended: {answer}");
        }
        answer
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> TcpStream {
        let mut request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        for (name, value) in headers {
            request.extend([*name, ": ", *value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(self.http).await.expect("a connection");
        let request = request + "\r\n";
        stream.write_all(request.as_bytes()).await.expect("sent");
        stream
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Settings with free ports and a short drain.
pub fn config(directory: &Path) -> Config {
    let mut config = Config::default();
    config.grpc.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.http.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.store.path = directory.join("test.db");
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

/// A method of the contract that may not be sent again.
pub fn other_method() -> Option<&'static Method> {
    METHODS
        .iter()
        .find(|it| !it.idempotent && it.kind == Kind::Unary)
}

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
