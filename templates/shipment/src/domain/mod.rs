//! What a shipment is and what may happen to it. Nothing here knows of gRPC, of a database or of
//! other services; the messages of the contract are the data it works on.

pub mod countries;
pub mod event;
pub mod geo;
pub mod ids;
pub mod refusal;
pub mod shipment;
pub mod status;
pub mod time;
pub mod validate;

pub use event::{Event, NewEvent};
pub use ids::{EventId, ShipmentId, ShipmentKey, TenantId, VehicleId};
pub use refusal::{Refusal, Violation};
pub use shipment::Shipment;
pub use time::Instant;
