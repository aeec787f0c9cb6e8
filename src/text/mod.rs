//! Text and places in it: sources, byte spans, lines and columns, edits, identifier case, names that are alike,
//! days.
//!
//! This module knows nothing of Protocol Buffers' grammar; everything else stands on it.

pub mod case;
mod day;
mod edit;
pub mod english;
mod line_index;
pub mod similar;
mod source;
mod span;

pub use day::{BadDay, Day};
pub use edit::{Edit, EditConflict, apply_edits};
pub use line_index::{Columns, LineIndex, Position, descriptor_column};
pub use source::{MAX_SOURCE_BYTES, Source, SourceTooLarge};
pub use span::Span;
