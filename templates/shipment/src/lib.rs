//! The shipment tracking service.
//!
//! `server` puts the parts together; an rpc is a method in `services`; what a shipment is and what may
//! happen to it is in `domain`; `store` keeps it and `bus` tells of it; everything else is the machinery
//! between the network and those.

pub mod auth;
pub mod breaker;
pub mod bus;
pub mod client;
pub mod config;
pub mod connection;
pub mod deadline;
pub mod domain;
pub mod error;
pub mod http;
pub mod layer;
pub mod methods;
pub mod metrics;
pub mod observe;
pub mod panic;
pub mod retry;
pub mod server;
pub mod services;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod trial;
pub mod whole;

/// The messages, servers and clients of the contract, a module for each part of a package name.
#[allow(clippy::all, clippy::pedantic, rustdoc::all)]
pub mod pb {
    include!(concat!(env!("OUT_DIR"), "/_pb.rs"));
}

/// Memory is mostly given back on another thread than it was taken on: events come in on all of them, and one writer
/// takes them over. That is where the system's allocator is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The contract with its imports, an encoded `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("descriptor");
