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
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::harness::call;

const PROGRAM: &str = env!("CARGO_BIN_EXE_shipment");

/// The program, running.
pub struct Process {
    child: Child,
    grpc: SocketAddr,
    http: SocketAddr,
    directory: TempDir,
}

impl Process {
    /// Starts the program with settings of the environment, named without their prefix.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a directory"), settings)
    }

    /// Where the files of the program are.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    /// Starts the program with room for so many open files.
    pub fn start_limited(files: u32, settings: &[(&str, &str)]) -> Self {
        let script = format!("ulimit -n {files}; exec \"$0\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, PROGRAM]);
        let directory = tempfile::tempdir().expect("a directory");
        Self::run(command, directory, settings)
    }

    fn start_in(directory: TempDir, settings: &[(&str, &str)]) -> Self {
        Self::run(Command::new(PROGRAM), directory, settings)
    }

    fn run(mut command: Command, directory: TempDir, settings: &[(&str, &str)]) -> Self {
        command.current_dir(directory.path()).stderr(Stdio::piped());
        let defaults = [
            ("GRPC__LISTEN", "127.0.0.1:0"),
            ("HTTP__LISTEN", "127.0.0.1:0"),
            ("SHUTDOWN__DRAIN", "300ms"),
            ("SHUTDOWN__TIMEOUT", "1s"),
            ("TRIAL", "false"),
        ];
        for (name, value) in defaults.iter().chain(settings) {
            command.env(format!("SHIPMENT__{name}"), value);
        }
        let mut child = command.spawn().expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("it is piped"));
        let (grpc, http) = loop {
            let mut line = String::new();
            assert_ne!(
                log.read_line(&mut line).expect("text"),
                0,
                "the program ended before it served"
            );
            let event: serde_json::Value =
                serde_json::from_str(&line).expect("a line is an object");
            if event["message"] == "serving" {
                let address = |name: &str| event[name].as_str().and_then(|it| it.parse().ok());
                break address("grpc").zip(address("http")).expect("addresses");
            }
        };
        // Read on, or the program would wait for room in the pipe.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self {
            child,
            grpc,
            http,
            directory,
        }
    }

    pub fn channel(&self) -> Channel {
        Channel::from_shared(format!("http://{}", self.grpc))
            .expect("a URL")
            .connect_lazy()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.grpc
    }

    /// Where it listens for HTTP.
    pub fn http_address(&self) -> SocketAddr {
        self.http
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the program without warning.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
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

    /// Ends the program without warning and starts it again with the same files.
    pub async fn crash_with(mut self, settings: &[(&str, &str)]) -> Self {
        self.signal(Signal::SIGKILL);
        self.wait().await;
        let other = tempfile::tempdir().expect("a directory");
        let directory = std::mem::replace(&mut self.directory, other);
        Self::start_in(directory, settings)
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
    let mut process = Process::start(&[("SHUTDOWN__DRAIN", "1s")]);
    // A connection on which nothing comes, and a stream that never ends by itself.
    let _idle = std::net::TcpStream::connect(process.grpc).expect("a connection");
    let mut health = HealthClient::new(process.channel());
    let watch = health.watch(HealthCheckRequest::default()).await;
    let mut watch = watch.expect("a stream").into_inner();
    watch.message().await.expect("no error").expect("serving");

    let start = Instant::now();
    process.terminate();
    watch
        .message()
        .await
        .expect("no error")
        .expect("not serving");
    let (code, message) = call(process.channel(), "/no.such.Service/Method", &[]).await;
    assert_eq!(
        code,
        Code::Unimplemented,
        "a call during the drain is answered: {message}"
    );
    assert!(process.wait().await.success());
    let elapsed = start.elapsed();
    assert!(
        elapsed >= Duration::from_secs(1),
        "it did not drain: {elapsed:?}"
    );
    assert!(elapsed < Duration::from_secs(5), "it took {elapsed:?}");
}

#[tokio::test]
async fn an_interrupt_is_as_good() {
    let mut process = Process::start(&[("SHUTDOWN__DRAIN", "0s")]);
    process.signal(Signal::SIGINT);
    assert!(process.wait().await.success());
}

#[tokio::test]
async fn it_refuses_settings_that_make_no_sense() {
    let output = Command::new(PROGRAM)
        .env("SHIPMENT__GRPC__LISTENS", "127.0.0.1:0")
        .output()
        .expect("the program starts");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("`listens`") && text.contains("`grpc`"),
        "{text}"
    );
}
