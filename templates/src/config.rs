//! Settings: the defaults, then a TOML file, then the environment.
//!
//! A variable is named after the path of its setting: `{{ c.env }}__GRPC__LISTEN=0.0.0.0:50051` sets
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

/// What the names of environment variables begin with.
pub const ENVIRONMENT_PREFIX: &str = "{{ c.env }}__";

/// All settings of the service.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The gRPC server.
    pub grpc: Grpc,
{%- if c.http %}
    /// The HTTP server.
    pub http: Http,
{%- endif %}
{%- if c.stores %}
    /// Where resources are kept.
    pub store: Store,
{%- endif %}
    /// What happens between the signal and the end.
    pub shutdown: Shutdown,
    /// The log.
    pub log: Log,
{%- if c.traces %}
    /// Traces over OTLP; none are sent without this section.
    pub traces: Option<Traces>,
{%- endif %}
{%- if c.auth %}
    /// Tokens of callers; none are asked for without this section.
    pub auth: Option<Auth>,
{%- endif %}
{%- if c.tls %}
    /// Transport security; without this section connections are in plain text.
    pub tls: Option<Tls>,
{%- endif %}
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
    /// How long a connection may be silent before it is probed.
    #[serde(with = "humantime_serde")]
    pub keepalive_interval: Duration,
    /// How long the answer to a probe may take before the connection is closed.
    #[serde(with = "humantime_serde")]
    pub keepalive_timeout: Duration,
    /// Age at which a connection is closed gently, so that clients find new servers.
    #[serde(with = "humantime_serde")]
    pub max_connection_age: Duration,
{%- if c.reflection %}
    /// Whether clients may ask for the contract.
    pub reflection: bool,
{%- endif %}
}

impl Default for Grpc {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 50051)),
            max_request_bytes: 4 * 1024 * 1024,
            max_response_bytes: 4 * 1024 * 1024,
            max_streams_per_connection: 1000,
            deadline: Duration::from_secs({{ c.plan.periods.deadline }}),
            keepalive_interval: Duration::from_secs(10),
            keepalive_timeout: Duration::from_secs(5),
            max_connection_age: Duration::from_secs(30 * 60),
{%- if c.reflection %}
            reflection: true,
{%- endif %}
        }
    }
}
{%- if c.http %}

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
{%- endif %}
{%- if c.stores %}

/// Where resources are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
{%- if c.sqlite %}
    /// The database file.
    pub path: PathBuf,
{%- endif %}
{%- if c.postgres %}
    /// Where the database is: `postgres://user:password@host/database`.
    pub url: String,
    /// Connections that reads share.
    pub connections: usize,
{%- endif %}
    /// Writes that may wait; more are refused.
    pub queue: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self {
{%- if c.sqlite %}
            path: PathBuf::from("{{ c.package }}.db"),
{%- endif %}
{%- if c.postgres %}
            url: "postgres://{{ c.package }}@localhost/{{ c.package }}".to_owned(),
            connections: 16,
{%- endif %}
            queue: 1024,
        }
    }
}
{%- endif %}

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
            drain: Duration::from_secs({{ c.plan.periods.drain }}),
            timeout: Duration::from_secs({{ c.plan.periods.deadline }}),
        }
    }
}

/// The log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What is logged, as in `info,{{ c.lib }}=debug`.
    pub filter: String,
    /// `json` for machines or `text` for people.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
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
{%- if c.traces %}

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
{%- endif %}
{%- if c.auth %}

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
            audience: "{{ c.package }}".to_owned(),
            leeway: Duration::from_secs(5),
        }
    }
}
{%- endif %}
{%- if c.tls %}

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
{%- endif %}

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
        let config = Self::read(&file, environment)?;
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
{%- if c.http %}
        expect(
            self.grpc.listen.port() == 0 || self.grpc.listen != self.http.listen,
            "`grpc.listen` and `http.listen` must differ",
        );
{%- endif %}
{%- if c.stores %}
        expect(self.store.queue > 0, "`store.queue` must be more than 0");
{%- endif %}
{%- if c.traces %}
        if let Some(traces) = &self.traces {
            expect(
                (0.0..=1.0).contains(&traces.ratio),
                "`traces.ratio` must be from 0 to 1",
            );
        }
{%- endif %}
{%- if c.auth %}
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
{%- endif %}
{%- if c.tls %}
        if let Some(tls) = &self.tls {
            expect(tls.certificate.is_file(), "`tls.certificate` is not a file");
            expect(tls.key.is_file(), "`tls.key` is not a file");
            let open = tls.client_roots.as_os_str().is_empty();
            expect(
                open || tls.client_roots.is_file(),
                "`tls.client_roots` is not a file",
            );
        }
{%- endif %}
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Values(problems))
        }
    }

    /// Every setting with a value of its type, optional sections too.
    fn example() -> Result<Table, ConfigError> {
{%- if c.has_optional_sections() %}
        let config = Self {
{%- if c.traces %}
            traces: Some(Traces::default()),
{%- endif %}
{%- if c.auth %}
            auth: Some(Auth::default()),
{%- endif %}
{%- if c.tls %}
            tls: Some(Tls::default()),
{%- endif %}
            ..Self::default()
        };
{%- else %}
        let config = Self::default();
{%- endif %}
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
            variables(&[("{{ c.env }}__GRPC__MAX_REQUEST_BYTES", "20"), ("PATH", "/bin")]),
        );
        let config = config.expect("both are valid");
        assert_eq!(config.grpc.max_request_bytes, 20);
        assert_eq!(config.grpc.deadline, Duration::from_secs(2));
        assert_eq!(config.grpc.listen.port(), 50051);
    }

    #[test]
    fn unknown_names_and_wrong_types_are_errors() {
        for (name, value) in [
            ("{{ c.env }}__GRPC__LISTENS", "0.0.0.0:1"),
            ("{{ c.env }}__GRPC", "x"),
            ("{{ c.env }}__GRPC__LISTEN__PORT", "1"),
            ("{{ c.env }}__GRPC__MAX_REQUEST_BYTES", "many"),
            ("{{ c.env }}__GRPC__DEADLINE", "soon"),
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
        let file = "[grpc]\nmax_request_bytes = 0\nmax_streams_per_connection = 0\n";
        let config = Config::read(file, []).expect("well formed");
        let text = config.check().expect_err("not valid").to_string();
        for name in ["grpc.max_request_bytes", "grpc.max_streams_per_connection"] {
            assert!(text.contains(name), "{text}");
        }
    }
}
