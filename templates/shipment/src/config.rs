//! Settings: the defaults, then a TOML file, then the environment.
//!
//! A variable is named after the path of its setting: `SHIPMENT__GRPC__LISTEN=0.0.0.0:50051` sets
//! `listen` in `[grpc]`. Names that do not exist are errors, so that a misspelt one is not ignored.

use std::{
    env,
    ffi::OsStr,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::client::Target;

/// What the names of environment variables begin with.
pub const ENVIRONMENT_PREFIX: &str = "SHIPMENT__";

/// All settings of the service.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The gRPC server.
    pub grpc: Grpc,
    /// The HTTP server.
    pub http: Http,
    /// Where shipments are kept.
    pub store: Store,
    /// Streams of events.
    pub streams: Streams,
    /// NATS, which tells other services of events; they hear nothing without this section.
    pub nats: Option<Nats>,
    /// The service that knows the way. Without other settings it is the small one of this process.
    pub routing: Target,
    /// Whether an empty store begins with some shipments, and the log with what to try. On when the
    /// service is started without a file.
    pub trial: bool,
    /// What happens between the signal and the end.
    pub shutdown: Shutdown,
    /// The log.
    pub log: Log,
    /// Traces over OTLP; none are sent without this section.
    pub traces: Option<Traces>,
    /// Tokens of callers; none are asked for without this section.
    pub auth: Option<Auth>,
    /// Transport security; without this section connections are in plain text.
    pub tls: Option<Tls>,
}

/// The gRPC server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grpc {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Largest request in bytes.
    pub max_request_bytes: usize,
    /// Largest answer in bytes.
    pub max_response_bytes: usize,
    /// Calls that one connection may have open.
    pub max_streams_per_connection: u32,
    /// Longest time for a call that is not a stream; a client may ask for less.
    #[serde(with = "humantime_serde")]
    pub deadline: Duration,
    /// How long a client may take over the first words of a connection, here and over HTTP.
    #[serde(with = "humantime_serde")]
    pub handshake_timeout: Duration,
    /// How long a connection may be silent before it is probed.
    #[serde(with = "humantime_serde")]
    pub keepalive_interval: Duration,
    /// How long the answer to a probe may take before the connection is closed.
    #[serde(with = "humantime_serde")]
    pub keepalive_timeout: Duration,
    /// Age at which a connection is closed gently, so that clients find new servers.
    #[serde(with = "humantime_serde")]
    pub max_connection_age: Duration,
    /// Whether clients may ask for the contract.
    pub reflection: bool,
}

impl Default for Grpc {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 50051)),
            max_request_bytes: 4 * 1024 * 1024,
            max_response_bytes: 4 * 1024 * 1024,
            max_streams_per_connection: 1000,
            deadline: Duration::from_secs(10),
            handshake_timeout: Duration::from_secs(10),
            keepalive_interval: Duration::from_secs(10),
            keepalive_timeout: Duration::from_secs(5),
            max_connection_age: Duration::from_secs(30 * 60),
            reflection: true,
        }
    }
}

/// The HTTP server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port to listen on.
    pub listen: SocketAddr,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)),
        }
    }
}

/// Where shipments are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Which database.
    pub kind: StoreKind,
    /// The file of SQLite.
    pub path: PathBuf,
    /// The PostgreSQL server, as in `postgres://user:password@host/database`.
    pub url: String,
    /// PEM file with the roots of the PostgreSQL server's certificate; empty for connections in plain text.
    pub roots: PathBuf,
    /// Connections to the database for readers.
    pub connections: usize,
    /// Writes that may wait for the disk; more are refused.
    pub queue: usize,
    /// Memory for the shipments that changed last, in bytes.
    pub memory: usize,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// None: everything is forgotten when the process ends.
    Memory,
    /// One file, one process.
    Sqlite,
    /// A server that replicas share.
    Postgres,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            kind: StoreKind::Sqlite,
            path: PathBuf::from("shipment.db"),
            url: "postgres://localhost/shipment".to_owned(),
            roots: PathBuf::new(),
            connections: 8,
            queue: 8192,
            memory: 64 * 1024 * 1024,
        }
    }
}

/// Streams of events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Streams {
    /// Events a reader may be behind before its stream ends with an error.
    pub buffer: usize,
}

impl Default for Streams {
    fn default() -> Self {
        Self { buffer: 1024 }
    }
}

/// NATS JetStream.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nats {
    /// The server, as in `nats://host:4222`; several between commas.
    pub url: String,
    /// Name of the JetStream stream. It is made when there is none.
    pub stream: String,
    /// What subjects begin with: `PREFIX.TENANT.SHIPMENT`.
    pub subject: String,
}

impl Default for Nats {
    fn default() -> Self {
        Self {
            url: "nats://localhost:4222".to_owned(),
            stream: "SHIPMENTS".to_owned(),
            subject: "shipments".to_owned(),
        }
    }
}

/// What happens between the signal and the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shutdown {
    /// How long calls are still served while load balancers learn that the server goes away.
    #[serde(with = "humantime_serde")]
    pub drain: Duration,
    /// How long calls may take to finish after that.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self {
            drain: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
        }
    }
}

/// The log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What is logged. Calls that went well are counted and not logged, which would be a third of
    /// their cost; `info` alone logs them too.
    pub filter: String,
    /// `json` for machines or `text` for people.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info,shipment::observe=warn".to_owned(),
            format: LogFormat::Json,
        }
    }
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Words.
    Text,
}

/// Traces over OTLP.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Traces {
    /// URL of the collector's gRPC port.
    pub endpoint: String,
    /// Share of the traces begun here that are sent, 0 to 1. A caller's decision is kept.
    pub ratio: f64,
}

impl Default for Traces {
    fn default() -> Self {
        Self {
            endpoint: "http://localhost:4317".to_owned(),
            ratio: 1.0,
        }
    }
}

/// Tokens of callers, JWT in the `authorization` header.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// `HS256`, `RS256`, `ES256` or `EdDSA`; a token that says otherwise is refused.
    pub algorithm: jsonwebtoken::Algorithm,
    /// Files with the keys to check with, PEM or, for `HS256`, the secret. Any of them may fit, so
    /// that keys can be changed without a gap.
    pub keys: Vec<PathBuf>,
    /// Who must have issued the token.
    pub issuer: String,
    /// For whom the token must have been issued.
    pub audience: String,
    /// How far clocks may differ.
    #[serde(with = "humantime_serde")]
    pub leeway: Duration,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            algorithm: jsonwebtoken::Algorithm::EdDSA,
            keys: Vec::new(),
            issuer: String::new(),
            audience: "shipment".to_owned(),
            leeway: Duration::from_secs(5),
        }
    }
}

/// Transport security.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// PEM file with the server's certificate and those between it and its root.
    pub certificate: PathBuf,
    /// PEM file with the key of the certificate.
    pub key: PathBuf,
    /// PEM file with the roots of clients' certificates; empty when clients need none.
    pub client_roots: PathBuf,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file or a variable does not say what is expected.
    #[error("the configuration is not valid: {0}")]
    Format(String),
    /// Values that make no sense, all of them.
    #[error("the configuration is not valid:\n  {}", .0.join("\n  "))]
    Values(Vec<String>),
}

impl Config {
    /// Reads the file if there is one, then the environment, and checks the result.
    pub fn load(path: Option<&OsStr>) -> Result<Self, ConfigError> {
        let file = match path {
            None => String::new(),
            Some(path) => fs::read_to_string(path).map_err(|source| ConfigError::Read {
                path: path.into(),
                source,
            })?,
        };
        let environment = env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let mut config = Self::read(&file, environment)?;
        config.trial |= path.is_none() && env::var_os("SHIPMENT__TRIAL").is_none();
        config.check()?;
        Ok(config)
    }

    /// Reads settings from the text of a file and from variables, which win.
    pub fn read(
        file: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table: Table = file
            .parse()
            .map_err(|error| ConfigError::Format(format!("{error}")))?;
        let example = Self::example()?;
        for (name, text) in environment {
            if let Some(path) = name.strip_prefix(ENVIRONMENT_PREFIX) {
                let path = path.to_ascii_lowercase();
                let path: Vec<&str> = path.split("__").collect();
                set(&mut table, &example, &path, &text).map_err(|problem| {
                    ConfigError::Format(format!("variable `{name}`: {problem}"))
                })?;
            }
        }
        table
            .try_into()
            .map_err(|error| ConfigError::Format(format!("{error}")))
    }

    /// Checks what the types do not say, and reports everything that is wrong at once.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        let mut expect = |holds: bool, problem: &str| {
            if !holds {
                problems.push(problem.to_owned());
            }
        };
        expect(
            self.grpc.max_request_bytes > 0,
            "`grpc.max_request_bytes` must be more than 0",
        );
        expect(
            self.grpc.max_response_bytes > 0,
            "`grpc.max_response_bytes` must be more than 0",
        );
        expect(
            self.grpc.max_streams_per_connection > 0,
            "`grpc.max_streams_per_connection` must be more than 0",
        );
        expect(
            !self.grpc.deadline.is_zero(),
            "`grpc.deadline` must be more than 0",
        );
        expect(
            !self.grpc.keepalive_interval.is_zero(),
            "`grpc.keepalive_interval` must be more than 0",
        );
        expect(
            self.grpc.listen.port() == 0 || self.grpc.listen != self.http.listen,
            "`grpc.listen` and `http.listen` must differ",
        );
        expect(self.store.queue > 0, "`store.queue` must be more than 0");
        expect(
            self.store.connections > 0,
            "`store.connections` must be more than 0",
        );
        expect(
            self.streams.buffer > 0,
            "`streams.buffer` must be more than 0",
        );
        if let Some(traces) = &self.traces {
            expect(
                (0.0..=1.0).contains(&traces.ratio),
                "`traces.ratio` must be from 0 to 1",
            );
        }
        if let Some(auth) = &self.auth {
            expect(
                !auth.keys.is_empty(),
                "`auth.keys` must name at least one file",
            );
            expect(
                !auth.issuer.is_empty(),
                "`auth.issuer` must say who issues tokens",
            );
            expect(
                !auth.audience.is_empty(),
                "`auth.audience` must say for whom tokens are issued",
            );
            for key in &auth.keys {
                expect(
                    key.is_file(),
                    &format!("`auth.keys`: `{}` is not a file", key.display()),
                );
            }
        }
        if let Some(tls) = &self.tls {
            expect(tls.certificate.is_file(), "`tls.certificate` is not a file");
            expect(tls.key.is_file(), "`tls.key` is not a file");
            let open = tls.client_roots.as_os_str().is_empty();
            expect(
                open || tls.client_roots.is_file(),
                "`tls.client_roots` is not a file",
            );
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Values(problems))
        }
    }

    /// Every setting with a value of its type, optional sections too.
    fn example() -> Result<Table, ConfigError> {
        let config = Self {
            nats: Some(Nats::default()),
            traces: Some(Traces::default()),
            auth: Some(Auth::default()),
            tls: Some(Tls::default()),
            ..Self::default()
        };
        Table::try_from(config).map_err(|error| ConfigError::Format(format!("{error}")))
    }
}

/// Sets the value at `path` to `text`, read as the type that the value in `example` has.
fn set(table: &mut Table, example: &Table, path: &[&str], text: &str) -> Result<(), String> {
    let unknown = || "there is no such setting".to_owned();
    let [name, rest @ ..] = path else {
        return Err(unknown());
    };
    match (example.get(*name).ok_or_else(unknown)?, rest) {
        (Value::Table(example), [_, ..]) => {
            let inner = table
                .entry(*name)
                .or_insert_with(|| Value::Table(Table::new()));
            let inner = inner
                .as_table_mut()
                .ok_or("the file has a value where a section is due")?;
            set(inner, example, rest, text)
        }
        (Value::Table(_), []) => Err("this is a section, not a setting".to_owned()),
        (_, [_, ..]) => Err(unknown()),
        (example, []) => {
            table.insert((*name).to_owned(), value_like(example, text)?);
            Ok(())
        }
    }
}

fn value_like(example: &Value, text: &str) -> Result<Value, String> {
    match example {
        Value::Integer(_) => text
            .parse()
            .map(Value::Integer)
            .map_err(|error| error.to_string()),
        Value::Float(_) => text
            .parse()
            .map(Value::Float)
            .map_err(|error| error.to_string()),
        Value::Boolean(_) => text
            .parse()
            .map(Value::Boolean)
            .map_err(|error| error.to_string()),
        Value::Array(_) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Ok(Value::Array(
                items.map(|item| Value::String(item.to_owned())).collect(),
            ))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "[grpc]\nmax_request_bytes = 10\ndeadline = \"2s\"\n";
        let config = Config::read(
            file,
            variables(&[
                ("SHIPMENT__GRPC__MAX_REQUEST_BYTES", "20"),
                ("PATH", "/bin"),
            ]),
        );
        let config = config.expect("both are valid");
        assert_eq!(config.grpc.max_request_bytes, 20);
        assert_eq!(config.grpc.deadline, Duration::from_secs(2));
        assert_eq!(config.grpc.listen.port(), 50051);
    }

    #[test]
    fn unknown_names_and_wrong_types_are_errors() {
        for (name, value) in [
            ("SHIPMENT__GRPC__LISTENS", "0.0.0.0:1"),
            ("SHIPMENT__GRPC", "x"),
            ("SHIPMENT__GRPC__LISTEN__PORT", "1"),
            ("SHIPMENT__GRPC__REFLECTION", "perhaps"),
            ("SHIPMENT__GRPC__DEADLINE", "soon"),
        ] {
            assert!(
                Config::read("", variables(&[(name, value)])).is_err(),
                "{name}={value}"
            );
        }
        assert!(Config::read("[grpcs]\n", []).is_err());
    }

    #[test]
    fn everything_wrong_is_reported_at_once() {
        let file = "[grpc]\nmax_request_bytes = 0\n[store]\nqueue = 0\n[traces]\nratio = 2.0\n";
        let error = Config::read(file, [])
            .expect("well formed")
            .check()
            .expect_err("not valid");
        let text = error.to_string();
        for name in ["grpc.max_request_bytes", "store.queue", "traces.ratio"] {
            assert!(text.contains(name), "{text}");
        }
    }
}
