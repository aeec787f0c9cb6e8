//! Tests of the service as its clients see it.

mod auth;
mod browser;
mod bulk_ingest;
mod client;
mod crash;
mod deadline;
mod deploy;
mod harness;
mod health;
mod http;
mod limits;
mod live_tracking;
mod metrics;
mod panic;
mod parcels;
mod peers;
mod process;
mod reflection;
mod replicas;
mod shipments;
mod stream_updates;
mod tls;
mod traces;
mod trial;
mod wrong_input;
