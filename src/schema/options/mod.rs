//! Options: what their names mean, whether their values fit, and how both are read.
//!
//! protoc treats an option as a field of the element's options message in `descriptor.proto`, and a custom option as
//! an extension of it. So do we: each setting becomes a path of field numbers and an encoded record. Both lie in flat
//! lists beside the settings of the tree; [`Options`] is how they are read.

mod assemble;
mod default_value;
mod earlier;
mod element;
mod interpret;
mod member;
mod message;
mod name_part;
mod reading;
mod redaction;
mod setting_value;
mod usage;
mod value;
mod view;
pub(crate) mod wire;

use rayon::prelude::*;

use super::{Edition, FileId, Schema};
use crate::diagnostic::Diagnostic;
pub(in crate::schema) use element::{Element, Settings};
use interpret::{Interpreter, OptionTypes, Scratch};
use usage::Use;

pub use default_value::DefaultValue;
pub use element::ElementKind;
pub(crate) use reading::scalar_values;
pub use reading::{OptionField, OptionMessage, OptionValue};
pub use value::Value;
pub use view::{Meaning, OptionSet, Options};

/// The settings of one file, interpreted.
#[derive(Debug, Default)]
pub(super) struct SettingTable {
    /// Beside the options of the tree.
    settings: Vec<Setting>,
    paths: Vec<i32>,
    bytes: Vec<u8>,
    /// Whether features are set anywhere in the file.
    sets_features: bool,
}

/// What a setting means.
#[derive(Debug, Clone, Copy, Default)]
struct Setting {
    state: State,
    /// In [`SettingTable::paths`]: the field numbers from the options message on; the last of a repeated field is
    /// followed by the position of the value among those of the field.
    path: (u32, u32),
    /// In [`SettingTable::bytes`]: the record of the options message that holds just this setting.
    bytes: (u32, u32),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// It was not understood.
    #[default]
    Unknown,
    /// It sets an option.
    Set,
    /// It is a field's `default`.
    Default,
    /// It is a field's `json_name`.
    JsonName,
}

impl Clone for SettingTable {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            paths: self.paths.clone(),
            bytes: self.bytes.clone(),
            sets_features: self.sets_features,
        }
    }

    /// Keeps the room that is there.
    fn clone_from(&mut self, source: &Self) {
        self.settings.clone_from(&source.settings);
        self.paths.clone_from(&source.paths);
        self.bytes.clone_from(&source.bytes);
        self.sets_features = source.sets_features;
    }
}

impl SettingTable {
    /// Whether features are set anywhere in the file.
    pub(super) fn sets_features(&self) -> bool {
        self.sets_features
    }

    /// Whether one of these built-in options is set anywhere in the file.
    fn sets_any(&self, numbers: &[i32]) -> bool {
        self.settings.iter().any(|&setting| {
            let first = self.path(setting).first();
            first.is_some_and(|number| numbers.contains(number))
        })
    }

    fn path(&self, setting: Setting) -> &[i32] {
        let (start, end) = setting.path;
        self.paths
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    fn bytes(&self, setting: Setting) -> &[u8] {
        let (start, end) = setting.bytes;
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

/// What a pass found in one file.
struct Found {
    id: FileId,
    table: SettingTable,
    errors: Vec<Diagnostic>,
    used: Vec<FileId>,
    uses: Vec<Use>,
    /// The elements with settings for the second pass.
    others: Vec<Element>,
}

/// What is left to be checked of a file once all options are known.
type FileUses = (FileId, Vec<Use>);

impl Schema {
    /// Interprets the options of all files, and what follows from them: features.
    pub(super) fn interpret_options(&mut self) {
        let ids: Vec<FileId> = self
            .ids()
            .filter(|&id| !self.data(id).syntax.tree().options.is_empty())
            .collect();
        let mut uses = Vec::new();
        let types = OptionTypes::of(self);
        let found = ids
            .par_iter()
            .map_init(Scratch::default, |scratch, &id| {
                let run = |interpreter: &mut Interpreter<'_>| interpreter.built_in_settings();
                self.interpret(&types, id, scratch, run)
            })
            .collect();
        let others = self.keep(found, &mut uses);
        self.resolve_features();
        let types = OptionTypes::of(self);
        let found = others
            .par_iter()
            .map_init(Scratch::default, |scratch, (id, elements)| {
                let run = |interpreter: &mut Interpreter<'_>| {
                    interpreter.custom_settings(elements);
                    Vec::new()
                };
                self.interpret(&types, *id, scratch, run)
            })
            .collect();
        self.keep(found, &mut uses);
        self.check_options(&ids, &uses);
        self.check_features();
    }

    /// Runs a pass over a file.
    fn interpret(
        &self,
        types: &OptionTypes<'_>,
        id: FileId,
        scratch: &mut Scratch,
        run: impl FnOnce(&mut Interpreter<'_>) -> Vec<Element>,
    ) -> Found {
        let mut interpreter = Interpreter::new(self, types, id, std::mem::take(scratch));
        let others = run(&mut interpreter);
        let Interpreter {
            table,
            uses,
            errors,
            used,
            ..
        } = interpreter;
        let found = Found {
            id,
            table: table.clone(),
            errors,
            used,
            uses: uses.clone(),
            others,
        };
        *scratch = Scratch { table, uses };
        found
    }

    /// Keeps what a pass found; gives the files that the second pass has to see, with their elements.
    fn keep(&mut self, found: Vec<Found>, uses: &mut Vec<FileUses>) -> Vec<(FileId, Vec<Element>)> {
        let mut others = Vec::new();
        for found in found {
            if !found.others.is_empty() {
                others.push((found.id, found.others));
            }
            if !found.uses.is_empty() {
                uses.push((found.id, found.uses));
            }
            let file = &mut self.files[found.id.get()];
            file.options = found.table;
            file.errors.extend(found.errors);
            if !found.used.is_empty() {
                file.links.used.extend(found.used);
                file.links.used.sort_unstable();
                file.links.used.dedup();
            }
        }
        others
    }

    /// Checks what can only be checked once the options of all files are known.
    fn check_options(&mut self, ids: &[FileId], uses: &[FileUses]) {
        let mut errors: Vec<(FileId, Vec<Diagnostic>)> = uses
            .par_iter()
            .map(|(id, uses)| (*id, self.check_uses(*id, uses)))
            .collect();
        errors.par_extend(ids.par_iter().map(|&id| (id, self.check_supports(id))));
        // Only edition 2024 has option imports.
        errors.par_extend(
            self.shown
                .par_iter()
                .filter(|&&id| self.data(id).outline.names.edition() >= Edition::Edition2024)
                .map(|&id| (id, self.check_redaction(id))),
        );
        for (id, errors) in errors {
            self.files[id.get()].errors.extend(errors);
        }
    }
}
