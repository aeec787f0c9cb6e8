//! From what the user names to parsed files: import roots, targets, and whatever they import.
//!
//! Only here and in `sources` is anything read; everything above works on values.

mod load;
mod roots;

pub use load::{Loaded, LoadedFile, MissingImport, ParsedFiles, load};
pub use roots::{ImportRoot, Root, roots};
