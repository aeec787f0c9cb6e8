//! Tells the open streams of this process what has changed.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::store::Record;

/// Changes a slow stream may be behind before it has to read the store again.
const CAPACITY: usize = 1024;

/// A resource that was written, told once the write is durable and in the order of the writes.
#[derive(Clone, Debug)]
pub struct Change {
    /// Type of the resource.
    pub kind: &'static str,
    /// What was written; for a deletion, what was deleted.
    pub record: Record,
    /// What was done.
    pub action: Action,
}

/// What was done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Created,
    /// It has other values.
    Updated,
    /// It is gone.
    Deleted,
}
{%- if c.postgres || c.nats %}

impl Action {
    /// As it is stored.
    #[must_use]
    pub fn number(self) -> i16 {
        self as i16
    }

    /// What was stored.
    #[must_use]
    pub fn from_number(number: i16) -> Self {
        match number {
            0 => Self::Created,
            1 => Self::Updated,
            _ => Self::Deleted,
        }
    }
}
{%- endif %}

/// Hands every change to every subscriber.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Arc<Change>>);

impl Default for Bus {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Bus {
    /// Tells all subscribers.
    pub fn publish(&self, change: Change) {
        // An error says that nobody listens, which is no trouble.
        let _ = self.0.send(Arc::new(change));
    }

    /// Hears of every change from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Change>> {
        self.0.subscribe()
    }

    /// How many streams listen.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.0.receiver_count()
    }
}
