//! `PostgreSQL` for tests: one server for those that run at the same time, a database for each.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{SystemTime, UNIX_EPOCH},
};

use nix::unistd::{Uid, User};
use tempfile::TempDir;
use tokio_postgres::NoTls;

static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());

/// An empty database.
pub struct Database {
    pub url: String,
    // Stops the server when the last database is gone.
    _server: Arc<Postgres>,
}

impl Database {
    /// Makes one, in a server that is started when there is none.
    ///
    /// # Panics
    /// Where `PostgreSQL` is not installed: a service that keeps its resources there has to be tested there.
    pub async fn new() -> Self {
        let server = Postgres::shared();
        let age = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let name = format!("test_{}_{:x}", age.as_nanos(), draw());
        let (client, connection) = tokio_postgres::connect(&server.url("postgres"), NoTls)
            .await
            .expect("it listens");
        let connection = tokio::spawn(connection);
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a new name");
        drop(client);
        connection
            .await
            .expect("no panic")
            .expect("a connection that ends well");
        Self {
            url: server.url(&name),
            _server: server,
        }
    }
}

/// A number that two databases made in the same nanosecond do not share.
fn draw() -> u64 {
    use std::hash::{BuildHasher, RandomState};

    RandomState::new().hash_one(0)
}

struct Postgres {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
}

impl Postgres {
    fn shared() -> Arc<Self> {
        let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        server.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *server = Arc::downgrade(&started);
            started
        })
    }

    fn start() -> Self {
        let programs =
            programs().expect("PostgreSQL is installed (Debian: `apt-get install postgresql`)");
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).expect("ours");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let server = Self {
            programs,
            directory,
            port,
        };
        let data = server.data();
        fs::create_dir(&data).expect("new");
        if let Some(user) = unprivileged() {
            chown(&data, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("we are root");
        }
        server.run(
            "initdb",
            &["-D", text(&data), "-U", "test", "-A", "trust", "-N"],
        );
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=400"
        );
        let log = data.join("log");
        let start = [
            "-D",
            text(&data),
            "-l",
            text(&log),
            "-o",
            &options,
            "-w",
            "start",
        ];
        server.run("pg_ctl", &start);
        server
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://test@127.0.0.1:{}/{database}", self.port)
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Runs a program of `PostgreSQL`, which refuses to be run by root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = match unprivileged() {
            None => Command::new(&program),
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", &user.name, "--", text(&program)]);
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
            &["-D", text(&self.data()), "-m", "immediate", "-w", "stop"],
        );
    }
}

fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut directories: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    directories.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    directories
        .into_iter()
        .find(|directory| directory.join("pg_ctl").exists() && directory.join("initdb").exists())
}

fn unprivileged() -> Option<User> {
    let user = || User::from_name("postgres").ok().flatten();
    Uid::effective()
        .is_root()
        .then(|| user().expect("the package of PostgreSQL makes this user"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are plain")
}
