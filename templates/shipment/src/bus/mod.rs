//! How events get from the writer to the streams of this process, and to other services.

pub mod catch_up;
pub mod hub;
pub mod nats;

pub use hub::{Ended, Hub, Subscription};
