//! The `protogov` binary.
fn main() {}
