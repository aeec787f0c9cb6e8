//! Events: as they are reported, and as they are kept.

use bytes::Bytes;
use prost::Message;

use crate::domain::{EventId, Instant, ShipmentKey};
use crate::pb::logistics::shipment::v1::{ShipmentEvent, ShipmentStatus};

/// An event that keeps to the rules of its fields and has no place in the order of events yet.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub key: ShipmentKey,
    pub event_id: EventId,
    /// Whether its reporter chose the identifier, so that the event may have come before.
    pub repeatable: bool,
    pub status: ShipmentStatus,
    /// What `CREATED` says of the shipment.
    pub ends: Option<Ends>,
    /// The `ShipmentEvent`, encoded, without a sequence.
    pub encoded: Vec<u8>,
}

/// Where a shipment starts and where it goes, each a `Location`, encoded.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    pub origin: Option<Bytes>,
    pub destination: Option<Bytes>,
}

/// An event that was accepted. It was encoded once; stores, histories and streams share the bytes.
#[derive(Clone, Debug)]
pub struct Event {
    /// Place in the order of all events of the store: the first is 1, and none is left out.
    pub sequence: u64,
    /// The sequence of the event of the same shipment before this one, 0 for the first.
    pub previous: u64,
    pub key: ShipmentKey,
    pub event_id: EventId,
    /// When it was accepted. Never before that of the event with the sequence before.
    pub recorded_at: Instant,
    /// The `ShipmentEvent`, encoded.
    pub body: Vec<u8>,
}

impl Event {
    /// Gives `new` its place in the order, after the one before of the same shipment.
    #[must_use]
    pub fn record(new: NewEvent, sequence: u64, previous: u64, recorded_at: Instant) -> Self {
        let mut body = new.encoded;
        // It is the last field of the message, so the encoding is the one prost would make.
        prost::encoding::uint64::encode(Self::SEQUENCE_FIELD, &sequence, &mut body);
        Self {
            sequence,
            previous,
            key: new.key,
            event_id: new.event_id,
            recorded_at,
            body,
        }
    }

    /// The number of the field `sequence` in `ShipmentEvent`.
    const SEQUENCE_FIELD: u32 = 11;

    /// How many bytes that field takes at most.
    pub const SEQUENCE_BYTES: usize = 11;

    /// The event in the words of the contract.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn message(&self) -> Result<ShipmentEvent, prost::DecodeError> {
        ShipmentEvent::decode(self.body.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{TenantId, validate};

    #[test]
    fn the_sequence_is_added_to_the_encoding() {
        let reported = ShipmentEvent {
            event_id: "e-1".to_owned(),
            shipment_id: "s-1".to_owned(),
            status: ShipmentStatus::Created.into(),
            timestamp: Some(prost_types::Timestamp::default()),
            notes: "fragile".to_owned(),
            ..ShipmentEvent::default()
        };
        let tenant = TenantId::parse("t").expect("a valid name");
        let new = validate::event(&tenant, reported.clone()).expect("a valid event");
        let event = Event::record(new, 300, 0, Instant(0));
        assert_eq!(
            event.message(),
            Ok(ShipmentEvent {
                sequence: 300,
                ..reported
            })
        );
    }
}
