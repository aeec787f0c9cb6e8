//! What a user asks for.

use heck::ToShoutySnakeCase;

use crate::scaffold::features::{Features, Store};
use crate::scaffold::recipe::Recipe;
use crate::scaffold::rust;

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
    /// The ready-made service that it is, if it is one.
    pub recipe: Option<Recipe>,
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
            "axum",
            "base64",
            "bytes",
            "core",
            "http",
            "jsonwebtoken",
            "opentelemetry",
            "prost",
            "prost_types",
            "protox",
            "rand",
            "rusqlite",
            "serde",
            "std",
            "test",
            "tokio",
            "toml",
            "tonic",
            "tower",
            "tracing",
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
