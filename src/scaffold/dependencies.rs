//! The crates that a generated crate depends on, with their versions and features.

use std::collections::BTreeMap;

use super::features::{Feature, Store};
use super::plan::Plan;

/// A crate that is depended on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: &'static str,
    /// The versions that will do.
    version: &'static str,
    /// Whether it has the features that it has by default.
    has_defaults: bool,
    /// The features it has besides.
    features: Vec<&'static str>,
}

impl Dependency {
    /// A crate with the features that it has by default.
    fn plain(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            has_defaults: true,
            features: Vec::new(),
        }
    }

    /// A crate without the features that it has by default.
    fn bare(name: &'static str, version: &'static str) -> Self {
        Self {
            has_defaults: false,
            ..Self::plain(name, version)
        }
    }

    fn with(mut self, features: &[&'static str]) -> Self {
        self.features.extend(features);
        self
    }

    fn with_if(self, condition: bool, feature: &'static str) -> Self {
        if condition {
            self.with(&[feature])
        } else {
            self
        }
    }

    /// Its line in a manifest that stands alone.
    pub fn alone(&self) -> String {
        let defaults = if self.has_defaults {
            None
        } else {
            Some("default-features = false".to_owned())
        };
        if defaults.is_none() && self.features.is_empty() {
            return format!("{} = \"{}\"", self.name, self.version);
        }
        let version = format!("version = \"{}\"", self.version);
        self.table([Some(version), defaults, self.listed_features()])
    }

    /// Its line in a manifest that takes the version from the workspace.
    pub fn inherited(&self, shared: &Self) -> String {
        let defaults = (self.has_defaults && !shared.has_defaults)
            .then(|| "default-features = true".to_owned());
        if defaults.is_none() && self.features.is_empty() {
            return format!("{}.workspace = true", self.name);
        }
        let workspace = Some("workspace = true".to_owned());
        self.table([workspace, defaults, self.listed_features()])
    }

    fn listed_features(&self) -> Option<String> {
        let names: Vec<_> = self.features.iter().map(|it| format!("\"{it}\"")).collect();
        (!names.is_empty()).then(|| format!("features = [{}]", names.join(", ")))
    }

    fn table(&self, entries: [Option<String>; 3]) -> String {
        let entries: Vec<_> = entries.into_iter().flatten().collect();
        format!("{} = {{ {} }}", self.name, entries.join(", "))
    }
}

/// What a crate depends on, each list sorted by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependencies {
    /// The code.
    pub normal: Vec<Dependency>,
    /// The build script.
    pub build: Vec<Dependency>,
    /// The tests.
    pub dev: Vec<Dependency>,
}

impl Dependencies {
    /// What the crate with the messages, servers and clients depends on.
    pub fn of_contract(plan: &Plan) -> Self {
        let mut build = vec![
            Dependency::plain("protox", "0.10"),
            Dependency::plain("tonic-prost-build", "0.14"),
        ];
        if !plan.lowered.amendments.is_empty() {
            build.extend([
                Dependency::plain("prost", "0.14"),
                Dependency::plain("prost-reflect", "0.16"),
                Dependency::plain("prost-types", "0.14"),
            ]);
        }
        Self {
            normal: vec![
                Dependency::plain("prost", "0.14"),
                Dependency::plain("prost-types", "0.14"),
                // Connections are the business of who uses the crate.
                Dependency::bare("tonic", "0.14").with(&["codegen"]),
                Dependency::plain("tonic-prost", "0.14"),
            ],
            build: sorted([build]),
            dev: Vec::new(),
        }
    }

    /// What the crate with the server depends on besides the contract's.
    pub fn of_service(plan: &Plan) -> Self {
        Self {
            normal: sorted([
                always(plan),
                of_features(plan),
                of_resources(plan),
                of_stores(plan),
            ]),
            build: Vec::new(),
            dev: sorted([dev(plan)]),
        }
    }

    /// What a crate depends on that is both.
    pub fn of_both(plan: &Plan) -> Self {
        let service = Self::of_service(plan);
        let contract = Self::of_contract(plan);
        let is_new = |it: &Dependency| !service.normal.iter().any(|other| other.name == it.name);
        let more = contract.normal.into_iter().filter(is_new).collect();
        Self {
            normal: sorted([service.normal.clone(), more]),
            build: contract.build,
            dev: service.dev,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Dependency> {
        self.normal.iter().chain(&self.build).chain(&self.dev)
    }
}

/// The versions that the crates of a workspace share, sorted by name. Features are each crate's own; those by default
/// are left out as soon as one crate does without them.
pub fn shared(crates: &[Dependencies]) -> Vec<Dependency> {
    let mut shared: BTreeMap<&str, Dependency> = BTreeMap::new();
    for dependency in crates.iter().flat_map(Dependencies::all) {
        let Dependency { name, version, .. } = *dependency;
        let entry = shared
            .entry(name)
            .or_insert_with(|| Dependency::plain(name, version));
        entry.has_defaults &= dependency.has_defaults;
    }
    shared.into_values().collect()
}

fn sorted<const N: usize>(lists: [Vec<Dependency>; N]) -> Vec<Dependency> {
    let mut all: Vec<_> = lists.into_iter().flatten().collect();
    all.sort_by_key(|dependency| dependency.name);
    all
}

fn always(plan: &Plan) -> Vec<Dependency> {
    let tls = plan.has(Feature::Tls) || plan.has(Feature::Clients);
    vec![
        Dependency::plain("bytes", "1"),
        Dependency::bare("config", "0.15").with(&["toml"]),
        Dependency::bare("futures-util", "0.3").with(&["std"]),
        Dependency::plain("http", "1"),
        Dependency::plain("http-body", "1"),
        Dependency::plain("humantime-serde", "1.1"),
        Dependency::plain("serde", "1").with(&["derive"]),
        Dependency::plain("smart-default", "0.7"),
        Dependency::plain("thiserror", "2"),
        Dependency::plain("tokio", "1").with(&[
            "macros",
            "net",
            "rt-multi-thread",
            "signal",
            "sync",
            "time",
        ]),
        Dependency::plain("tokio-util", "0.7").with_if(plan.relays(), "rt"),
        Dependency::plain("tonic", "0.14")
            .with(&["gzip"])
            .with_if(tls, "tls-ring"),
        Dependency::plain("tonic-types", "0.14"),
        Dependency::plain("tower", "0.5").with(&["util"]),
        Dependency::plain("tracing", "0.1"),
        Dependency::plain("tracing-subscriber", "0.3").with(&["env-filter", "json"]),
    ]
}

fn of_features(plan: &Plan) -> Vec<Dependency> {
    let mut all = Vec::new();
    if plan.has(Feature::Auth) {
        all.push(Dependency::bare("jsonwebtoken", "11").with(&["rust_crypto", "use_pem"]));
    }
    if plan.has(Feature::Clients) {
        all.extend([
            Dependency::plain("http-body-util", "0.1"),
            Dependency::plain("rand", "0.10"),
        ]);
    }
    if plan.has(Feature::Health) {
        all.push(Dependency::plain("tonic-health", "0.14"));
    }
    if plan.has(Feature::Http) {
        let axum = Dependency::bare("axum", "0.8").with(&["http1"]);
        all.push(axum.with_if(plan.serves_rest(), "query").with(&["tokio"]));
    }
    if plan.has(Feature::Metrics) {
        all.push(Dependency::plain("prometheus-client", "0.25"));
    }
    if plan.has(Feature::Reflection) {
        all.push(Dependency::plain("tonic-reflection", "0.14"));
    }
    if plan.has(Feature::Traces) {
        all.extend([
            Dependency::bare("opentelemetry", "0.33").with(&["trace"]),
            Dependency::bare("opentelemetry-http", "0.33"),
            Dependency::bare("opentelemetry-otlp", "0.33").with(&["grpc-tonic", "trace"]),
            Dependency::bare("opentelemetry_sdk", "0.33").with(&["trace"]),
            Dependency::bare("tracing-opentelemetry", "0.34"),
        ]);
    }
    all
}

/// What handles messages by name, and the resources among them.
fn of_resources(plan: &Plan) -> Vec<Dependency> {
    let mut all = Vec::new();
    if plan.stores() || plan.serves_rest() {
        all.extend([
            Dependency::plain("prost", "0.14"),
            Dependency::plain("prost-reflect", "0.16").with_if(plan.serves_rest(), "serde"),
        ]);
    }
    if plan.serves_rest() {
        all.extend([
            Dependency::plain("percent-encoding", "2"),
            Dependency::plain("serde_json", "1"),
        ]);
    }
    if plan.stores() || plan.names_well_known_types() {
        all.push(Dependency::plain("prost-types", "0.14"));
    }
    if plan.stores() {
        all.extend([
            Dependency::plain("base64", "0.23"),
            Dependency::plain("uuid", "1").with(&["v7"]),
        ]);
    }
    if plan.has_secrets() {
        all.push(Dependency::plain("argon2", "0.6"));
    }
    all
}

fn of_stores(plan: &Plan) -> Vec<Dependency> {
    let mut all = Vec::new();
    if plan.stores_in(Store::Sqlite) {
        all.push(Dependency::plain("rusqlite", "0.41").with(&["bundled"]));
    }
    if plan.stores_in(Store::Postgres) {
        all.extend([
            Dependency::plain("deadpool-postgres", "0.14").with(&["rt_tokio_1"]),
            Dependency::plain("tokio-postgres", "0.7"),
        ]);
    }
    if plan.relays() {
        let nats = Dependency::bare("async-nats", "0.51");
        all.push(nats.with(&["jetstream", "nuid", "ring"]));
    }
    all
}

fn dev(plan: &Plan) -> Vec<Dependency> {
    let postgres = plan.stores_in(Store::Postgres);
    let mut all = vec![
        Dependency::plain("nix", "0.31")
            .with(&["signal"])
            .with_if(postgres, "fs")
            .with_if(postgres, "user"),
        Dependency::plain("tempfile", "3"),
        Dependency::plain("tokio", "1").with(&["io-util", "test-util"]),
        Dependency::plain("tokio-stream", "0.1"),
    ];
    if !plan.has(Feature::Clients) {
        all.push(Dependency::plain("http-body-util", "0.1"));
    } else if !plan.has(Feature::Http) {
        all.push(Dependency::bare("axum", "0.8"));
    }
    if !plan.serves_rest() {
        all.push(Dependency::plain("serde_json", "1"));
    }
    if plan.has(Feature::Tls) {
        all.push(Dependency::plain("rcgen", "0.14"));
    }
    if plan.has(Feature::Traces) {
        all.push(Dependency::bare("opentelemetry-proto", "0.33").with(&["gen-tonic", "trace"]));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_no_more_than_it_must() {
        let plain = Dependency::plain("http", "1");
        let bare = Dependency::bare("http", "1").with(&["std"]);
        assert_eq!(plain.alone(), "http = \"1\"");
        assert_eq!(
            bare.alone(),
            "http = { version = \"1\", default-features = false, features = [\"std\"] }"
        );
        assert_eq!(plain.inherited(&plain), "http.workspace = true");
        assert_eq!(
            plain.inherited(&bare),
            "http = { workspace = true, default-features = true }"
        );
        assert_eq!(
            bare.inherited(&bare),
            "http = { workspace = true, features = [\"std\"] }"
        );
    }
}
