//! Resources in a file of `SQLite`.
//!
//! One thread writes. It takes all writes that wait, applies them in one transaction and answers
//! once the transaction is on the disk, so that many callers share the cost of one flush.

mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::{ {%- if c.nats %}KINDS, {% endif %}Record, StoreError, Write};
use crate::bus::{% if c.nats %}{Action, Bus, Change}{% else %}Bus{% endif %};

/// Version of the tables below, kept in the file.
const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE record (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    private BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX record_created ON record (kind, created);
CREATE TABLE unique_value (
    kind TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, field, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX unique_value_id ON unique_value (kind, id);
CREATE TABLE last_write (version INTEGER NOT NULL) STRICT;
INSERT INTO last_write VALUES (0);
PRAGMA user_version = 1;
";

{%- if c.nats %}

/// What other services have not been told yet, and the version up to which they have.
const OUTBOX: &str = "
CREATE TABLE IF NOT EXISTS change (
    version INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    body BLOB NOT NULL,
    action INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outbox (published INTEGER NOT NULL) STRICT;
INSERT INTO outbox SELECT version FROM last_write WHERE NOT EXISTS (SELECT 1 FROM outbox);
";

{% endif -%}
/// The database. Clones share it.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    writes: mpsc::Sender<Waiting>,
    readers: Mutex<Vec<Connection>>,
    bus: Bus,
}

#[derive(Debug)]
struct Waiting {
    write: Write,
    answer: oneshot::Sender<Result<Record, StoreError>>,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Store {
    /// Opens the file, or makes it. At most `queue` writes wait for the disk.{% if c.nats %} With `outbox`, changes are kept
    /// until other services have been told.{% endif %}
    pub fn open(path: &Path, queue: usize, bus: Bus{% if c.nats %}, outbox: bool{% endif %}) -> Result<Self, StoreError> {
        let mut connection = connect(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        migrate(&mut connection)?;
{%- if c.nats %}
        if outbox {
            connection.execute_batch(OUTBOX)?;
        }
{%- endif %}
        let (sender, receiver) = mpsc::channel(queue);
        let publisher = bus.clone();
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer::write_all(&mut connection, receiver, &publisher{% if c.nats %}, outbox{% endif %}))
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            writes: sender,
            readers: Mutex::default(),
            bus,
        })))
    }

    /// Where changes are told.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// Makes a change and returns what is stored then; for a deletion, what was.
    pub async fn write(&self, write: Write) -> Result<Record, StoreError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { write, answer };
        self.0
            .writes
            .try_send(waiting)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Full,
                mpsc::error::TrySendError::Closed(_) => stopped(),
            })?;
        answered.await.map_err(|_| stopped())?
    }

{%- if c.nats %}

    /// Reads the first changes after a version, in order.
    pub async fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, created, version, body, kind, action FROM change
                 WHERE version > ?1 ORDER BY version LIMIT ?2",
            )?;
            let rows = statement.query_and_then(params![signed(after), limit], change)?;
            // A newer program may have written further types.
            rows.filter_map(Result::transpose).collect()
        })
        .await
    }

    /// The version up to which changes have been told to other services.
    pub async fn published(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            connection.query_row("SELECT published FROM outbox", [], |row| row.get::<_, i64>(0))
        })
        .await
        .map(i64::unsigned_abs)
    }

    /// Notes that changes up to a version have been told, and forgets them.
    pub async fn mark_published(&self, version: u64) -> Result<(), StoreError> {
        self.read(move |connection| {
            connection.execute("UPDATE outbox SET published = ?1", [signed(version)])?;
            connection.execute("DELETE FROM change WHERE version <= ?1", [signed(version)])
        })
        .await
        .map(drop)
    }
{%- endif %}

    /// Reads one resource.
    pub async fn get(&self, kind: &'static str, id: &str) -> Result<Option<Record>, StoreError> {
        let id = id.to_owned();
        self.read(move |connection| select(connection, kind, &id))
            .await
    }

    /// Reads up to `limit` resources created after the position `after`, in the order of creation.
    pub async fn list(
        &self,
        kind: &'static str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, created, version, body FROM record
                 WHERE kind = ?1 AND created > ?2 ORDER BY created LIMIT ?3",
            )?;
            let rows = statement.query_map(params![kind, signed(after), limit], record)?;
            rows.collect()
        })
        .await
    }

    /// How many resources there are.
    pub async fn count(&self, kind: &'static str) -> Result<u64, StoreError> {
        self.read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT count(*) FROM record WHERE kind = ?1")?;
            statement.query_row([kind], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
        })
        .await
    }

    /// Reads what is kept beside a resource.
    pub async fn private(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let id = id.to_owned();
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT private FROM record WHERE kind = ?1 AND id = ?2")?;
            statement
                .query_row(params![kind, id], |row| row.get(0))
                .optional()
        })
        .await
    }

    /// Runs a query on a thread that may block, with a connection of its own.
    async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let task = tokio::task::spawn_blocking(move || {
            let idle = inner
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop();
            let connection = match idle {
                Some(connection) => connection,
                None => connect(&inner.path)?,
            };
            let result = query(&connection);
            inner
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            Ok(result?)
        });
        task.await
            .map_err(|error| StoreError::Failed(error.to_string()))?
    }
}

fn stopped() -> StoreError {
    StoreError::Failed("the writer has stopped".to_owned())
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    // FULL, so that an answered write also survives the loss of power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => transaction.execute_batch(SCHEMA)?,
        SCHEMA_VERSION => {}
        newer => {
            return Err(StoreError::Failed(format!(
                "the file has version {newer} of the tables, this program knows {SCHEMA_VERSION}"
            )));
        }
    }
    Ok(transaction.commit()?)
}

fn select(connection: &Connection, kind: &str, id: &str) -> rusqlite::Result<Option<Record>> {
    connection
        .prepare_cached(
            "SELECT id, created, version, body FROM record WHERE kind = ?1 AND id = ?2",
        )?
        .query_row(params![kind, id], record)
        .optional()
}

fn record(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        id: row.get(0)?,
        created: row.get::<_, i64>(1)?.unsigned_abs(),
        version: row.get::<_, i64>(2)?.unsigned_abs(),
        body: row.get(3)?,
    })
}

{%- if c.nats %}

fn change(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Change>> {
    let name: String = row.get(4)?;
    let Some(kind) = KINDS.iter().copied().find(|kind| *kind == name) else {
        return Ok(None);
    };
    let (record, action) = (record(row)?, Action::from_number(row.get(5)?));
    Ok(Some(Change { kind, record, action }))
}
{%- endif %}

/// Positions and versions count writes, so they stay far below what the database can count.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
