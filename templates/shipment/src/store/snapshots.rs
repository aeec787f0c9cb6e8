//! Shipments in memory, as of the last commit.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::domain::{Shipment, ShipmentKey};

/// The shipments that were changed last, within a budget of bytes. Only the writer puts them in, after
/// a commit; everybody may read them.
#[derive(Debug)]
pub struct Snapshots {
    /// Bytes that one generation may take.
    budget: usize,
    generations: Mutex<Generations>,
}

/// Two generations: when the young one is full it becomes the old one, and what was left in the old
/// one is forgotten. A shipment that is used moves back to the young one.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<ShipmentKey, Arc<Shipment>>,
    old: HashMap<ShipmentKey, Arc<Shipment>>,
    young_weight: usize,
}

impl Snapshots {
    /// Keeps shipments of about `budget` bytes.
    #[must_use]
    pub fn with_budget(budget: usize) -> Self {
        Self {
            budget: budget / 2,
            generations: Mutex::default(),
        }
    }

    /// Forgets nothing.
    #[must_use]
    pub fn unbounded() -> Self {
        Self {
            budget: usize::MAX,
            generations: Mutex::default(),
        }
    }

    /// The shipment, if it is in memory.
    #[must_use]
    pub fn get(&self, key: &ShipmentKey) -> Option<Arc<Shipment>> {
        let mut generations = self.lock();
        if let Some(shipment) = generations.young.get(key) {
            return Some(shipment.clone());
        }
        let shipment = generations.old.remove(key)?;
        self.insert(&mut generations, shipment.clone());
        Some(shipment)
    }

    /// Replaces shipments by what they have become.
    pub fn put(&self, shipments: impl IntoIterator<Item = Arc<Shipment>>) {
        let mut generations = self.lock();
        for shipment in shipments {
            generations.old.remove(&shipment.key);
            self.insert(&mut generations, shipment);
        }
    }

    fn insert(&self, generations: &mut Generations, shipment: Arc<Shipment>) {
        let weight = shipment.weight();
        if generations.young_weight.saturating_add(weight) > self.budget {
            generations.old = mem::take(&mut generations.young);
            generations.young_weight = 0;
        }
        generations.young_weight += weight;
        if let Some(before) = generations.young.insert(shipment.key.clone(), shipment) {
            generations.young_weight = generations.young_weight.saturating_sub(before.weight());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Instant, ShipmentId, TenantId};

    fn shipment(name: &str) -> Option<Arc<Shipment>> {
        let key = ShipmentKey {
            tenant: TenantId::parse("t")?,
            shipment: ShipmentId::parse(name)?,
        };
        Some(Arc::new(Shipment::unborn(key, Instant(0))))
    }

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let snapshots = Snapshots::with_budget(100 * 512);
        let kept = shipment("kept").expect("a valid name");
        snapshots.put([kept.clone()]);
        for n in 0..1_000 {
            snapshots.put(shipment(&format!("s{n}")));
            assert!(snapshots.get(&kept.key).is_some(), "after {n}");
        }
        let generations = snapshots.lock();
        assert!(generations.young.len() + generations.old.len() <= 100);
    }

    #[test]
    fn replacing_a_shipment_takes_no_more_room() {
        let snapshots = Snapshots::with_budget(10 * 512);
        let other = shipment("other").expect("a valid name");
        snapshots.put([other.clone()]);
        for _ in 0..1_000 {
            snapshots.put(shipment("same"));
        }
        assert!(snapshots.get(&other.key).is_some());
    }
}
