//! Settings: the defaults, then a TOML file, then the environment.
//!
//! A variable is named after the path of its setting: `{{ c.env }}__GRPC__LISTEN=0.0.0.0:50051` sets
//! `listen` in `[grpc]`. Names that do not exist are errors, so that a misspelt one is not ignored.

use std::{
    collections::HashMap,
    env,
    ffi::OsStr,
    fs,
    net::{Ipv4Addr, SocketAddr},
{%- if c.auth || c.tls || c.sqlite %}
    path::PathBuf,
{%- endif %}
    time::Duration,
};

use ::config::{ConfigError, Environment, File, FileFormat};
use serde::{% if c.auth %}{Deserialize, Deserializer}{% else %}Deserialize{% endif %};
use smart_default::SmartDefault;
use tower::BoxError;

/// What the names of environment variables begin with.
const PREFIX: &str = "{{ c.env }}";

/// All settings of the service.
#[derive(Clone, Debug, Default, Deserialize)]
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
{%- if c.nats %}
    /// NATS, which tells other services of changes; they hear nothing without this section.
    pub nats: Option<Nats>,
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
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grpc {
    /// Address and port to listen on.
    #[default(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 50051)))]
    pub listen: SocketAddr,
    /// Largest request in bytes.
    #[default(4 * 1024 * 1024)]
    pub max_request_bytes: usize,
    /// Largest answer in bytes.
    #[default(4 * 1024 * 1024)]
    pub max_response_bytes: usize,
    /// Calls that one connection may have open.
    #[default(1000)]
    pub max_streams_per_connection: u32,
    /// Longest time for a call that is not a stream; a client may ask for less.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs({{ c.plan.periods.deadline }}))]
    pub deadline: Duration,
    /// How long a connection may be silent before it is probed.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(10))]
    pub keepalive_interval: Duration,
    /// How long the answer to a probe may take before the connection is closed.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(5))]
    pub keepalive_timeout: Duration,
    /// Age at which a connection is closed gently, so that clients find new servers.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(30 * 60))]
    pub max_connection_age: Duration,
{%- if c.reflection %}
    /// Whether clients may ask for the contract.
    #[default(true)]
    pub reflection: bool,
{%- endif %}
}
{%- if c.http %}

/// The HTTP server.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port to listen on.
    #[default(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)))]
    pub listen: SocketAddr,
}
{%- endif %}
{%- if c.stores %}

/// Where resources are kept.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
{%- if c.sqlite %}
    /// The database file.
    #[default(PathBuf::from("{{ c.package }}.db"))]
    pub path: PathBuf,
{%- endif %}
{%- if c.postgres %}
    /// Where the database is: `postgres://user:password@host/database`.
    #[default("postgres://{{ c.package }}@localhost/{{ c.package }}".to_owned())]
    pub url: String,
    /// Connections that reads share.
    #[default(16)]
    pub connections: usize,
{%- endif %}
    /// Writes that may wait; more are refused.
    #[default(1024)]
    pub queue: usize,
}
{%- endif %}

{%- if c.nats %}

/// NATS `JetStream`.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nats {
    /// The server, as in `nats://host:4222`; several between commas.
    #[default("nats://localhost:4222".to_owned())]
    pub url: String,
    /// Name of the stream. It is made when there is none, and nobody else may write to it.
    #[default("{{ c.package }}".to_owned())]
    pub stream: String,
    /// What subjects begin with: `PREFIX.Type.created`, `updated` or `deleted`.
    #[default("{{ c.package }}".to_owned())]
    pub subject: String,
}
{%- endif %}

/// What happens between the signal and the end.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shutdown {
    /// How long calls are still served while load balancers learn that the server goes away.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs({{ c.plan.periods.drain }}))]
    pub drain: Duration,
    /// How long calls may take to finish after that.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs({{ c.plan.periods.deadline }}))]
    pub timeout: Duration,
}

/// The log.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What is logged, as in `info,{{ c.lib }}=debug`.
    #[default("info".to_owned())]
    pub filter: String,
    /// `json` for machines or `text` for people.
    #[default(LogFormat::Json)]
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Words.
    Text,
}
{%- if c.traces %}

/// Traces over OTLP.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Traces {
    /// URL of the collector's gRPC port.
    #[default("http://localhost:4317".to_owned())]
    pub endpoint: String,
    /// Share of the traces begun here that are sent, 0 to 1. A caller's decision is kept.
    #[default(1.0)]
    pub ratio: f64,
}
{%- endif %}
{%- if c.auth %}

/// Tokens of callers, JWT in the `authorization` header.
#[derive(Clone, Debug, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// `HS256`, `RS256`, `ES256` or `EdDSA`; a token that says otherwise is refused.
    #[default(jsonwebtoken::Algorithm::EdDSA)]
    pub algorithm: jsonwebtoken::Algorithm,
    /// Files with the keys to check with, PEM or, for `HS256`, the secret. Any of them may fit, so
    /// that keys can be changed without a gap.
    #[serde(deserialize_with = "list")]
    pub keys: Vec<PathBuf>,
    /// Who must have issued the token.
    pub issuer: String,
    /// For whom the token must have been issued.
    #[default("{{ c.package }}".to_owned())]
    pub audience: String,
    /// How far clocks may differ.
    #[serde(with = "humantime_serde")]
    #[default(Duration::from_secs(5))]
    pub leeway: Duration,
}
{%- endif %}
{%- if c.tls %}

/// Transport security.
#[derive(Clone, Debug, Default, Deserialize)]
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

impl Config {
    /// Reads the file if there is one, then the environment, and checks the result.
    pub fn load(path: Option<&OsStr>) -> Result<Self, BoxError> {
        let file = match path {
            None => String::new(),
            Some(path) => fs::read_to_string(path)
                .map_err(|error| format!("cannot read the configuration `{}`: {error}", path.display()))?,
        };
        let variables = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let config = Self::read(&file, variables.collect())
            .map_err(|error| format!("the configuration is not valid: {error}"))?;
        config.check()?;
        Ok(config)
    }

    /// Reads settings from the text of a file and from variables, which win.
    pub fn read(file: &str, variables: HashMap<String, String>) -> Result<Self, ConfigError> {
        let variables = Environment::with_prefix(PREFIX)
            .prefix_separator("__")
            .separator("__")
            .source(Some(variables));
        ::config::Config::builder()
            .add_source(File::from_str(file, FileFormat::Toml))
            .add_source(variables)
            .build()?
            .try_deserialize()
    }

    /// Checks what the types do not say, and reports everything that is wrong at once.
    pub fn check(&self) -> Result<(), String> {
        let zeros = [
            ("grpc.max_request_bytes", self.grpc.max_request_bytes == 0),
            ("grpc.max_response_bytes", self.grpc.max_response_bytes == 0),
            ("grpc.max_streams_per_connection", self.grpc.max_streams_per_connection == 0),
            ("grpc.deadline", self.grpc.deadline.is_zero()),
            ("grpc.keepalive_interval", self.grpc.keepalive_interval.is_zero()),
{%- if c.stores %}
            ("store.queue", self.store.queue == 0),
{%- endif %}
        ];
        let zeros = zeros.into_iter().filter(|(_, is_zero)| *is_zero);
{%- if c.http || c.traces || c.auth || c.tls %}
        let mut problems: Vec<_> =
            zeros.map(|(name, _)| format!("`{name}` must be more than 0")).collect();
        let mut expect = |holds: bool, problem: &str| {
            if !holds {
                problems.push(problem.to_owned());
            }
        };
{%- else %}
        let problems: Vec<_> =
            zeros.map(|(name, _)| format!("`{name}` must be more than 0")).collect();
{%- endif %}
{%- if c.http %}
        let differ = self.grpc.listen.port() == 0 || self.grpc.listen != self.http.listen;
        expect(differ, "`grpc.listen` and `http.listen` must differ");
{%- endif %}
{%- if c.traces %}
        if let Some(traces) = &self.traces {
            let is_share = (0.0..=1.0).contains(&traces.ratio);
            expect(is_share, "`traces.ratio` must be from 0 to 1");
        }
{%- endif %}
{%- if c.auth %}
        if let Some(auth) = &self.auth {
            expect(!auth.keys.is_empty(), "`auth.keys` must name at least one file");
            expect(!auth.issuer.is_empty(), "`auth.issuer` must say who issues tokens");
            expect(!auth.audience.is_empty(), "`auth.audience` must say for whom they are");
        }
        for key in self.auth.iter().flat_map(|auth| &auth.keys) {
            expect(key.is_file(), &format!("`auth.keys`: `{}` is not a file", key.display()));
        }
{%- endif %}
{%- if c.tls %}
        for (name, file) in self.tls.iter().flat_map(Tls::files) {
            expect(file.is_file(), &format!("`{name}`: `{}` is not a file", file.display()));
        }
{%- endif %}
        if problems.is_empty() {
            return Ok(());
        }
        Err(format!("the configuration is not valid:\n  {}", problems.join("\n  ")))
    }
}

{%- if c.tls %}

impl Tls {
    /// The files that are named, with the settings that name them.
    fn files(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let roots = ("tls.client_roots", &self.client_roots);
        let roots = Some(roots).filter(|(_, file)| !file.as_os_str().is_empty());
        let files = [("tls.certificate", &self.certificate), ("tls.key", &self.key)];
        files.into_iter().chain(roots)
    }
}
{%- endif %}
{%- if c.auth %}

/// Reads a list, or what stands between commas in a variable.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum List {
        Of(Vec<PathBuf>),
        Between(String),
    }
    Ok(match List::deserialize(deserializer)? {
        List::Of(files) => files,
        List::Between(commas) => commas.split(',').map(|file| file.trim().into()).collect(),
    })
}
{%- endif %}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> HashMap<String, String> {
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
        assert!(Config::read("[grpcs]\n", HashMap::new()).is_err());
    }

    #[test]
    fn everything_wrong_is_reported_at_once() {
        let file = "[grpc]\nmax_request_bytes = 0\nmax_streams_per_connection = 0\n";
        let config = Config::read(file, HashMap::new()).expect("well formed");
        let text = config.check().expect_err("not valid");
        for name in ["grpc.max_request_bytes", "grpc.max_streams_per_connection"] {
            assert!(text.contains(name), "{text}");
        }
    }
}
