//! Resources in `PostgreSQL`, which any number of servers share.

mod changes;
mod writer;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Config, NoTls, Row};

use super::{Record, StoreError, Write};
use crate::bus::{% if c.nats %}{Bus, Change}{% else %}Bus{% endif %};

/// Steps from an empty database to the tables of this version, in order. A step that was released is
/// never changed; the next one is added.
{%- if c.nats %}
const MIGRATIONS: [&str; 2] =
    [include_str!("0001_initial.sql"), include_str!("0002_outbox.sql")];
{%- else %}
const MIGRATIONS: [&str; 1] = [include_str!("0001_initial.sql")];
{%- endif %}

{%- if c.nats %}

/// From here on other services are told, if nobody told them before.
const START_OUTBOX: &str = "UPDATE outbox SET published = (SELECT version FROM last_write)
    WHERE published = 9223372036854775807";

{% endif -%}
/// Held while the tables are brought up to date, so that servers which start together do it once.
const MIGRATION_LOCK: i64 = 0x7265_636f_7264;

/// The database. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    writes: mpsc::Sender<Waiting>,
    bus: Bus,
}

#[derive(Debug)]
struct Waiting {
    write: Write,
    answer: oneshot::Sender<Result<Record, StoreError>>,
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let message = error.as_db_error().map(|error| error.message().to_owned());
        Self::Failed(message.unwrap_or_else(|| error.to_string()))
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl Store {
    /// Connects, and brings the tables up to date. At most `queue` writes wait, and reads share so
    /// many connections.{% if c.nats %} With `outbox`, changes are kept until other services have been told.{% endif %}
    pub async fn open(
        url: &str,
        connections: usize,
        queue: usize,
        bus: Bus,
{%- if c.nats %}
        outbox: bool,
{%- endif %}
    ) -> Result<Self, StoreError> {
        let server: Config = url.parse()?;
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(server.clone(), NoTls, manager_config);
        let pool = Pool::builder(manager).max_size(connections.max(2)).build();
        let pool = pool.map_err(|error| StoreError::Failed(error.to_string()))?;
        let mut client = pool.get().await?;
        migrate(&mut client).await?;
{%- if c.nats %}
        if outbox {
            client.execute(START_OUTBOX, &[]).await?;
        }
{%- endif %}
        let row = client.query_one("SELECT version FROM last_write", &[]).await?;
        let told = row.try_get(0)?;
        let (writes, receiver) = mpsc::channel(queue);
        tokio::spawn(writer::write_all(pool.clone(), receiver));
        tokio::spawn(changes::tell(server, pool.clone(), bus.clone(), told));
        Ok(Self { pool, writes, bus })
    }

    /// Where changes are told, also those that other servers make.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Makes a change and returns what is stored then; for a deletion, what was.
    pub async fn write(&self, write: Write) -> Result<Record, StoreError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { write, answer };
        self.writes.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Full,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        answered.await.map_err(|_| stopped())?
    }

{%- if c.nats %}

    /// Reads the first changes after a version, in order.
    pub async fn changes(&self, after: u64, limit: usize) -> Result<Vec<Change>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(changes::read(&self.pool, signed(after), limit).await?.0)
    }

    /// The version up to which changes have been told to other services.
    pub async fn published(&self) -> Result<u64, StoreError> {
        let client = self.pool.get().await?;
        let row = client.query_one("SELECT published FROM outbox", &[]).await?;
        Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
    }

    /// Notes that changes up to a version have been told.
    pub async fn mark_published(&self, version: u64) -> Result<(), StoreError> {
        const MARK: &str = "UPDATE outbox SET published = greatest(published, $1)";
        self.pool.get().await?.execute(MARK, &[&signed(version)]).await?;
        Ok(())
    }
{%- endif %}

    /// Reads one resource.
    pub async fn get(&self, kind: &'static str, id: &str) -> Result<Option<Record>, StoreError> {
        const QUERY: &str = "SELECT id, created, version, body FROM record WHERE kind = $1 AND id = $2";
        let client = self.pool.get().await?;
        let query = client.prepare_cached(QUERY).await?;
        let row = client.query_opt(&query, &[&kind, &id]).await?;
        Ok(row.as_ref().map(record).transpose()?)
    }

    /// Reads up to `limit` resources created after the position `after`, in the order of creation.
    pub async fn list(
        &self,
        kind: &'static str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        const QUERY: &str = "SELECT id, created, version, body FROM record
            WHERE kind = $1 AND created > $2 ORDER BY created LIMIT $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let client = self.pool.get().await?;
        let query = client.prepare_cached(QUERY).await?;
        let rows = client.query(&query, &[&kind, &signed(after), &limit]).await?;
        Ok(rows.iter().map(record).collect::<Result<_, _>>()?)
    }

    /// How many resources there are.
    pub async fn count(&self, kind: &'static str) -> Result<u64, StoreError> {
        let client = self.pool.get().await?;
        let query = client.prepare_cached("SELECT count(*) FROM record WHERE kind = $1").await?;
        let row = client.query_one(&query, &[&kind]).await?;
        Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
    }

    /// Reads what is kept beside a resource.
    pub async fn private(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        const QUERY: &str = "SELECT private FROM record WHERE kind = $1 AND id = $2";
        let client = self.pool.get().await?;
        let query = client.prepare_cached(QUERY).await?;
        let row = client.query_opt(&query, &[&kind, &id]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

fn stopped() -> StoreError {
    StoreError::Failed("the writer has stopped".to_owned())
}

async fn migrate(client: &mut Object) -> Result<(), StoreError> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await?;
    transaction
        .batch_execute("CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY)")
        .await?;
    let row = transaction.query_one("SELECT coalesce(max(version), 0) FROM migration", &[]).await?;
    let version: i64 = row.try_get(0)?;
    let missing = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..));
    let Some(missing) = missing else {
        return Err(StoreError::Failed(format!(
            "the tables have version {version}, this program knows {}: start the newer program",
            MIGRATIONS.len()
        )));
    };
    for (number, step) in (version + 1..).zip(missing) {
        transaction.batch_execute(step).await?;
        transaction.execute("INSERT INTO migration VALUES ($1)", &[&number]).await?;
    }
    Ok(transaction.commit().await?)
}

/// A row of identifier, position, version and message.
fn record(row: &Row) -> Result<Record, tokio_postgres::Error> {
    Ok(Record {
        id: row.try_get(0)?,
        created: row.try_get::<_, i64>(1)?.unsigned_abs(),
        version: row.try_get::<_, i64>(2)?.unsigned_abs(),
        body: row.try_get(3)?,
    })
}

/// Positions and versions count writes, so they stay far below what the database can count.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
