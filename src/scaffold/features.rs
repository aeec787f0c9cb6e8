//! What a generated crate can have, and the presets that choose among it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Declares the features: a variant, its name, and what it adds.
macro_rules! features {
    ($($variant:ident $name:literal $about:literal,)*) => {
        /// A part of the crate that is rendered only when it is asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $(#[doc = $about] $variant,)*
        }

        impl Feature {
            /// All of them, in the order they are listed.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name it is asked for by.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What it adds, in a few words.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $about),* }
            }
        }
    };
}

features! {
    Health "health" "health checks, Check and Watch",
    Reflection "reflection" "reflection, v1 and v1alpha",
    Http "http" "an HTTP port with liveness and readiness, and REST where the contract has rules for it",
    Metrics "metrics" "counts for Prometheus on the HTTP port",
    Traces "traces" "traces over OTLP, in and out",
    Auth "auth" "JSON web tokens with a scope for each method",
    Tls "tls" "TLS, with certificates of clients",
    Clients "clients" "channels to other services: balanced, with retries, budget and circuit breaker",
    Nats "nats" "changes told to other services over NATS JetStream, from an outbox in the database",
    Docker "docker" "a Dockerfile and a Compose file",
    Kubernetes "kubernetes" "manifests with probes and derived grace periods",
    Envoy "envoy" "a proxy configuration with timeouts and retries by method",
    Workflow "workflow" "a GitHub workflow that checks contract and crate",
}

impl Feature {
    /// What it needs besides itself.
    const fn needs(self) -> &'static [Self] {
        match self {
            Self::Metrics => &[Self::Http],
            Self::Kubernetes => &[Self::Health, Self::Http],
            Self::Envoy => &[Self::Health],
            _ => &[],
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no feature and no preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFeature(pub String);

impl fmt::Display for UnknownFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no feature `{}`; there are `minimal`, `production`",
            self.0
        )?;
        for feature in Feature::ALL {
            write!(f, ", `{feature}`")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownFeature {}

/// A set of features, closed under what they need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Features(BTreeSet<Feature>);

impl Features {
    /// What every service should have: health, reflection, and nothing more.
    pub fn minimal() -> Self {
        [Feature::Health, Feature::Reflection].into_iter().collect()
    }

    /// Everything.
    pub fn production() -> Self {
        Feature::ALL.iter().copied().collect()
    }

    /// Whether it is among them.
    pub fn has(&self, feature: Feature) -> bool {
        self.0.contains(&feature)
    }

    /// Them, in the order they are listed.
    pub fn iter(&self) -> impl Iterator<Item = Feature> {
        self.0.iter().copied()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        let mut all = BTreeSet::new();
        let mut open: Vec<Feature> = features.into_iter().collect();
        while let Some(feature) = open.pop() {
            if all.insert(feature) {
                open.extend(feature.needs());
            }
        }
        Self(all)
    }
}

impl FromStr for Features {
    type Err = UnknownFeature;

    /// Reads names between commas; each is a feature or a preset.
    fn from_str(text: &str) -> Result<Self, UnknownFeature> {
        let mut features = Vec::new();
        for name in text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            match name {
                "minimal" => features.extend(Self::minimal().iter()),
                "production" => features.extend(Self::production().iter()),
                _ => {
                    let found = Feature::ALL.iter().find(|feature| feature.name() == name);
                    features.push(*found.ok_or_else(|| UnknownFeature(name.to_owned()))?);
                }
            }
        }
        Ok(features.into_iter().collect())
    }
}

impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Feature::name).collect();
        f.write_str(&names.join(","))
    }
}

/// Where the standard methods keep their resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Store {
    /// Nowhere: every rpc is a stub.
    #[default]
    None,
    /// In memory, lost with the process.
    Memory,
    /// In a SQLite file.
    Sqlite,
    /// In PostgreSQL, which several servers share.
    Postgres,
}

impl Store {
    /// All of them.
    pub const ALL: &[Self] = &[Self::None, Self::Memory, Self::Sqlite, Self::Postgres];

    /// The name it is asked for by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl FromStr for Store {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|store| store.name() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL
                    .iter()
                    .map(|store| format!("`{}`", store.name()))
                    .collect();
                format!("there is no store `{text}`; there are {}", names.join(", "))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_brings_what_it_needs() {
        let features: Features = "metrics".parse().expect("it is known");
        assert!(features.has(Feature::Http));
        assert_eq!(features.to_string(), "http,metrics");
    }

    #[test]
    fn presets_and_features_mix() {
        let features: Features = "minimal, auth".parse().expect("they are known");
        assert_eq!(features.to_string(), "health,reflection,auth");
        assert!("minimal,ouath".parse::<Features>().is_err());
    }
}
