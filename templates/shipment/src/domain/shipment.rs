//! A shipment: where it stands and the way it came.

use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::{
    Message,
    encoding::{WireType, decode_varint, encode_key, encode_varint, int32, message},
};

use crate::domain::event::Ends;
use crate::domain::{Event, Instant, NewEvent, Refusal, ShipmentKey, status};
use crate::pb::logistics::shipment::v1::{ShipmentResponse, ShipmentStatus};

/// How many events an answer carries: the last ones. `StreamUpdates` gives them all.
pub const HISTORY_LIMIT: usize = 500;

/// A shipment with the last [`HISTORY_LIMIT`] of its events.
#[derive(Clone, Debug)]
pub struct Shipment {
    pub key: ShipmentKey,
    pub status: ShipmentStatus,
    pub ends: Ends,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The sequence of its first event, 0 before that.
    pub first_sequence: u64,
    /// The sequence of its last event.
    pub last_sequence: u64,
    pub history: History,
}

/// Events, oldest first, encoded as they stand in a `ShipmentResponse`. The next version of a shipment shares
/// them with this one, except for the chunk that grows, which is copied.
#[derive(Clone, Debug, Default)]
pub struct History {
    full: Arc<Vec<Chunk>>,
    growing: Chunk,
    events: usize,
    bytes: usize,
}

#[derive(Clone, Debug, Default)]
struct Chunk {
    encoded: Bytes,
    events: usize,
}

impl Shipment {
    /// A shipment before its first event.
    #[must_use]
    pub fn unborn(key: ShipmentKey, now: Instant) -> Self {
        Self {
            key,
            status: ShipmentStatus::Unspecified,
            ends: Ends::default(),
            created_at: now,
            updated_at: now,
            first_sequence: 0,
            last_sequence: 0,
            history: History::default(),
        }
    }

    /// Whether `event` may happen now.
    ///
    /// # Errors
    /// When the status it reports cannot follow the one the shipment has.
    pub fn admits(&self, event: &NewEvent) -> Result<(), Refusal> {
        if status::may_follow(self.status, event.status) {
            return Ok(());
        }
        Err(Refusal::Transition {
            shipment: self.key.shipment.clone(),
            from: self.status,
            to: event.status,
        })
    }

    /// Lets `event` happen. It brings the shipment to `status`, and `ends` says where it goes.
    pub fn apply(&mut self, event: &Event, status: ShipmentStatus, ends: Option<Ends>) {
        self.status = status;
        self.updated_at = event.recorded_at;
        if self.first_sequence == 0 {
            self.first_sequence = event.sequence;
        }
        self.last_sequence = event.sequence;
        if let Some(ends) = ends {
            self.ends = ends;
        }
        self.history.push(&event.body);
    }

    /// Writes the shipment as a `ShipmentResponse`, from parts that are encoded already.
    pub fn encode(&self, buffer: &mut impl BufMut) {
        put(1, self.key.shipment.as_str().as_bytes(), buffer);
        int32::encode(2, &self.status.into(), buffer);
        let places = [(3, &self.ends.origin), (4, &self.ends.destination)];
        for (field, place) in places {
            if let Some(place) = place {
                put(field, place, buffer);
            }
        }
        self.history.encode(buffer);
        message::encode(6, &self.created_at.to_timestamp(), buffer);
        message::encode(7, &self.updated_at.to_timestamp(), buffer);
    }

    /// The shipment in the words of the contract.
    ///
    /// # Errors
    /// When a part is damaged.
    pub fn to_response(&self) -> Result<ShipmentResponse, prost::DecodeError> {
        let mut encoded = Vec::new();
        self.encode(&mut encoded);
        ShipmentResponse::decode(encoded.as_slice())
    }

    /// About how many bytes of memory the shipment takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        /// The maps, the keys and the places.
        const BASE: usize = 512;
        BASE + self.history.bytes
    }
}

impl History {
    /// The number of the field `history` in `ShipmentResponse`. Its key takes one byte, as it is under 16.
    const FIELD: u32 = 5;

    /// How many bytes a chunk may have if it has more than one event.
    const CHUNK: usize = 1_000;

    /// Adds the newest event. Chunks of which none is under the last [`HISTORY_LIMIT`] are forgotten.
    pub fn push(&mut self, body: &[u8]) {
        if self.growing.events > 0 && self.growing.encoded.len() + body.len() > Self::CHUNK {
            let full = Arc::make_mut(&mut self.full);
            full.push(std::mem::take(&mut self.growing));
            while let Some(oldest) = full.first()
                && self.events - oldest.events >= HISTORY_LIMIT
            {
                self.events -= oldest.events;
                self.bytes -= oldest.encoded.len();
                full.remove(0);
            }
        }
        let mut encoded = BytesMut::with_capacity(self.growing.encoded.len() + body.len() + 8);
        encoded.put_slice(&self.growing.encoded);
        put(Self::FIELD, body, &mut encoded);
        self.bytes += encoded.len() - self.growing.encoded.len();
        self.growing.encoded = encoded.freeze();
        self.growing.events += 1;
        self.events += 1;
    }

    fn encode(&self, buffer: &mut impl BufMut) {
        let mut surplus = self.events.saturating_sub(HISTORY_LIMIT);
        for chunk in self.chunks() {
            let mut events = &chunk.encoded[..];
            for _ in 0..surplus.min(chunk.events) {
                events.advance(1);
                let length = decode_varint(&mut events).unwrap_or_default();
                let length = usize::try_from(length).unwrap_or_default();
                events.advance(length.min(events.len()));
            }
            surplus = surplus.saturating_sub(chunk.events);
            buffer.put_slice(events);
        }
    }

    fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        self.full.iter().chain([&self.growing])
    }
}

/// Writes a message that is encoded already as a field of another one.
fn put(field: u32, message: &[u8], buffer: &mut impl BufMut) {
    encode_key(field, WireType::LengthDelimited, buffer);
    encode_varint(message.len() as u64, buffer);
    buffer.put_slice(message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ShipmentId, TenantId};
    use crate::pb::logistics::shipment::v1::{Location, ShipmentEvent};

    #[test]
    fn the_last_events_are_kept_in_order() {
        let names = TenantId::parse("t").zip(ShipmentId::parse("s"));
        let key = names
            .map(|(tenant, shipment)| ShipmentKey { tenant, shipment })
            .expect("valid names");
        let mut shipment = Shipment::unborn(key, Instant(0));
        shipment.status = ShipmentStatus::Created;
        shipment.updated_at = Instant(1_500_000);
        // A `Location` with a `city` only.
        shipment.ends.destination = Some(Bytes::from_static(b"\x22\x06Berlin"));
        for sequence in 1..=HISTORY_LIMIT as u64 + 7 {
            let notes = "x".repeat(usize::try_from(sequence).expect("small"));
            shipment.history.push(
                &ShipmentEvent {
                    sequence,
                    notes,
                    ..ShipmentEvent::default()
                }
                .encode_to_vec(),
            );
        }
        let response = shipment
            .to_response()
            .expect("what was encoded can be decoded");
        let sequences: Vec<_> = response
            .history
            .iter()
            .map(|event| event.sequence)
            .collect();
        assert_eq!(
            sequences,
            (8..=HISTORY_LIMIT as u64 + 7).collect::<Vec<_>>()
        );
        let place = Location {
            city: "Berlin".to_owned(),
            ..Location::default()
        };
        let expected = ShipmentResponse {
            shipment_id: "s".to_owned(),
            status: ShipmentStatus::Created.into(),
            destination: Some(place),
            created_at: Some(Instant(0).to_timestamp()),
            updated_at: Some(Instant(1_500_000).to_timestamp()),
            history: response.history.clone(),
            ..ShipmentResponse::default()
        };
        assert_eq!(response, expected);
    }
}
