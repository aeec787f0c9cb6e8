//! From what the user names to parsed files: import roots, targets, and whatever they import.
//!
//! Only here and in `sources` is anything read; everything above works on values.

mod baseline;
mod contents;
pub mod image;
mod imports;
mod layout;
mod left_out;
mod load;
mod roots;
mod versions;

pub use baseline::{Baseline, is_input};
pub use contents::Contents;
pub use layout::Layout;
pub use load::{Loaded, LoadedFile, MissingImport, ParsedFiles, load};
use roots::relative;
pub use roots::{ImportRoot, Root, roots};
pub use versions::{Checked, Versions, importers_of};
