//! Schema governance for Protocol Buffers: lint, breaking changes against a git baseline, and tonic scaffolding.
//!
//! Everything is a short pipeline of values; each stage is a module, and a module names only those before it:
//!
//! ```text
//!  disk ──┐
//!  git  ──┼─► sources ─► syntax ─► schema ─┬─► checks::lint ──────────┐
//!  memory ┘   (text)     (tree)   (linked) └─► diff ─► checks::breaking ┼─► diagnostics ─► report
//!                           │         │            └─► history          │
//!                           │         ├─► descriptor (FileDescriptorSet)│
//!                           │         └─► scaffold (templates/)         │
//! ```

#![forbid(unsafe_code)]

pub mod checks;
pub mod cli;
pub mod compatibility;
pub mod config;
pub mod descriptor;
pub mod diagnostic;
pub mod fix;
pub mod governance;
pub mod history;
pub mod report;
pub mod scaffold;
pub mod schema;
pub mod sources;
pub mod syntax;
pub mod text;
pub mod workspace;
