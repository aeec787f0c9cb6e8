//! Fills the gaps of the hub from the store.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::bus::Hub;
use crate::store::{Reader, Selection, StoreError};

/// How many events are read at once.
const PAGE: usize = 512;

/// Brings the hub up to what the store holds, whenever an event has come too early, and every
/// `interval` in case that one got lost which would have shown the gap. Never returns.
pub async fn keep_up(hub: Arc<Hub>, reader: Arc<dyn Reader>, interval: Duration) {
    loop {
        // Both outcomes mean the same: it is time to look.
        let _ = timeout(interval, hub.gap()).await;
        if let Err(error) = catch_up(&hub, &*reader).await {
            tracing::warn!(%error, "cannot read new events from the store; will try again");
        }
    }
}

async fn catch_up(hub: &Hub, reader: &dyn Reader) -> Result<(), StoreError> {
    loop {
        let events = reader
            .events(&Selection::Everything, hub.head(), PAGE)
            .await?;
        hub.offer(&events);
        if events.len() < PAGE {
            return Ok(());
        }
    }
}
