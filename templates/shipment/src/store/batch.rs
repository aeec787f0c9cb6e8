//! Deciding about a batch in memory: what is a repetition, what is refused, what changes.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use crate::domain::{
    Event, EventId, Instant, NewEvent, Refusal, Shipment, ShipmentId, ShipmentKey, TenantId,
};
use crate::pb::logistics::shipment::v1::ShipmentStatus;
use crate::store::backend::{Changes, End, Found, Wanted};

/// A batch while it is decided. The next one takes over its memory.
#[derive(Default)]
pub(super) struct Batch {
    /// The shipments the batch is about, as they are by now.
    met: HashMap<ShipmentKey, Met>,
    /// The shipment of every repeatable event that is known, in the database or from this batch.
    known: HashMap<(TenantId, EventId), ShipmentId>,
    last_sequence: u64,
    now: Instant,
    events: Vec<Arc<Event>>,
    published: Option<u64>,
}

#[derive(Default)]
struct Met {
    /// `None` where there is no such shipment.
    shipment: Option<Arc<Shipment>>,
    changed: bool,
}

impl Batch {
    /// Begins anew after the last event of the log.
    pub(super) fn begin(&mut self, end: End) {
        self.met.clear();
        self.known.clear();
        self.last_sequence = end.last_sequence;
        // The clock of a machine may go back; the order of events does not.
        self.now = Instant::now().max(end.last_recorded_at);
        self.events.clear();
        self.published = None;
    }

    /// Gathers the shipments that `events` are about, from memory where they are, and says what has to be read.
    pub(super) fn gather<'e>(
        &mut self,
        events: impl Iterator<Item = &'e NewEvent>,
        in_memory: impl Fn(&ShipmentKey) -> Option<Arc<Shipment>>,
    ) -> Wanted {
        let mut wanted = Wanted::default();
        for event in events {
            if event.repeatable {
                let id = (event.key.tenant.clone(), event.event_id.clone());
                wanted.events.push(id);
            }
            if let Entry::Vacant(entry) = self.met.entry(event.key.clone()) {
                let shipment = in_memory(entry.key());
                if shipment.is_none() {
                    wanted.shipments.push(entry.key().clone());
                }
                entry.insert(Met {
                    shipment,
                    changed: false,
                });
            }
        }
        wanted
    }

    /// Takes in what the database knows.
    pub(super) fn learn(&mut self, found: Found) {
        for shipment in found.shipments {
            let met = self.met.entry(shipment.key.clone()).or_default();
            met.shipment = Some(Arc::new(shipment));
        }
        let events = found.events.into_iter();
        self.known
            .extend(events.map(|(tenant, event, shipment)| ((tenant, event), shipment)));
    }

    /// Lets `event` happen to a shipment that exists, unless it has happened already.
    pub(super) fn update(&mut self, event: NewEvent) -> Result<Arc<Shipment>, Refusal> {
        let met = self.met.get(&event.key);
        let shipment = met.and_then(|met| met.shipment.as_ref());
        let shipment =
            shipment.ok_or_else(|| Refusal::UnknownShipment(event.key.shipment.clone()))?;
        if self.is_repeated(&event)? {
            return Ok(shipment.clone());
        }
        self.happen(event).cloned()
    }

    /// Lets `event` happen, unless it has happened already. `CREATED` makes the shipment.
    pub(super) fn ingest(&mut self, event: NewEvent) -> Result<(), Refusal> {
        if self.is_repeated(&event)? {
            return Ok(());
        }
        self.happen(event).map(drop)
    }

    /// Notes that events up to `sequence` have been handed to the bus.
    pub(super) fn mark_published(&mut self, sequence: u64) {
        self.published = self.published.max(Some(sequence));
    }

    /// Ends the batch with what has to be written.
    pub(super) fn end(&mut self) -> Changes {
        let met = self.met.drain().map(|(_, met)| met);
        let changed = met.filter(|met| met.changed);
        Changes {
            shipments: changed.filter_map(|met| met.shipment).collect(),
            events: std::mem::take(&mut self.events),
            published: self.published,
        }
    }

    fn is_repeated(&self, event: &NewEvent) -> Result<bool, Refusal> {
        if !event.repeatable {
            return Ok(false);
        }
        let id = (event.key.tenant.clone(), event.event_id.clone());
        match self.known.get(&id) {
            None => Ok(false),
            Some(shipment) if *shipment == event.key.shipment => Ok(true),
            Some(_) => Err(Refusal::EventTaken(id.1)),
        }
    }

    fn happen(&mut self, mut event: NewEvent) -> Result<&Arc<Shipment>, Refusal> {
        let met = self.met.entry(event.key.clone()).or_default();
        if met.shipment.is_none() && event.status == ShipmentStatus::Created {
            met.shipment = Some(Arc::new(Shipment::unborn(event.key.clone(), self.now)));
        }
        let shipment = met.shipment.as_mut();
        let shipment =
            shipment.ok_or_else(|| Refusal::UnknownShipment(event.key.shipment.clone()))?;
        shipment.admits(&event)?;
        self.last_sequence += 1;
        if event.repeatable {
            let id = (event.key.tenant.clone(), event.event_id.clone());
            self.known.insert(id, event.key.shipment.clone());
        }
        let (status, ends) = (event.status, event.ends.take());
        let event = Event::record(event, self.last_sequence, shipment.last_sequence, self.now);
        Arc::make_mut(shipment).apply(&event, status, ends);
        met.changed = true;
        self.events.push(Arc::new(event));
        Ok(shipment)
    }
}
