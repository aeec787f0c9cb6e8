//! Changes on NATS.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use async_nats::{header::NATS_MESSAGE_ID, jetstream};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use {{ c.lib }}::bus::Bus;
use {{ c.lib }}::config::{Config, Nats};
use {{ c.lib }}::server::Server;
use {{ c.lib }}::store::{KINDS, Store, Write};

use crate::harness::config;
{%- if c.postgres %}
use crate::postgres::Database;
{%- endif %}

/// A NATS server with `JetStream`.
struct Peer {
    directory: TempDir,
    port: u16,
    child: Child,
}

impl Peer {
    /// Starts one. Returns `None`, and says why, where NATS is not installed; with `SKIP_NO_TEST` in the
    /// environment it fails instead.
    fn start() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let Some(child) = run(directory.path(), port) else {
            let reason = "NATS is not installed (Debian: `apt-get install nats-server`)";
            assert!(std::env::var_os("SKIP_NO_TEST").is_none(), "{reason}");
            eprintln!("skipped: {reason}");
            return None;
        };
        Some(Self { directory, port, child })
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Ends it without warning, and starts it again.
    fn crash(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a child");
        self.child = run(self.directory.path(), self.port).expect("it started before");
    }

    /// The subjects and versions of all changes, in order, once `count` of them are there.
    async fn changes(&self, count: usize) -> Vec<(String, u64)> {
        let context = jetstream::new(async_nats::connect(self.url()).await.expect("connected"));
        let stream = context.get_stream("changes").await.expect("it was made");
        let config = jetstream::consumer::pull::OrderedConfig::default();
        let consumer = stream.create_consumer(config).await.expect("made");
        let mut messages = consumer.messages().await.expect("read");
        let mut changes = Vec::new();
        let wait = |found| Duration::from_millis(if found < count { 30_000 } else { 500 });
        while let Ok(Some(message)) =
            tokio::time::timeout(wait(changes.len()), messages.next()).await
        {
            let message = message.expect("a message");
            let headers = message.headers.as_ref().expect("with headers");
            let id = headers.get(NATS_MESSAGE_ID).expect("with an identifier");
            let version = id.as_str().parse().expect("a version");
            changes.push((message.subject.to_string(), version));
        }
        changes
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It has ended already where a test failed in between.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(directory: &Path, port: u16) -> Option<Child> {
    let programs = ["/usr/sbin/nats-server", "/usr/local/bin/nats-server", "/usr/bin/nats-server"];
    let program = programs.into_iter().find(|program| Path::new(program).exists())?;
    let mut command = Command::new(program);
    command.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"]).arg(directory);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    Some(child.expect("it starts"))
}

async fn serve(config: Config) -> (Store, JoinHandle<()>) {
    let server = Server::bind(config).await.expect("free ports");
    let store = server.store().clone();
    let running = async move { server.run(std::future::pending()).await.expect("it runs") };
    (store, tokio::spawn(running))
}

async fn write(store: &Store, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let insert = Write::Insert {
            kind: KINDS[0],
            id: format!("r{number}"),
            body: Vec::new(),
            keys: Vec::new(),
            private: Vec::new(),
        };
        store.write(insert).await.expect("written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_once_and_in_order_whatever_crashes() {
    let Some(mut nats) = Peer::start() else {
        return;
    };
    let directory = tempfile::tempdir().expect("a directory");
    let mut config = config(directory.path());
{%- if c.postgres %}
    let database = Database::new().await;
    config.store.url.clone_from(&database.url);
{%- endif %}
    config.nats = Some(Nats {
        url: nats.url(),
        stream: "changes".to_owned(),
        subject: "test".to_owned(),
    });

    let (store, running) = serve(config.clone()).await;
    // The stream is there once the first change is, and the relay waits half a second after a failure.
    write(&store, 0..20).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(nats.changes(20).await.len(), 20);
    nats.crash();
    write(&store, 20..40).await;
    assert_eq!(nats_after_restart(&nats, 40).await.len(), 40);

    // Committed by a server that does not live to tell it.
    running.abort();
    assert!(running.await.is_err());
    drop(store);
{%- if c.sqlite %}
    let store = Store::open(&config.store.path, 64, Bus::default(), true).expect("it opens");
{%- else %}
    let store = Store::open(&config.store.url, 4, 64, Bus::default(), true).await;
    let store = store.expect("it opens");
{%- endif %}
    write(&store, 40..60).await;
    drop(store);
    let (store, running) = serve(config).await;
    write(&store, 60..61).await;

    let changes = nats.changes(61).await;
    let created = format!("test.{}.created", KINDS[0].rsplit('.').next().expect("a name"));
    assert!(changes.iter().all(|(subject, _)| *subject == created), "{changes:?}");
    let versions: Vec<_> = changes.iter().map(|(_, version)| *version).collect();
    assert_eq!(versions.len(), 61);
    assert!(versions.is_sorted_by(|one, other| one < other), "{versions:?}");
    running.abort();
}

/// NATS takes a while before it answers again.
async fn nats_after_restart(nats: &Peer, count: usize) -> Vec<(String, u64)> {
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if async_nats::connect(nats.url()).await.is_ok() {
            break;
        }
    }
    nats.changes(count).await
}
