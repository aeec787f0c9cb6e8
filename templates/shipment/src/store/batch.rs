//! Deciding about a batch in memory: what is a repetition, what is refused, what changes.

use std::{collections::HashMap, sync::Arc};

use crate::domain::{
    Event, EventId, Instant, NewEvent, Refusal, Shipment, ShipmentId, ShipmentKey, TenantId,
};
use crate::pb::logistics::shipment::v1::ShipmentStatus;
use crate::store::{Basis, Changes};

/// A batch while it is decided.
pub(super) struct Batch {
    /// The shipments the batch is about, as they are by now, and whether it has changed them.
    met: HashMap<ShipmentKey, (Arc<Shipment>, bool)>,
    /// The shipment of every repeatable event that is known, in the database or from this batch.
    known: HashMap<(TenantId, EventId), ShipmentId>,
    last_sequence: u64,
    now: Instant,
    changes: Changes,
}

impl Batch {
    /// Starts from what the database knows and from shipments that were in memory.
    pub(super) fn new(basis: Basis, in_memory: Vec<Arc<Shipment>>) -> Self {
        let shipments = in_memory
            .into_iter()
            .chain(basis.shipments.into_iter().map(Arc::new));
        let events = basis.events.into_iter();
        Self {
            met: shipments
                .map(|shipment| (shipment.key.clone(), (shipment, false)))
                .collect(),
            known: events
                .map(|(tenant, event, shipment)| ((tenant, event), shipment))
                .collect(),
            last_sequence: basis.last_sequence,
            // The clock of a machine may go back; the order of events does not.
            now: Instant::now().max(basis.last_recorded_at),
            changes: Changes::default(),
        }
    }

    /// Lets `event` happen to a shipment that exists, unless it has happened already.
    pub(super) fn update(&mut self, event: NewEvent) -> Result<Arc<Shipment>, Refusal> {
        let shipment = self.shipment(&event.key);
        let shipment =
            shipment.ok_or_else(|| Refusal::UnknownShipment(event.key.shipment.clone()))?;
        if self.is_repeated(&event)? {
            Ok(shipment)
        } else {
            self.happen(event, shipment)
        }
    }

    /// Lets `event` happen, unless it has happened already. `CREATED` makes the shipment.
    pub(super) fn ingest(&mut self, event: NewEvent) -> Result<(), Refusal> {
        if self.is_repeated(&event)? {
            return Ok(());
        }
        let shipment = match self.shipment(&event.key) {
            Some(shipment) => shipment,
            None if event.status == ShipmentStatus::Created => {
                Arc::new(Shipment::unborn(event.key.clone(), self.now))
            }
            None => return Err(Refusal::UnknownShipment(event.key.shipment.clone())),
        };
        self.happen(event, shipment).map(drop)
    }

    /// Notes that events up to `sequence` have been handed to the bus.
    pub(super) fn mark_published(&mut self, sequence: u64) {
        self.changes.published = self.changes.published.max(Some(sequence));
    }

    /// Ends the batch with what has to be written.
    pub(super) fn into_changes(mut self) -> Changes {
        let changed = self
            .met
            .into_values()
            .filter_map(|(shipment, changed)| changed.then_some(shipment));
        self.changes.shipments = changed.collect();
        self.changes
    }

    fn is_repeated(&self, event: &NewEvent) -> Result<bool, Refusal> {
        if !event.repeatable {
            return Ok(false);
        }
        match self
            .known
            .get(&(event.key.tenant.clone(), event.event_id.clone()))
        {
            None => Ok(false),
            Some(shipment) if *shipment == event.key.shipment => Ok(true),
            Some(_) => Err(Refusal::EventTaken(event.event_id.clone())),
        }
    }

    fn shipment(&self, key: &ShipmentKey) -> Option<Arc<Shipment>> {
        self.met.get(key).map(|(shipment, _)| shipment.clone())
    }

    fn happen(
        &mut self,
        mut event: NewEvent,
        mut shipment: Arc<Shipment>,
    ) -> Result<Arc<Shipment>, Refusal> {
        shipment.admits(&event)?;
        self.last_sequence += 1;
        if event.repeatable {
            let id = (event.key.tenant.clone(), event.event_id.clone());
            self.known.insert(id, event.key.shipment.clone());
        }
        let (status, ends) = (event.status, event.ends.take());
        let event = Event::record(event, self.last_sequence, shipment.last_sequence, self.now);
        Arc::make_mut(&mut shipment).apply(&event, status, ends);
        self.met.insert(event.key.clone(), (shipment.clone(), true));
        self.changes.events.push(Arc::new(event));
        Ok(shipment)
    }
}
