//! The gRPC service {{ c.service_names_quoted() }}.
//!
//! `server` puts the parts together, and an rpc is a method in `services`.
{%- if c.stores %} What a resource is and which values
//! it may have is in `domain`.
{%- endif %} Everything else is the machinery around those.
{% if c.auth %}
pub mod auth;
{%- endif %}
{%- if c.clients %}
pub mod breaker;
{%- endif %}
{%- if c.stores %}
pub mod bus;
{%- endif %}
{%- if c.clients %}
pub mod client;
{%- endif %}
pub mod config;
pub mod deadline;
{%- if c.stores %}
pub mod domain;
{%- endif %}
pub mod error;
{%- if c.stores %}
pub mod field_mask;
pub mod filter;
{%- endif %}
{%- if c.http %}
pub mod http;
{%- endif %}
pub mod layer;
pub mod methods;
{%- if c.metrics %}
pub mod metrics;
{%- endif %}
pub mod observe;
{%- if c.stores %}
pub mod page;
{%- endif %}
pub mod panic;
{%- if c.nats %}
pub mod relay;
{%- endif %}
{%- if c.stores %}
pub mod resource;
{%- endif %}
{%- if c.rest %}
pub mod rest;
{%- endif %}
{%- if c.clients %}
pub mod retry;
{%- endif %}
{%- if c.secrets %}
pub mod secret;
{%- endif %}
pub mod server;
pub mod services;
pub mod shutdown;
{%- if c.stores %}
pub mod store;
{%- endif %}
pub mod telemetry;

{% if c.reflects() %}
use std::sync::LazyLock;

use prost_reflect::DescriptorPool;
{% endif %}
{%- if c.workspace %}
pub use {{ c.contract_lib() }}::{self as pb, DESCRIPTOR_SET};
{%- else %}
/// The messages, servers and clients of the contract, a module for each part of a package name.
#[allow(clippy::all, clippy::pedantic, nonstandard_style, rustdoc::all)]
pub mod pb {
    include!(concat!(env!("OUT_DIR"), "/_pb.rs"));
}

/// The contract with its imports, an encoded `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("descriptor");
{%- endif %}
{%- if c.reflects() %}

/// The contract, to be asked for messages and fields by name.
pub static CONTRACT: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(DESCRIPTOR_SET).expect("the build script writes a valid descriptor set")
});
{%- endif %}
