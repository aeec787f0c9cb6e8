//! The JSON schema of `protogov.toml` and its reference, made from the types that read it.
