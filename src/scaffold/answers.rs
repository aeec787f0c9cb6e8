//! What a user asks for.

use heck::ToShoutySnakeCase;

use super::features::{Features, Store};
use super::recipe::Recipe;
use super::rust;

/// What a user asks for. It is kept in the lock file, so that an update needs no questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The name of the crate.
    pub name: CrateName,
    /// Full names of the services to serve; empty for all of the files that were given.
    pub services: Vec<String>,
    /// Its parts.
    pub features: Features,
    /// Where resources are kept.
    pub store: Store,
    /// Whether the contract is a crate of its own, in a workspace with that of the server.
    pub workspace: bool,
    /// The ready-made service that it is, if it is one.
    pub recipe: Option<Recipe>,
}

impl Answers {
    /// What is asked of the generic crate that a ready-made service stands on.
    pub fn ready_made(recipe: Recipe) -> Result<Self, String> {
        Ok(Self {
            name: CrateName::new(recipe.name())?,
            services: Vec::new(),
            features: Features::production(),
            store: Store::None,
            workspace: false,
            recipe: Some(recipe),
        })
    }
}

/// A name that cargo takes for a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrateName(String);

impl CrateName {
    /// Checks a name: ASCII letters, digits, `-` and `_`, beginning with a letter; no keyword and no crate that the
    /// generated one depends on.
    pub fn new(name: &str) -> Result<Self, String> {
        const TAKEN: &[&str] = &[
            "alloc",
            "argon2",
            "async_nats",
            "axum",
            "base64",
            "bytes",
            "config",
            "core",
            "deadpool_postgres",
            "futures_util",
            "http",
            "http_body",
            "http_body_util",
            "humantime_serde",
            "jsonwebtoken",
            "nix",
            "opentelemetry",
            "opentelemetry_http",
            "opentelemetry_otlp",
            "opentelemetry_proto",
            "opentelemetry_sdk",
            "percent_encoding",
            "prometheus_client",
            "prost",
            "prost_reflect",
            "prost_types",
            "protox",
            "rand",
            "rcgen",
            "rusqlite",
            "serde",
            "serde_json",
            "smart_default",
            "std",
            "tempfile",
            "test",
            "thiserror",
            "tokio",
            "tokio_postgres",
            "tokio_stream",
            "tokio_util",
            "toml",
            "tonic",
            "tonic_health",
            "tonic_prost",
            "tonic_prost_build",
            "tonic_reflection",
            "tonic_types",
            "tower",
            "tracing",
            "tracing_opentelemetry",
            "tracing_subscriber",
            "uuid",
        ];
        let ident = name.replace('-', "_");
        let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
        if !is_word {
            return Err(format!(
                "`{name}` is no name for a crate: use lower-case letters, digits and `-`, beginning with a letter"
            ));
        }
        if TAKEN.contains(&ident.as_str()) || rust::is_keyword(&ident) {
            return Err(format!(
                "`{name}` is taken by Rust or by a crate that the service depends on: choose another name"
            ));
        }
        Ok(Self(name.to_owned()))
    }

    /// As it is written in `Cargo.toml`.
    pub fn package(&self) -> &str {
        &self.0
    }

    /// As it is written in Rust.
    pub fn ident(&self) -> String {
        self.0.replace('-', "_")
    }

    /// What the names of environment variables begin with.
    pub fn environment(&self) -> String {
        self.0.to_shouty_snake_case()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cargo_or_rust_would_refuse_are_refused() {
        for good in ["users", "user-service", "v2", "a_b"] {
            assert!(CrateName::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Users",
            "2fast",
            "tonic",
            "prost-types",
            "self",
            "type",
            "a b",
            "../x",
        ] {
            assert!(CrateName::new(bad).is_err(), "{bad}");
        }
    }
}
