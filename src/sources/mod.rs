//! Path → text, wherever it lies: disk, git, archives, memory, and the well-known types in the binary.
//!
//! Nothing above this module knows where a source came from: a [`Tree`] is a directory of files that can be listed and
//! read. The root of a tree is an import root, so the path of a file in it is the name by which it is imported.

pub mod archive;
pub mod ci;
pub mod disk;
mod environment;
pub mod git;
pub mod input;
pub mod memory;
pub mod replace;
mod selection;
mod subtree;
mod tree;
pub mod well_known;

pub use disk::Disk;
pub use environment::Environment;
pub use memory::Memory;
pub use selection::Selection;
pub use subtree::Subtree;
pub use tree::{BlobId, Found, Tree, is_proto};

use crate::diagnostic::{Code, Diagnostic, Severity};

/// The code of everything that keeps a source from being read.
pub const INPUT: Code = Code("INPUT");

/// What cannot be read is said as every other finding is: what is wrong, why it matters, what to do.
pub type Result<T> = std::result::Result<T, Diagnostic>;

/// An error of code [`INPUT`] that no place in a source belongs to.
fn input_error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::without_place(INPUT, Severity::Error, message)
}
