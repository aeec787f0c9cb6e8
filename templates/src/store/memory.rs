//! Resources in memory: they are lost with the process.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use super::{Key, Record, StoreError, Write};
use crate::bus::{Action, Bus, Change};

/// The resources. Clones share them.
#[derive(Clone, Debug)]
pub struct Store {
    state: Arc<RwLock<State>>,
    bus: Bus,
}

#[derive(Debug, Default)]
struct State {
    last_write: u64,
    kinds: HashMap<&'static str, Kind>,
}

/// The resources of one type.
#[derive(Debug, Default)]
struct Kind {
    records: HashMap<String, Stored>,
    by_creation: BTreeMap<u64, String>,
    unique: HashMap<(&'static str, String), String>,
}

#[derive(Debug)]
struct Stored {
    record: Record,
    keys: Vec<Key>,
    private: Vec<u8>,
}

impl Store {
    /// Nothing yet. Changes are told to `bus`.
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self {
            state: Arc::default(),
            bus,
        }
    }

    /// Where changes are told.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Makes a change and returns what is stored then; for a deletion, what was.
    #[expect(
        clippy::unused_async,
        reason = "the stores on a disk have the same functions"
    )]
    pub async fn write(&self, write: Write) -> Result<Record, StoreError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let change = state.apply(write)?;
        let record = change.record.clone();
        // Within the lock, so that changes are told in the order in which they are made.
        self.bus.publish(change);
        Ok(record)
    }

    /// Reads one resource.
    #[expect(
        clippy::unused_async,
        reason = "the stores on a disk have the same functions"
    )]
    pub async fn get(&self, kind: &'static str, id: &str) -> Result<Option<Record>, StoreError> {
        Ok(self
            .look(kind, |kind| {
                kind.records.get(id).map(|stored| stored.record.clone())
            })
            .flatten())
    }

    /// Reads up to `limit` resources created after the position `after`, in the order of creation.
    #[expect(
        clippy::unused_async,
        reason = "the stores on a disk have the same functions"
    )]
    pub async fn list(
        &self,
        kind: &'static str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let records = self.look(kind, |kind| {
            let ids = kind.by_creation.range(after + 1..).map(|(_, id)| id);
            let records = ids.filter_map(|id| kind.records.get(id));
            records
                .take(limit)
                .map(|stored| stored.record.clone())
                .collect()
        });
        Ok(records.unwrap_or_default())
    }

    /// How many resources there are.
    #[expect(
        clippy::unused_async,
        reason = "the stores on a disk have the same functions"
    )]
    pub async fn count(&self, kind: &'static str) -> Result<u64, StoreError> {
        Ok(self
            .look(kind, |kind| kind.records.len() as u64)
            .unwrap_or_default())
    }

    /// Reads what is kept beside a resource.
    #[expect(
        clippy::unused_async,
        reason = "the stores on a disk have the same functions"
    )]
    pub async fn private(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .look(kind, |kind| {
                kind.records.get(id).map(|stored| stored.private.clone())
            })
            .flatten())
    }

    fn look<T>(&self, kind: &'static str, look: impl FnOnce(&Kind) -> T) -> Option<T> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.kinds.get(kind).map(look)
    }
}

impl State {
    fn apply(&mut self, write: Write) -> Result<Change, StoreError> {
        let version = self.last_write + 1;
        let change = match write {
            Write::Insert {
                kind,
                id,
                body,
                keys,
                private,
            } => {
                let of = self.kinds.entry(kind).or_default();
                if of.records.contains_key(&id) {
                    return Err(StoreError::Taken(Key {
                        field: "id",
                        value: id,
                    }));
                }
                of.reserve(&id, &keys)?;
                of.by_creation.insert(version, id.clone());
                let record = Record {
                    id: id.clone(),
                    created: version,
                    version,
                    body,
                };
                of.records.insert(
                    id,
                    Stored {
                        record: record.clone(),
                        keys,
                        private,
                    },
                );
                Change {
                    kind,
                    record,
                    action: Action::Created,
                }
            }
            Write::Replace {
                kind,
                id,
                body,
                keys,
                version: expected,
            } => {
                let of = self.kinds.entry(kind).or_default();
                let stored = of.records.get(&id).ok_or(StoreError::Missing)?;
                if stored.record.version != expected {
                    return Err(StoreError::Changed);
                }
                let old = stored.keys.clone();
                of.reserve(&id, &keys)?;
                for key in old.iter().filter(|key| !keys.contains(key)) {
                    of.unique.remove(&(key.field, key.value.clone()));
                }
                let stored = of.records.get_mut(&id).ok_or(StoreError::Missing)?;
                stored.record.version = version;
                stored.record.body = body;
                stored.keys = keys;
                Change {
                    kind,
                    record: stored.record.clone(),
                    action: Action::Updated,
                }
            }
            Write::Delete {
                kind,
                id,
                version: expected,
            } => {
                let of = self.kinds.entry(kind).or_default();
                let stored = of.records.get(&id).ok_or(StoreError::Missing)?;
                if expected.is_some_and(|expected| stored.record.version != expected) {
                    return Err(StoreError::Changed);
                }
                let stored = of.records.remove(&id).ok_or(StoreError::Missing)?;
                of.by_creation.remove(&stored.record.created);
                for key in stored.keys {
                    of.unique.remove(&(key.field, key.value));
                }
                let record = Record {
                    version,
                    ..stored.record
                };
                Change {
                    kind,
                    record,
                    action: Action::Deleted,
                }
            }
        };
        self.last_write = version;
        Ok(change)
    }
}

impl Kind {
    /// Takes keys for a resource, all of them or none.
    fn reserve(&mut self, id: &str, keys: &[Key]) -> Result<(), StoreError> {
        for key in keys {
            let owner = self.unique.get(&(key.field, key.value.clone()));
            if owner.is_some_and(|owner| owner != id) {
                return Err(StoreError::Taken(key.clone()));
            }
        }
        for key in keys {
            self.unique
                .insert((key.field, key.value.clone()), id.to_owned());
        }
        Ok(())
    }
}
