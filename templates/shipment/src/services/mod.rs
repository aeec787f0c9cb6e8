//! The rpcs, a file for each service. A handler reads its request, asks the domain, and writes the answer.

mod encode_once;
mod live_tracking;
mod routing;
mod shipment_tracking;
mod tenant;
mod update_stream;

use std::pin::Pin;

use futures_util::Stream;
use tonic::Status;

pub use encode_once::EncodeOnce;
pub use live_tracking::LiveTrackingHandler;
pub use routing::RoutingHandler;
pub use shipment_tracking::ShipmentTrackingHandler;

/// A stream of answers.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;
