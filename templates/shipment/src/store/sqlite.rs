//! A store in one file: SQLite with a write-ahead log that is flushed at every commit.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, ToSql, params, types::Type};

use tokio::sync::{Semaphore, watch};

use crate::bus::Hub;
use crate::config;
use crate::domain::{
    Event, EventId, Instant, Shipment, ShipmentId, ShipmentKey, TenantId,
    event::Ends,
    shipment::{HISTORY_LIMIT, History},
};
use crate::store::{
    Backend, Changes, End, Found, Reader, Selection, Store, StoreError, Wanted, assemble, snapshots,
};

/// Steps from an empty file to the schema of this version, in order. A step that was released is
/// never changed; the next one is added.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/sqlite/0001_initial.sql")];

/// Opens the file, makes it when there is none, and brings its schema up to date.
///
/// # Errors
/// When the file cannot be opened, or was written by a newer version.
pub fn open(config: &config::Store, hub: Arc<Hub>) -> Result<Store, StoreError> {
    let mut connection = connect(&config.path)?;
    migrate(&mut connection)?;
    let backend = Sqlite { connection };
    let reader = Arc::new(Readers {
        path: config.path.clone(),
        idle: Arc::default(),
        permits: Arc::new(Semaphore::new(config.connections)),
    });
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

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = MIGRATIONS.get(version..) else {
        let known = MIGRATIONS.len();
        return Err(StoreError::Damaged(format!(
            "the schema has version {version}, this program knows {known}: start the newer program"
        )));
    };
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()?;
    Ok(())
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

/// Connections for readers. A write-ahead log lets them read beside the writer.
#[derive(Clone)]
struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    /// One for each connection there may be.
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Runs `read` where it may block.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // Nobody closes the semaphore.
        let _permit = self.permits.acquire().await.ok();
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let idle = readers
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let connection = idle.map_or_else(|| connect(&readers.path), Ok)?;
            let result = read(&connection)?;
            readers
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            Ok(result)
        });
        reading
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?
    }
}

#[tonic::async_trait]
impl Reader for Readers {
    async fn shipment(&self, key: &ShipmentKey) -> Result<Option<Shipment>, StoreError> {
        let key = key.clone();
        self.read(move |connection| read_shipment(connection, &key))
            .await
    }

    async fn events(
        &self,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let selection = selection.clone();
        self.read(move |connection| read_events(connection, &selection, after, limit))
            .await
    }

    async fn last_sequence(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(sequence), 0) FROM events";
        self.read(move |connection| Ok(connection.query_row(sql, [], |row| row.get(0))?))
            .await
    }

    async fn recorded_at(&self, sequence: u64) -> Result<Option<Instant>, StoreError> {
        let sql = "SELECT recorded_at FROM events WHERE sequence = ?";
        let read = move |connection: &Connection| {
            Ok(connection
                .query_row(sql, [sequence], |row| row.get(0).map(Instant))
                .optional()?)
        };
        self.read(read).await
    }

    async fn published(&self) -> Result<u64, StoreError> {
        let sql = "SELECT published FROM outbox";
        self.read(move |connection| Ok(connection.query_row(sql, [], |row| row.get(0))?))
            .await
    }
}

fn read_shipment(
    connection: &Connection,
    key: &ShipmentKey,
) -> Result<Option<Shipment>, StoreError> {
    let names = [key.tenant.as_str(), key.shipment.as_str()];
    let mut find = connection.prepare_cached(READ_SHIPMENT)?;
    let found = find.query_row(names, |row| {
        let status = row
            .get::<_, i32>(0)?
            .try_into()
            .map_err(|error| unreadable(0, error))?;
        Ok(Shipment {
            key: key.clone(),
            status,
            ends: Ends {
                origin: row.get::<_, Option<Vec<u8>>>(1)?.map(Bytes::from),
                destination: row.get::<_, Option<Vec<u8>>>(2)?.map(Bytes::from),
            },
            created_at: Instant(row.get(3)?),
            updated_at: Instant(row.get(4)?),
            first_sequence: row.get(5)?,
            last_sequence: row.get(6)?,
            history: History::default(),
        })
    });
    let Some(mut shipment) = found.optional()? else {
        return Ok(None);
    };
    let mut history = connection.prepare_cached(READ_HISTORY)?;
    let mut bodies = history.query(params![shipment.last_sequence, HISTORY_LIMIT])?;
    while let Some(row) = bodies.next()? {
        shipment.history.push(
            row.get_ref(0)?
                .as_blob()
                .map_err(|error| unreadable(0, error))?,
        );
    }
    Ok(Some(shipment))
}

const READ_SHIPMENT: &str =
    "SELECT status, origin, destination, created_at, recorded_at, number, last_sequence
    FROM shipments JOIN heads USING (number) JOIN events ON events.sequence = last_sequence
    WHERE shipments.tenant = ? AND shipments.shipment = ?";

const READ_HISTORY: &str = "WITH RECURSIVE chain (sequence, previous, body) AS (
        SELECT sequence, previous, body FROM events WHERE sequence = ?1
        UNION ALL
        SELECT events.sequence, events.previous, events.body
        FROM chain JOIN events ON events.sequence = chain.previous LIMIT ?2
    ) SELECT body FROM chain ORDER BY sequence";

const READ_SHIPMENTS: &str = "WITH RECURSIVE chain (sequence, previous) AS (
        SELECT events.sequence, events.previous
        FROM shipments JOIN heads USING (number) JOIN events ON events.sequence = last_sequence
        WHERE shipments.tenant = ?3 AND shipments.shipment IN (SELECT value FROM json_each(?4)) AND events.sequence > ?1
        UNION ALL
        SELECT events.sequence, events.previous
        FROM chain JOIN events ON events.sequence = chain.previous WHERE events.sequence > ?1
    ) SELECT sequence, previous, tenant, shipment, event, recorded_at, body
    FROM chain JOIN events USING (sequence, previous) ORDER BY sequence LIMIT ?2";

const READ_TENANT: &str =
    "SELECT * FROM events WHERE sequence > ?1 AND tenant = ?3 ORDER BY sequence LIMIT ?2";

const READ_EVERYTHING: &str = "SELECT * FROM events WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";

fn read_events(
    connection: &Connection,
    selection: &Selection,
    after: u64,
    limit: usize,
) -> Result<Vec<Arc<Event>>, StoreError> {
    let read = |sql, parameters: &[&dyn ToSql]| {
        connection
            .prepare_cached(sql)?
            .query_and_then(parameters, event)?
            .collect()
    };
    match selection {
        Selection::Everything => read(READ_EVERYTHING, params![after, limit]),
        Selection::Tenant(tenant) => read(READ_TENANT, params![after, limit, tenant.as_str()]),
        Selection::Shipments(tenant, shipments) => {
            // Identifiers need no escapes in JSON.
            let shipments: Vec<_> = shipments
                .iter()
                .map(|shipment| format!("\"{shipment}\""))
                .collect();
            let list = format!("[{}]", shipments.join(","));
            read(READ_SHIPMENTS, params![after, limit, tenant.as_str(), list])
        }
    }
}

fn event(row: &Row) -> Result<Arc<Event>, StoreError> {
    Ok(Arc::new(Event {
        sequence: row.get(0)?,
        previous: row.get(1)?,
        key: ShipmentKey {
            tenant: identifier(row, 2, TenantId::parse)?,
            shipment: identifier(row, 3, ShipmentId::parse)?,
        },
        event_id: identifier(row, 4, EventId::parse)?,
        recorded_at: Instant(row.get(5)?),
        body: row.get::<_, Vec<u8>>(6)?.into(),
    }))
}

fn identifier<T>(
    row: &Row,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text = row
        .get_ref(column)?
        .as_str()
        .map_err(|error| unreadable(column, error))?;
    parse(text).ok_or_else(|| unreadable(column, "not an identifier"))
}

fn unreadable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, error.into())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::Damaged(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
