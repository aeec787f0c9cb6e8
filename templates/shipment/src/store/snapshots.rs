//! Shipments in memory, as of the last commit.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};

use crate::domain::{Shipment, ShipmentKey};

/// The shipments that are used most. Only the writer puts them in, after a commit; everybody may read
/// them.
pub type Snapshots = Cache<ShipmentKey, Arc<Shipment>, Weight>;

/// What a shipment takes of the budget.
#[derive(Clone, Copy, Debug)]
pub struct Weight;

impl Weighter<ShipmentKey, Arc<Shipment>> for Weight {
    fn weight(&self, _: &ShipmentKey, shipment: &Arc<Shipment>) -> u64 {
        shipment.weight() as u64
    }
}

/// Keeps shipments of about `bytes`.
#[must_use]
pub fn with_budget(bytes: u64) -> Snapshots {
    let shipments = usize::try_from(bytes / 2048)
        .unwrap_or(usize::MAX)
        .min(100_000);
    Cache::with_weighter(shipments, bytes, Weight)
}

/// Forgets nothing.
#[must_use]
pub fn unbounded() -> Snapshots {
    with_budget(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Instant, ShipmentId, TenantId, shipment::HISTORY_LIMIT};

    fn shipment(name: &str) -> Arc<Shipment> {
        let names = TenantId::parse("t").zip(ShipmentId::parse(name));
        let key = names.map(|(tenant, shipment)| ShipmentKey { tenant, shipment });
        Arc::new(Shipment::unborn(key.expect("valid names"), Instant(0)))
    }

    #[test]
    fn memory_is_bounded_unless_nothing_may_be_forgotten() {
        let (some, all) = (with_budget(512 * 512), unbounded());
        for number in 0..100_000 {
            let shipment = shipment(&format!("s{number}"));
            some.insert(shipment.key.clone(), shipment.clone());
            all.insert(shipment.key.clone(), shipment);
        }
        assert!(some.len() <= 512 && some.weight() <= 512 * 512);
        assert_eq!(all.len(), 100_000);
    }

    #[test]
    fn what_a_shipment_was_is_never_found_again() {
        let snapshots = with_budget(64 * 1024);
        let mut shipment = shipment("grows");
        for sequence in 1..=HISTORY_LIMIT as u64 {
            let mut grown = (*shipment).clone();
            grown.last_sequence = sequence;
            grown.history.push(&[0; 1024]);
            shipment = Arc::new(grown);
            snapshots.insert(shipment.key.clone(), shipment.clone());
            // At last it is larger than all the room there is.
            let found = snapshots.get(&shipment.key);
            assert!(found.is_none_or(|found| found.last_sequence == sequence));
        }
        assert!(snapshots.get(&shipment.key).is_none());
    }
}
