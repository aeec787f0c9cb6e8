//! Schema governance for Protocol Buffers.
