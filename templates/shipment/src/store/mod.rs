//! Where shipments and their events are kept.
//!
//! Whatever the database, there is one writer. It takes what has come in since its last commit,
//! decides about it in memory, commits all of it in one transaction, and only then answers
//! ([`writer`]). A database is a [`Backend`] for the writer and a [`Reader`] for everybody else.

pub mod backend;
mod batch;
pub mod error;
pub mod handle;
pub mod memory;
pub mod postgres;
pub mod snapshots;
pub mod sqlite;
pub mod writer;

use std::sync::Arc;

use crate::bus::Hub;
use crate::config::{self, StoreKind};

pub use backend::{Backend, Reader, Selection};
pub use error::StoreError;
pub use handle::Store;

/// Opens the store that `config` describes. What it commits is offered to `hub`.
pub async fn open(config: &config::Store, hub: Arc<Hub>) -> Result<Store, StoreError> {
    match config.kind {
        StoreKind::Memory => Ok(memory::open(config, hub)),
        StoreKind::Sqlite => sqlite::open(config, hub),
        StoreKind::Postgres => postgres::open(config, hub).await,
    }
}
