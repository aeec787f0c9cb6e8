//! The store, as the services see it.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use crate::bus::Hub;
use crate::domain::{NewEvent, Refusal, Shipment, ShipmentKey};
use crate::store::{
    backend::{Backend, Reader},
    error::StoreError,
    snapshots::Snapshots,
    writer::{Command, Refused, Writer},
};

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

/// Makes the two ends of the store around `backend`. The future is the writer: it ends when every
/// handle of the store is dropped and the queue is empty.
pub(super) fn assemble<B: Backend>(
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
