//! Path → text, wherever it lies: disk, git, archives, memory, and the well-known types in the binary.
//!
//! Nothing above this module knows where a source came from.

pub mod well_known;
