//! A store that replicas share: PostgreSQL.

mod listen;
mod server;

use std::{error::Error, sync::Arc, time::Duration};

use bytes::Bytes;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio::sync::watch;
use tokio_postgres::{Client, Row, types::ToSql};

use crate::bus::{Hub, catch_up};
use crate::config;
use crate::domain::{
    Event, EventId, Instant, Shipment, ShipmentId, ShipmentKey, TenantId,
    event::Ends,
    shipment::{HISTORY_LIMIT, History},
};
use crate::store::{
    backend::{Backend, Changes, End, Found, Reader, Selection, Wanted},
    error::StoreError,
    handle::{Store, assemble},
    snapshots,
};
use server::Server;

/// Steps from an empty database to the schema of this version, in order. A step that was released is
/// never changed; the next one is added.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/postgres/0001_initial.sql")];

/// Held while the schema is brought up to date, so that replicas which start together do it once.
const MIGRATION_LOCK: i64 = 0x7368_6970;

/// How often to look for events of other replicas of which nothing was heard.
const LOOK: Duration = Duration::from_secs(1);

/// Connects, and brings the schema up to date.
pub async fn open(config: &config::Store, hub: Arc<Hub>) -> Result<Store, StoreError> {
    let server = Server::new(config)?;
    let mut client = server.connect().await?;
    migrate(&mut client).await?;
    let manager_config = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(server.config.clone(), server.tls.clone(), manager_config);
    let pool = Pool::builder(manager).max_size(config.connections).build();
    let readers = Arc::new(Readers {
        pool: pool.map_err(|error| unavailable(&error))?,
    });
    hub.start_at(readers.last_sequence().await?);
    let (leads, leading) = watch::channel(false);
    tokio::spawn(listen::listen(server.clone(), hub.clone(), leads));
    tokio::spawn(catch_up::keep_up(hub.clone(), readers.clone(), LOOK));
    let backend = Postgres { server, client };
    let (store, writer) = assemble(
        backend,
        readers,
        snapshots::with_budget(0),
        config.queue,
        hub,
        leading,
    );
    tokio::spawn(writer);
    Ok(store)
}

async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    let transaction = client.transaction().await?;
    transaction
        .execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
        .await?;
    transaction
        .batch_execute("CREATE TABLE IF NOT EXISTS migrations (version BIGINT PRIMARY KEY)")
        .await?;
    let row = transaction
        .query_one("SELECT coalesce(max(version), 0) FROM migrations", &[])
        .await?;
    let version: i64 = row.try_get(0)?;
    let Some(missing) = usize::try_from(version)
        .ok()
        .and_then(|version| MIGRATIONS.get(version..))
    else {
        let known = MIGRATIONS.len();
        return Err(StoreError::Damaged(format!(
            "the schema has version {version}, this program knows {known}: start the newer program"
        )));
    };
    for (number, step) in (version + 1..).zip(missing) {
        transaction.batch_execute(step).await?;
        transaction
            .execute("INSERT INTO migrations VALUES ($1)", &[&number])
            .await?;
    }
    Ok(transaction.commit().await?)
}

struct Postgres {
    server: Server,
    client: Client,
}

impl Backend for Postgres {
    const SOLE_WRITER: bool = false;

    async fn begin(&mut self) -> Result<End, StoreError> {
        if self.client.is_closed() {
            self.client = self.server.connect().await?;
        }
        // A batch that was given up may have left its transaction open; a warning is the worst that comes of it.
        self.client.batch_execute("ROLLBACK; BEGIN").await?;
        let head = "SELECT last_sequence, last_recorded_at FROM head FOR UPDATE";
        let head = self.client.query_one(head, &[]).await?;
        Ok(End {
            last_sequence: sequence(&head, 0)?,
            last_recorded_at: Instant(head.try_get(1)?),
        })
    }

    async fn read(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        let keys: Vec<&ShipmentKey> = wanted.shipments.iter().collect();
        Ok(Found {
            shipments: read_shipments(&self.client, &keys, wanted.histories).await?,
            events: self.known(wanted).await?,
        })
    }

    async fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        if let Some(last) = changes.events.last() {
            self.insert_events(changes).await?;
            self.upsert_shipments(changes).await?;
            let head = "UPDATE head SET last_sequence = $1, last_recorded_at = $2";
            self.client
                .execute(head, &[&signed(last.sequence), &last.recorded_at.0])
                .await?;
            self.client
                .batch_execute(&format!("NOTIFY {}", listen::CHANNEL))
                .await?;
        }
        if let Some(published) = changes.published {
            let head = "UPDATE head SET published = greatest(published, $1)";
            self.client.execute(head, &[&signed(published)]).await?;
        }
        Ok(self.client.batch_execute("COMMIT").await?)
    }
}

impl Postgres {
    async fn known(
        &self,
        wanted: &Wanted,
    ) -> Result<Vec<(TenantId, EventId, ShipmentId)>, StoreError> {
        if wanted.events.is_empty() {
            return Ok(Vec::new());
        }
        let (tenants, events): (Vec<_>, Vec<_>) = wanted
            .events
            .iter()
            .map(|(tenant, event)| (tenant.as_str(), event.as_str()))
            .unzip();
        let sql = "SELECT tenant, event, shipment FROM unnest($1::TEXT[], $2::TEXT[]) AS asked (tenant, event)
                   JOIN events USING (event, tenant)";
        let rows = self.client.query(sql, &[&tenants, &events]).await?;
        let read = |row: &Row| {
            let tenant = identifier(row, 0, TenantId::parse)?;
            Ok((
                tenant,
                identifier(row, 1, EventId::parse)?,
                identifier(row, 2, ShipmentId::parse)?,
            ))
        };
        rows.iter().map(read).collect()
    }

    async fn insert_events(&self, changes: &Changes) -> Result<(), StoreError> {
        let sql = "INSERT INTO events SELECT * FROM
                   unnest($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::BIGINT[], $7::BYTEA[])";
        let events = &changes.events;
        let columns: [&(dyn ToSql + Sync); 7] = [
            &column(events, |event| signed(event.sequence)),
            &column(events, |event| signed(event.previous)),
            &column(events, |event| event.key.tenant.as_str()),
            &column(events, |event| event.key.shipment.as_str()),
            &column(events, |event| event.event_id.as_str()),
            &column(events, |event| event.recorded_at.0),
            &column(events, |event| &event.body[..]),
        ];
        self.client.execute(sql, &columns).await?;
        Ok(())
    }

    async fn upsert_shipments(&self, changes: &Changes) -> Result<(), StoreError> {
        let sql = "INSERT INTO shipments SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::INTEGER[], $4::BYTEA[],
                       $5::BYTEA[], $6::BIGINT[], $7::BIGINT[], $8::BIGINT[], $9::BIGINT[])
                   ON CONFLICT (tenant, shipment) DO UPDATE SET status = excluded.status,
                       updated_at = excluded.updated_at, last_sequence = excluded.last_sequence";
        let shipments = &changes.shipments;
        let columns: [&(dyn ToSql + Sync); 9] = [
            &column(shipments, |shipment| shipment.key.tenant.as_str()),
            &column(shipments, |shipment| shipment.key.shipment.as_str()),
            &column(shipments, |shipment| i32::from(shipment.status)),
            &column(shipments, |shipment| shipment.ends.origin.as_deref()),
            &column(shipments, |shipment| shipment.ends.destination.as_deref()),
            &column(shipments, |shipment| shipment.created_at.0),
            &column(shipments, |shipment| shipment.updated_at.0),
            &column(shipments, |shipment| signed(shipment.first_sequence)),
            &column(shipments, |shipment| signed(shipment.last_sequence)),
        ];
        self.client.execute(sql, &columns).await?;
        Ok(())
    }
}

/// One value of each row, as an array.
fn column<'r, R, V>(rows: &'r [Arc<R>], value: impl Fn(&'r R) -> V) -> Vec<V> {
    rows.iter().map(|row| value(row)).collect()
}

struct Readers {
    pool: Pool,
}

impl Readers {
    async fn client(&self) -> Result<deadpool_postgres::Client, StoreError> {
        self.pool.get().await.map_err(|error| unavailable(&error))
    }

    async fn number(&self, sql: &str) -> Result<u64, StoreError> {
        sequence(&self.client().await?.query_one(sql, &[]).await?, 0)
    }
}

#[tonic::async_trait]
impl Reader for Readers {
    async fn shipment(&self, key: &ShipmentKey) -> Result<Option<Shipment>, StoreError> {
        let client = self.client().await?;
        Ok(read_shipments(&client, &[key], true).await?.pop())
    }

    async fn events(
        &self,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let client = self.client().await?;
        let (after, limit) = (signed(after), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = match selection {
            Selection::Everything => {
                let sql = "SELECT * FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2";
                client.query(sql, &[&after, &limit]).await?
            }
            Selection::Tenant(tenant) => {
                let sql = "SELECT * FROM events WHERE sequence > $1 AND tenant = $3 ORDER BY sequence LIMIT $2";
                client
                    .query(sql, &[&after, &limit, &tenant.as_str()])
                    .await?
            }
            Selection::Shipments(tenant, shipments) => {
                let shipments: Vec<_> = shipments.iter().map(ShipmentId::as_str).collect();
                let sql = "SELECT * FROM events WHERE sequence > $1 AND tenant = $3 AND shipment = ANY ($4)
                           ORDER BY sequence LIMIT $2";
                client
                    .query(sql, &[&after, &limit, &tenant.as_str(), &shipments])
                    .await?
            }
        };
        rows.iter().map(event).collect()
    }

    async fn last_sequence(&self) -> Result<u64, StoreError> {
        self.number("SELECT last_sequence FROM head").await
    }

    async fn recorded_at(&self, sequence: u64) -> Result<Option<Instant>, StoreError> {
        let client = self.client().await?;
        let sql = "SELECT recorded_at FROM events WHERE sequence = $1";
        let row = client.query_opt(sql, &[&signed(sequence)]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.map(Instant))
    }

    async fn published(&self) -> Result<u64, StoreError> {
        self.number("SELECT published FROM head").await
    }
}

async fn read_shipments(
    client: &Client,
    keys: &[&ShipmentKey],
    histories: bool,
) -> Result<Vec<Shipment>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (tenants, names): (Vec<_>, Vec<_>) = keys
        .iter()
        .map(|key| (key.tenant.as_str(), key.shipment.as_str()))
        .unzip();
    let limit = if histories {
        i64::try_from(HISTORY_LIMIT).unwrap_or(i64::MAX)
    } else {
        0
    };
    let sql = "SELECT tenant, shipment, status, origin, destination, created_at, updated_at,
                   first_sequence, last_sequence, ARRAY(
                   SELECT body FROM events WHERE tenant = shipments.tenant AND shipment = shipments.shipment
                   ORDER BY sequence DESC LIMIT $3)
               FROM unnest($1::TEXT[], $2::TEXT[]) AS asked (tenant, shipment) JOIN shipments USING (tenant, shipment)";
    let rows = client.query(sql, &[&tenants, &names, &limit]).await?;
    rows.iter().map(shipment).collect()
}

fn shipment(row: &Row) -> Result<Shipment, StoreError> {
    let place = |column| -> Result<Option<Bytes>, StoreError> {
        let bytes: Option<&[u8]> = row.try_get(column)?;
        Ok(bytes.map(Bytes::copy_from_slice))
    };
    let mut history = History::default();
    for body in row.try_get::<_, Vec<&[u8]>>(9)?.into_iter().rev() {
        history.push(body);
    }
    Ok(Shipment {
        key: ShipmentKey {
            tenant: identifier(row, 0, TenantId::parse)?,
            shipment: identifier(row, 1, ShipmentId::parse)?,
        },
        status: row
            .try_get::<_, i32>(2)?
            .try_into()
            .map_err(|_| damaged("a status"))?,
        ends: Ends {
            origin: place(3)?,
            destination: place(4)?,
        },
        created_at: Instant(row.try_get(5)?),
        updated_at: Instant(row.try_get(6)?),
        first_sequence: sequence(row, 7)?,
        last_sequence: sequence(row, 8)?,
        history,
    })
}

fn event(row: &Row) -> Result<Arc<Event>, StoreError> {
    Ok(Arc::new(Event {
        sequence: sequence(row, 0)?,
        previous: sequence(row, 1)?,
        key: ShipmentKey {
            tenant: identifier(row, 2, TenantId::parse)?,
            shipment: identifier(row, 3, ShipmentId::parse)?,
        },
        event_id: identifier(row, 4, EventId::parse)?,
        recorded_at: Instant(row.try_get(5)?),
        body: row.try_get(6)?,
    }))
}

fn identifier<T>(
    row: &Row,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    parse(row.try_get(column)?).ok_or_else(|| damaged("an identifier"))
}

fn sequence(row: &Row, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<_, i64>(column)?).map_err(|_| damaged("a sequence"))
}

/// PostgreSQL has no unsigned numbers. What does not fit is after every event.
fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} that cannot be"))
}

fn unavailable(error: &impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        // The error itself does not say why a handshake failed.
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        let text = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
        unavailable(&text)
    }
}
