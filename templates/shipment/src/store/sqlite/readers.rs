//! Reading from the file, beside the writer.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, types::Type};
use tokio::sync::Semaphore;

use super::file::connect;
use crate::domain::{
    Event, EventId, Instant, Shipment, ShipmentId, ShipmentKey, TenantId,
    event::Ends,
    shipment::{HISTORY_LIMIT, History},
};
use crate::store::{
    backend::{Reader, Selection},
    error::StoreError,
};

/// Connections for readers. A write-ahead log lets them read beside the writer.
#[derive(Clone)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    /// One for each connection there may be.
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Makes up to `connections` connections to the file, when they are needed.
    pub(super) fn new(path: PathBuf, connections: usize) -> Self {
        Self {
            path,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(connections)),
        }
    }

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

pub(super) fn read_shipment(
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
        body: row.get(6)?,
    }))
}

pub(super) fn identifier<T>(
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
