//! A store that forgets everything when the process ends: for tests and trials.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use tokio::sync::watch;

use crate::bus::Hub;
use crate::config;
use crate::domain::{Event, EventId, Instant, Shipment, ShipmentId, ShipmentKey, TenantId};
use crate::store::{
    backend::{Backend, Changes, End, Found, Reader, Selection, Wanted},
    error::StoreError,
    handle::{Store, assemble},
    snapshots,
};

/// Opens an empty store.
#[must_use]
pub fn open(config: &config::Store, hub: Arc<Hub>) -> Store {
    let log = Memory::default();
    let (store, writer) = assemble(
        log.clone(),
        Arc::new(log),
        snapshots::unbounded(),
        config.queue,
        hub,
        watch::channel(true).1,
    );
    tokio::spawn(writer);
    store
}

/// The log of all events. Shipments themselves are in the snapshots, which forget none.
#[derive(Clone, Default)]
struct Memory {
    log: Arc<RwLock<Log>>,
}

#[derive(Default)]
struct Log {
    /// The event with the sequence `n` is at `n - 1`.
    events: Vec<Arc<Event>>,
    ids: HashMap<(TenantId, EventId), ShipmentId>,
}

impl Memory {
    fn locked<T>(&self, read: impl FnOnce(&Log) -> T) -> T {
        read(&self.log.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Backend for Memory {
    const SOLE_WRITER: bool = true;

    async fn begin(&mut self) -> Result<End, StoreError> {
        Ok(self.locked(|log| End {
            last_sequence: log.events.len() as u64,
            last_recorded_at: log
                .events
                .last()
                .map_or_else(Instant::default, |event| event.recorded_at),
        }))
    }

    async fn read(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        Ok(self.locked(|log| {
            let known = |(tenant, event): &(TenantId, EventId)| {
                let shipment = log.ids.get(&(tenant.clone(), event.clone()))?;
                Some((tenant.clone(), event.clone(), shipment.clone()))
            };
            Found {
                shipments: Vec::new(),
                events: wanted.events.iter().filter_map(known).collect(),
            }
        }))
    }

    async fn commit(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let mut log = self.log.write().unwrap_or_else(PoisonError::into_inner);
        for event in &changes.events {
            log.ids.insert(
                (event.key.tenant.clone(), event.event_id.clone()),
                event.key.shipment.clone(),
            );
            log.events.push(event.clone());
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl Reader for Memory {
    async fn shipment(&self, _: &ShipmentKey) -> Result<Option<Shipment>, StoreError> {
        // The snapshots have been asked before.
        Ok(None)
    }

    async fn events(
        &self,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let start = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.locked(|log| {
            let later = log.events.get(start..).unwrap_or_default().iter();
            later
                .filter(|event| selection.contains(&event.key))
                .take(limit)
                .cloned()
                .collect()
        }))
    }

    async fn last_sequence(&self) -> Result<u64, StoreError> {
        Ok(self.locked(|log| log.events.len() as u64))
    }

    async fn recorded_at(&self, sequence: u64) -> Result<Option<Instant>, StoreError> {
        let index = usize::try_from(sequence)
            .ok()
            .and_then(|sequence| sequence.checked_sub(1));
        Ok(self.locked(|log| {
            index
                .and_then(|index| log.events.get(index))
                .map(|event| event.recorded_at)
        }))
    }

    async fn published(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}
