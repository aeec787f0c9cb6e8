//! PostgreSQL and NATS for tests: started on free ports of the loopback, gone at the end.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::unistd::{Uid, User};
use tempfile::TempDir;

/// A port that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
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
            eprintln!(
                "skipped: PostgreSQL is not installed (Debian: `apt-get install postgresql`)"
            );
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
        format!("postgres://shipment@127.0.0.1:{}/postgres", self.port)
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
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''",
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
            eprintln!("skipped: NATS is not installed (Debian: `apt-get install nats-server`)");
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
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "NATS does not listen"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(child)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are plain")
}
