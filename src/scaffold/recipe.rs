//! Crates that are more than their contract: services written out in full, on top of what every crate has.
//!
//! A recipe brings its contract, and files that take the place of the generic ones or come beside them. They are kept
//! under `templates/`, laid out like the crate, as text without placeholders, so that each can be read and tried as
//! what it is.

use super::file::{Class, Rendered, in_crate};

/// A service that can be had ready-made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// Shipments from the moment they are announced until they are delivered or returned.
    Shipment,
}

/// A file that a recipe brings.
struct Brought {
    path: &'static str,
    class: Class,
    text: &'static str,
}

impl Recipe {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Shipment];

    /// The name it is asked for by, which is the name of its crate.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shipment => "shipment",
        }
    }

    /// The recipe of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|recipe| recipe.name() == name)
    }

    /// The files of its contract, by the names they are imported by.
    pub const fn contract(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Shipment => SHIPMENT_CONTRACT,
        }
    }

    /// Whether the token of a caller says whose data the caller works on.
    pub(super) const fn has_tenants(self) -> bool {
        match self {
            Self::Shipment => true,
        }
    }

    /// Puts its files in the place of the generic ones.
    pub(super) fn apply(self, files: &mut Vec<Rendered>) {
        let brought = self.files();
        files.retain(|file| {
            !self.leaves_out(&file.path)
                && !brought
                    .iter()
                    .any(|brought| in_crate(brought.path) == file.path)
        });
        files.extend(brought.iter().map(|brought| Rendered {
            path: in_crate(brought.path).to_owned(),
            class: brought.class,
            text: brought.text.to_owned(),
            base: None,
            is_fixed: true,
        }));
    }

    /// Whether a generic file has no place in the crate: stubs of what the recipe brings, and their tests.
    fn leaves_out(self, path: &str) -> bool {
        match self {
            Self::Shipment => {
                path == "src/http.rs"
                    || path.starts_with("src/services/")
                    || path.starts_with("tests/it/") && path.ends_with("_service.rs")
            }
        }
    }

    const fn files(self) -> &'static [Brought] {
        match self {
            Self::Shipment => SHIPMENT,
        }
    }
}

macro_rules! brought {
    ($directory:literal: $($path:literal $class:ident;)*) => {
        &[$(Brought {
            path: $path,
            class: Class::$class,
            text: include_str!(concat!("../../templates/", $directory, "/", $path)),
        }),*]
    };
}

macro_rules! contract {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../proto/", $path)))),*]
    };
}

const SHIPMENT_CONTRACT: &[(&str, &str)] = contract![
    "logistics/routing/v1/routing.proto",
    "logistics/shipment/v1/shipment.proto",
    "logistics/tracking/v1/tracking.proto",
];

const SHIPMENT: &[Brought] = brought! { "shipment":
    "Cargo.toml.in" Merged;
    "FIGURES.md" Once;
    "README.md" Merged;
    "clippy.toml" Merged;
    "deploy/docker-compose.yaml" Merged;
    "deploy/kubernetes.yaml" Merged;
    "deploy/prometheus.yaml" Merged;
    "examples/load/drive.rs" Once;
    "examples/load/main.rs" Once;
    "examples/load/options.rs" Once;
    "examples/load/plot.rs" Once;
    "examples/load/report.rs" Once;
    "examples/store.rs" Once;
    "src/bus/catch_up.rs" Once;
    "src/bus/hub.rs" Once;
    "src/bus/mod.rs" Once;
    "src/bus/nats.rs" Once;
    "src/config.rs" Merged;
    "src/connection.rs" Merged;
    "src/domain/countries.rs" Once;
    "src/domain/event.rs" Once;
    "src/domain/geo.rs" Once;
    "src/domain/ids.rs" Once;
    "src/domain/mod.rs" Once;
    "src/domain/refusal.rs" Once;
    "src/domain/shipment.rs" Once;
    "src/domain/status.rs" Once;
    "src/domain/time.rs" Once;
    "src/domain/validate.rs" Once;
    "src/error.rs" Merged;
    "src/http/json.rs" Once;
    "src/http/live.html" Once;
    "src/http/live.rs" Once;
    "src/http/mod.rs" Merged;
    "src/http/rest.rs" Once;
    "src/lib.rs" Merged;
    "src/server.rs" Merged;
    "src/services/encode_once.rs" Once;
    "src/services/live_tracking.rs" Once;
    "src/services/mod.rs" Merged;
    "src/services/routing.rs" Once;
    "src/services/shipment_tracking.rs" Once;
    "src/services/tenant.rs" Once;
    "src/services/update_stream.rs" Once;
    "src/store/backend.rs" Once;
    "src/store/batch.rs" Once;
    "src/store/error.rs" Once;
    "src/store/handle.rs" Once;
    "src/store/memory.rs" Once;
    "src/store/migrations/postgres/0001_initial.sql" Once;
    "src/store/migrations/sqlite/0001_initial.sql" Once;
    "src/store/mod.rs" Once;
    "src/store/postgres/listen.rs" Once;
    "src/store/postgres/mod.rs" Once;
    "src/store/postgres/server.rs" Once;
    "src/store/snapshots.rs" Once;
    "src/store/sqlite/file.rs" Once;
    "src/store/sqlite/mod.rs" Once;
    "src/store/sqlite/readers.rs" Once;
    "src/store/writer.rs" Once;
    "src/trial.jsonl" Once;
    "src/trial.rs" Once;
    "src/whole.rs" Merged;
    "tests/it/browser.rs" Once;
    "tests/it/bulk_ingest.rs" Once;
    "tests/it/connections.rs" Once;
    "tests/it/crash.rs" Once;
    "tests/it/harness.rs" Merged;
    "tests/it/http.rs" Once;
    "tests/it/live_tracking.rs" Once;
    "tests/it/main.rs" Merged;
    "tests/it/parcels.rs" Once;
    "tests/it/peers.rs" Once;
    "tests/it/process.rs" Merged;
    "tests/it/proxy.rs" Once;
    "tests/it/replicas.rs" Once;
    "tests/it/shipments.rs" Once;
    "tests/it/stream_updates.rs" Once;
    "tests/it/tenants.rs" Once;
    "tests/it/trial.rs" Once;
    "tests/it/wrong_input.rs" Once;
};
