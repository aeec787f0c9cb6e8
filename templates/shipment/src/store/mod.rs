//! Where shipments and their events are kept.
//!
//! Whatever the database, there is one writer. It takes what has come in since its last commit,
//! decides about it in memory, commits all of it in one transaction, and only then answers
//! ([`writer`]). A database is a [`Backend`] for the writer and a [`Reader`] for everybody else.

mod batch;
pub mod memory;
pub mod postgres;
pub mod snapshots;
pub mod sqlite;
pub mod writer;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::bus::Hub;
use crate::config::{self, StoreKind};
use crate::domain::{
    Event, EventId, Instant, NewEvent, Refusal, Shipment, ShipmentId, ShipmentKey, TenantId,
};
use snapshots::Snapshots;
use writer::{Command, Writer};

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The rules of the domain forbid it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More is waiting to be written than the queue holds.
    #[error("the write queue is full; try again later")]
    Full,
    /// The database cannot be reached, or the outcome of the commit is unknown.
    #[error("the store is unavailable; repeat the call with the same `event_id`")]
    Unavailable(String),
    /// What the database holds cannot be read.
    #[error("the store holds damaged data")]
    Damaged(String),
}

impl StoreError {
    /// The cause, for the log and for whoever starts the service. Callers do not learn it.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::Unavailable(cause) | Self::Damaged(cause) => cause.clone(),
            Self::Refused(_) | Self::Full => self.to_string(),
        }
    }
}

/// What the writer needs to know before it decides about some events.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Shipments that are not in memory.
    pub shipments: Vec<ShipmentKey>,
    /// Whether their histories are needed: somebody will be answered with them.
    pub histories: bool,
    /// Events that may have come before.
    pub events: Vec<(TenantId, EventId)>,
}

/// Where the log of events ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct End {
    /// The sequence of the last event, 0 when there is none.
    pub last_sequence: u64,
    /// When the last event was recorded.
    pub last_recorded_at: Instant,
}

/// What the database knows of what is wanted.
#[derive(Debug, Default)]
pub struct Found {
    /// The shipments that were asked for and exist.
    pub shipments: Vec<Shipment>,
    /// The events that were asked for and exist, with the shipment each belongs to.
    pub events: Vec<(TenantId, EventId, ShipmentId)>,
}

/// What a batch changes.
#[derive(Debug, Default)]
pub struct Changes {
    /// New events in the order of their sequences.
    pub events: Vec<Arc<Event>>,
    /// Shipments as they are after the batch, each once.
    pub shipments: Vec<Arc<Shipment>>,
    /// The sequence up to which events have been handed to the bus, when that has changed.
    pub published: Option<u64>,
}

/// The side of a database that the writer uses. A `begin` is followed by reads and one `commit`, or by another
/// `begin` when the batch is given up.
pub trait Backend: Send + 'static {
    /// Whether no other process writes to the database, so that what was read stays true.
    const SOLE_WRITER: bool;

    /// Starts a transaction.
    fn begin(&mut self) -> impl Future<Output = Result<End, StoreError>> + Send;

    /// Reads what the transaction depends on.
    fn read(&mut self, wanted: &Wanted) -> impl Future<Output = Result<Found, StoreError>> + Send;

    /// Makes the changes durable. After an error nothing of the batch is answered as done.
    fn commit(&mut self, changes: &Changes) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Which events to read.
#[derive(Clone, Debug)]
pub enum Selection {
    /// Those of all tenants.
    Everything,
    /// Those of a tenant.
    Tenant(TenantId),
    /// Those of some shipments of a tenant.
    Shipments(TenantId, Vec<ShipmentId>),
}

impl Selection {
    /// Whether the selection contains the events of `key`.
    #[must_use]
    pub fn contains(&self, key: &ShipmentKey) -> bool {
        match self {
            Self::Everything => true,
            Self::Tenant(tenant) => *tenant == key.tenant,
            Self::Shipments(tenant, shipments) => {
                *tenant == key.tenant && shipments.contains(&key.shipment)
            }
        }
    }
}

/// The side of a database that readers use. What is read is committed.
#[tonic::async_trait]
pub trait Reader: Send + Sync + 'static {
    /// Reads a shipment.
    async fn shipment(&self, key: &ShipmentKey) -> Result<Option<Shipment>, StoreError>;

    /// Reads the first `limit` selected events after the one with the sequence `after`, in order.
    async fn events(
        &self,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError>;

    /// The sequence of the last event, 0 when there is none.
    async fn last_sequence(&self) -> Result<u64, StoreError>;

    /// When the event with this sequence was recorded.
    async fn recorded_at(&self, sequence: u64) -> Result<Option<Instant>, StoreError>;

    /// The sequence up to which events have been handed to the bus.
    async fn published(&self) -> Result<u64, StoreError>;

    /// The sequence of the last event recorded at `moment` or before. Sequences have no gaps and
    /// moments never go back along them, so this is a binary search.
    async fn last_before(&self, moment: Instant) -> Result<u64, StoreError> {
        let (mut low, mut high) = (0, self.last_sequence().await?);
        while low < high {
            let middle = high - (high - low) / 2;
            match self.recorded_at(middle).await? {
                Some(recorded) if recorded <= moment => low = middle,
                _ => high = middle - 1,
            }
        }
        Ok(low)
    }
}

/// Those of some events that were refused.
pub type Refused = Vec<(EventId, Refusal)>;

/// The store, as the services see it.
#[derive(Clone)]
pub struct Store {
    queue: mpsc::Sender<Command>,
    reader: Arc<dyn Reader>,
    snapshots: Option<Arc<Snapshots>>,
    leading: watch::Receiver<bool>,
}

impl Store {
    /// Lets `event` happen to a shipment that exists. Returns the shipment after it.
    ///
    /// # Errors
    /// When the event is refused, the queue is full, or the event could not be made durable.
    pub async fn update(&self, event: NewEvent) -> Result<Arc<Shipment>, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Command::Update { event, reply })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Full,
                mpsc::error::TrySendError::Closed(_) => stopped(),
            })?;
        answer.await.map_err(|_| stopped())?
    }

    /// Lets `events` happen, in their order, and returns those that were refused. Waits while the queue is full,
    /// so that a long stream is slowed down and not refused.
    ///
    /// # Errors
    /// When they could not be made durable.
    pub async fn ingest(&self, events: Vec<NewEvent>) -> Result<Refused, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Command::Ingest { events, reply })
            .await
            .map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Notes that events up to `sequence` have been handed to the bus.
    pub async fn mark_published(&self, sequence: u64) {
        // A lost note is harmless: the relay finds out again from the bus.
        let _ = self.queue.send(Command::Published(sequence)).await;
    }

    /// Reads a shipment.
    ///
    /// # Errors
    /// When it does not exist or the database cannot be read.
    pub async fn shipment(&self, key: &ShipmentKey) -> Result<Arc<Shipment>, StoreError> {
        if let Some(shipment) = self
            .snapshots
            .as_ref()
            .and_then(|snapshots| snapshots.get(key))
        {
            return Ok(shipment);
        }
        let found = self.reader.shipment(key).await?;
        found
            .map(Arc::new)
            .ok_or_else(|| Refusal::UnknownShipment(key.shipment.clone()).into())
    }

    /// Waits until this process is the one, of all that share the database, that speaks to the bus.
    pub async fn lead(&self) {
        if self
            .leading
            .clone()
            .wait_for(|leading| *leading)
            .await
            .is_err()
        {
            // Nobody decides about it any more: the store is going away.
            std::future::pending::<()>().await;
        }
    }

    /// Whether this process is the one that speaks to the bus.
    #[must_use]
    pub fn leads(&self) -> bool {
        *self.leading.borrow()
    }

    /// The reading side.
    #[must_use]
    pub fn reader(&self) -> &Arc<dyn Reader> {
        &self.reader
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the writer has stopped".into())
}

/// Opens the store that `config` describes. What it commits is offered to `hub`.
pub async fn open(config: &config::Store, hub: Arc<Hub>) -> Result<Store, StoreError> {
    match config.kind {
        StoreKind::Memory => Ok(memory::open(config, hub)),
        StoreKind::Sqlite => sqlite::open(config, hub),
        StoreKind::Postgres => postgres::open(config, hub).await,
    }
}

/// Makes the two ends of the store around `backend`. The future is the writer: it ends when every
/// handle of the store is dropped and the queue is empty.
fn assemble<B: Backend>(
    backend: B,
    reader: Arc<dyn Reader>,
    snapshots: Snapshots,
    queue: usize,
    hub: Arc<Hub>,
    leading: watch::Receiver<bool>,
) -> (Store, impl Future<Output = ()> + Send) {
    let (queue, commands) = mpsc::channel(queue);
    let snapshots = Arc::new(snapshots);
    let kept = B::SOLE_WRITER.then(|| snapshots.clone());
    let store = Store {
        queue,
        reader,
        snapshots: kept,
        leading,
    };
    (store, Writer::new(backend, snapshots, hub).run(commands))
}
