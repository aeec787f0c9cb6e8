//! Extensions of one message that have one number in files that need not know of each other. protoc only warns of them; a
//! program that links both files refuses to start, or reads the one as the other.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::{Diagnostic, Severity};

impl Schema {
    /// Warns of each extension that has the number of one in a file before it.
    pub(super) fn report_shared_numbers(&mut self) {
        let mut first = FxHashMap::default();
        let mut warnings: Vec<(FileId, Diagnostic)> = Vec::new();
        for field in self.files().flat_map(|file| file.all_extensions()) {
            let (Some(message), Some(number)) = (field.containing_message(), field.number()) else {
                continue;
            };
            let other = match first.entry((message.full_name(), number)) {
                Entry::Vacant(entry) => {
                    entry.insert(field);
                    continue;
                }
                Entry::Occupied(entry) => *entry.get(),
            };
            let file = field.file();
            if other.file().id() == file.id() {
                continue;
            }
            let warning = Diagnostic::error(
                SCHEMA,
                file.source(),
                field.number_span(),
                format!(
                    "extensions `{}` and `{}` of `{}` have the number {number}",
                    other.full_name(),
                    field.full_name(),
                    message.full_name()
                ),
            )
            .with_severity(Severity::Warning)
            .with_label(
                other.file().source(),
                other.number_span(),
                "first used here",
            )
            .with_help("give one of them another number: no program can use both files");
            warnings.push((file.id(), warning));
        }
        for (file, warning) in warnings {
            self.files[file.get()].errors.push(warning);
        }
    }
}
