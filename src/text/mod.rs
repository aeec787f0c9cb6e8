//! Text and places in it: sources, byte spans, lines and columns, edits, identifier case, names that are alike.
//!
//! This module knows nothing of Protocol Buffers' grammar; everything else stands on it.

pub mod case;
mod edit;
pub mod english;
mod line_index;
pub mod similar;
mod source;
mod span;

pub use edit::{Edit, EditConflict, apply_edits};
pub use line_index::{Columns, LineIndex, Position, descriptor_column};
pub use source::{MAX_SOURCE_BYTES, Source, SourceTooLarge};
pub use span::Span;
