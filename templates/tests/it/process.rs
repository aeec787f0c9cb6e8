//! The program itself: signals, and what outlives it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;
use tonic::{Code, transport::Channel};
{%- if c.health %}
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
{%- endif %}

use crate::harness::call;
{%- if c.postgres %}
use crate::postgres::Database;
{%- endif %}

/// The program, running.
pub struct Process {
    child: Child,
    grpc: SocketAddr,
    // Removes the files of the program at the end.
    _directory: TempDir,
{%- if c.postgres %}
    _database: Database,
{%- endif %}
}

impl Process {
    /// Starts the program with settings of the environment, named without their prefix.
    {% if c.postgres %}pub async fn start(settings: &[(&str, &str)]) -> Self {
        let database = Database::new().await;
{%- else %}pub fn start(settings: &[(&str, &str)]) -> Self {
{%- endif %}
        let directory = tempfile::tempdir().expect("a directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_{{ c.package }}"));
        command.current_dir(directory.path()).stderr(Stdio::piped());
        let defaults = [
            ("GRPC__LISTEN", "127.0.0.1:0"),
{%- if c.http %}
            ("HTTP__LISTEN", "127.0.0.1:0"),
{%- endif %}
{%- if c.postgres %}
            ("STORE__URL", database.url.as_str()),
{%- endif %}
            ("SHUTDOWN__DRAIN", "300ms"),
            ("SHUTDOWN__TIMEOUT", "1s"),
        ];
        for (name, value) in defaults.iter().chain(settings) {
            command.env(format!("{{ c.env }}__{name}"), value);
        }
        let mut child = command.spawn().expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("it is piped"));
        let grpc = loop {
            let mut line = String::new();
            assert_ne!(
                log.read_line(&mut line).expect("text"),
                0,
                "the program ended before it served"
            );
            let event: serde_json::Value =
                serde_json::from_str(&line).expect("a line is an object");
            if event["message"] == "serving" {
                break event["grpc"]
                    .as_str()
                    .and_then(|it| it.parse().ok())
                    .expect("an address");
            }
        };
        // Read on, or the program would wait for room in the pipe.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self {
            child,
            grpc,
            _directory: directory,
{%- if c.postgres %}
            _database: database,
{%- endif %}
        }
    }

{%- if c.envoy %}
    /// Where the gRPC server listens.
    pub fn address(&self) -> SocketAddr {
        self.grpc
    }
{%- if c.repeatable_path().is_some() %}

    /// Ends the program without warning.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
    }
{%- endif %}

{% endif %}
    pub fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.grpc))
            .expect("a URL")
            .connect_lazy()
    }

    /// Asks the program to end.
    pub fn terminate(&self) {
        self.signal(Signal::SIGTERM);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("it runs");
    }

    /// Waits until the program has ended.
    pub async fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the program did not end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn it_drains_and_ends_whatever_is_open() {
    let mut process = Process::start(&[("SHUTDOWN__DRAIN", "1s")]){% if c.postgres %}.await{% endif %};
    // A connection on which nothing comes{% if c.health %}, and a stream that never ends by itself{% endif %}.
    let _idle = std::net::TcpStream::connect(process.grpc).expect("a connection");
{%- if c.health %}
    let mut health = HealthClient::new(process.channel());
    let watch = health.watch(HealthCheckRequest::default()).await;
    let mut watch = watch.expect("a stream").into_inner();
    watch.message().await.expect("no error").expect("serving");
{%- endif %}

    let start = Instant::now();
    process.terminate();
{%- if c.health %}
    watch.message().await.expect("no error").expect("not serving");
{%- endif %}
    let (code, message) = call(process.channel(), "/no.such.Service/Method", &[]).await;
    assert_eq!(code, Code::Unimplemented, "a call during the drain is answered: {message}");
    assert!(process.wait().await.success());
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_secs(1), "it did not drain: {elapsed:?}");
    assert!(elapsed < Duration::from_secs(5), "it took {elapsed:?}");
}

#[tokio::test]
async fn an_interrupt_is_as_good() {
    let mut process = Process::start(&[("SHUTDOWN__DRAIN", "0s")]){% if c.postgres %}.await{% endif %};
    process.signal(Signal::SIGINT);
    assert!(process.wait().await.success());
}

#[tokio::test]
async fn it_refuses_settings_that_make_no_sense() {
    let output = Command::new(env!("CARGO_BIN_EXE_{{ c.package }}"))
        .env("{{ c.env }}__GRPC__LISTENS", "127.0.0.1:0")
        .output()
        .expect("the program starts");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("`listens`") && text.contains("`grpc`"),
        "{text}"
    );
}
