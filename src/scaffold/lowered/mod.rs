//! Contracts in an edition, written again in a syntax that protox and prost read.
//!
//! What an edition's features say of each element is said in the words of proto3, or of proto2 where proto3 has no word
//! for it: a field that knows of its absence becomes `optional`, one that must be set `required`. What neither syntax
//! can say of a field, though prost understands it in a descriptor, is amended there. The bytes on the wire stay what
//! they are; what cannot be said at all is refused. Closed enums become open ones, which prost does not distinguish.

mod amendments;
mod edits;
mod target;

use crate::diagnostic::Diagnostic;
use crate::schema::{Edition, File};

pub use amendments::Amendments;

use target::Target;

/// Files without editions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lowered {
    /// Paths and texts; nothing if no file has an edition.
    pub texts: Vec<(String, String)>,
    /// What the texts do not say.
    pub amendments: Amendments,
}

/// Writes files without editions.
///
/// # Errors
/// What neither proto2 nor proto3 can say, with the place and the remedy.
pub fn lower(files: &[File<'_>]) -> Result<Lowered, Vec<Diagnostic>> {
    let mut lowered = Lowered::default();
    if !files.iter().any(|file| file.edition().is_edition()) {
        return Ok(lowered);
    }
    let mut problems = Vec::new();
    for file in files {
        let text = if file.edition() < Edition::Edition2023 {
            file.source().text().to_owned()
        } else {
            match Target::of(*file) {
                Ok(target) => {
                    lowered.amendments.add(*file, target);
                    edits::lowered_text(*file, target)
                }
                Err(more) => {
                    problems.extend(more);
                    continue;
                }
            }
        };
        lowered.texts.push((file.path().to_owned(), text));
    }
    if problems.is_empty() {
        Ok(lowered)
    } else {
        Err(problems)
    }
}
