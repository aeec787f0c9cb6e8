//! The contract of {{ c.service_names_quoted() }}: a module for each part of a package name.
//!
//! The features say what there is besides messages: with `client`, which is on by default, code that calls the
//! services, and with `server` code that answers their calls. A client takes any channel of tonic:
//!
//! ```text
//! let channel = tonic::transport::Endpoint::from_static("http://localhost:50051").connect_lazy();
//! let client = {{ c.client_path() }}::new(channel);
//! ```

#![allow(clippy::all, clippy::pedantic, nonstandard_style, rustdoc::all, reason = "prost and tonic write the code")]

include!(concat!(env!("OUT_DIR"), "/_pb.rs"));

/// The contract with its imports, an encoded `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));
