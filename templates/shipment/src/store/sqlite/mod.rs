//! A store in one file: SQLite with a write-ahead log that is flushed at every commit.

mod file;
mod readers;

use std::{sync::Arc, thread};

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::watch;

use crate::bus::Hub;
use crate::config;
use crate::domain::{Instant, ShipmentId};
use crate::store::{
    backend::{Backend, Changes, End, Found, Wanted},
    error::StoreError,
    handle::{Store, assemble},
    snapshots,
};
use file::{connect, migrate};
use readers::{Readers, identifier, read_shipment};

/// Opens the file, makes it when there is none, and brings its schema up to date.
///
/// # Errors
/// When the file cannot be opened, or was written by a newer version.
pub fn open(config: &config::Store, hub: Arc<Hub>) -> Result<Store, StoreError> {
    let mut connection = connect(&config.path)?;
    migrate(&mut connection)?;
    let backend = Sqlite { connection };
    let reader = Arc::new(Readers::new(config.path.clone(), config.connections));
    hub.start_at(backend.end()?.last_sequence);
    let (store, writer) = assemble(
        backend,
        reader,
        snapshots::with_budget(config.memory),
        config.queue,
        hub,
        watch::channel(true).1,
    );
    let runtime = tokio::runtime::Handle::current();
    // The writer spends its time in `fsync`, so it has a thread of its own.
    let thread = thread::Builder::new().name("sqlite-writer".into());
    thread
        .spawn(move || runtime.block_on(writer))
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(store)
}

const INSERT_EVENT: &str = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)";

const INSERT_SHIPMENT: &str = "INSERT INTO shipments VALUES (?, ?, ?, ?, ?, ?)";

const REPLACE_HEAD: &str = "REPLACE INTO heads VALUES (?, ?, ?)";

struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    fn end(&self) -> Result<End, StoreError> {
        let sql = "SELECT sequence, recorded_at FROM events ORDER BY sequence DESC LIMIT 1";
        let last = self.connection.prepare_cached(sql)?.query_row([], |row| {
            Ok(End {
                last_sequence: row.get(0)?,
                last_recorded_at: Instant(row.get(1)?),
            })
        });
        Ok(last.optional()?.unwrap_or_default())
    }

    fn write(&mut self, changes: &Changes) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(INSERT_EVENT)?;
        for event in &changes.events {
            insert.execute(params![
                event.sequence,
                event.previous,
                event.key.tenant.as_str(),
                event.key.shipment.as_str(),
                event.event_id.as_str(),
                event.recorded_at.0,
                &event.body[..],
            ])?;
        }
        let first = changes.events.first().map(|event| event.sequence);
        let mut insert = self.connection.prepare_cached(INSERT_SHIPMENT)?;
        let mut replace = self.connection.prepare_cached(REPLACE_HEAD)?;
        for shipment in &changes.shipments {
            if Some(shipment.first_sequence) >= first {
                insert.execute(params![
                    shipment.first_sequence,
                    shipment.key.tenant.as_str(),
                    shipment.key.shipment.as_str(),
                    shipment.ends.origin.as_deref(),
                    shipment.ends.destination.as_deref(),
                    shipment.created_at.0,
                ])?;
            }
            let status = i32::from(shipment.status);
            replace.execute(params![
                shipment.first_sequence,
                status,
                shipment.last_sequence
            ])?;
        }
        if let Some(published) = changes.published {
            let sql = "UPDATE outbox SET published = max(published, ?)";
            self.connection.prepare_cached(sql)?.execute([published])?;
        }
        self.connection.execute_batch("COMMIT")
    }

    fn find(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        let mut found = Found::default();
        for key in &wanted.shipments {
            let shipment = read_shipment(&self.connection, key)?;
            found.shipments.extend(shipment);
        }
        let sql = "SELECT shipment FROM events WHERE event = ?2 AND tenant = ?1";
        let mut find = self.connection.prepare_cached(sql)?;
        for (tenant, event) in &wanted.events {
            let names = [tenant.as_str(), event.as_str()];
            let shipment = find
                .query_row(names, |row| identifier(row, 0, ShipmentId::parse))
                .optional()?;
            let event = shipment.map(|shipment| (tenant.clone(), event.clone(), shipment));
            found.events.extend(event);
        }
        Ok(found)
    }

    /// Gives up the open transaction, if there is one.
    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}

impl Backend for Sqlite {
    const SOLE_WRITER: bool = true;

    async fn begin(&mut self) -> Result<End, StoreError> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        self.end().inspect_err(|_| self.roll_back())
    }

    async fn read(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        self.find(wanted).inspect_err(|_| self.roll_back())
    }

    async fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        if changes.events.is_empty() && changes.published.is_none() {
            self.roll_back();
            return Ok(());
        }
        Ok(self.write(changes).inspect_err(|_| self.roll_back())?)
    }
}
