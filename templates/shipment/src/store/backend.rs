//! What a database has to do: one side for the writer, one for everybody else.

use std::sync::Arc;

use crate::domain::{Event, EventId, Instant, Shipment, ShipmentId, ShipmentKey, TenantId};
use crate::store::error::StoreError;

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
