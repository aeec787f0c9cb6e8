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

use super::{Edition, FileData, FileId, Schema};
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
    table: SettingTable,
    errors: Vec<Diagnostic>,
    used: Vec<FileId>,
}

impl Found {
    fn keep(self, file: &mut FileData) {
        file.options = self.table;
        file.errors.extend(self.errors);
        if !self.used.is_empty() {
            file.links.used.extend(self.used);
            file.links.used.sort_unstable();
            file.links.used.dedup();
        }
    }
}

/// What the first pass leaves to be done in one file.
struct Left {
    /// The elements with settings for the second pass.
    others: Vec<Element>,
    /// What is to be checked once all options are known.
    uses: Vec<Use>,
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
        let types = OptionTypes::of(self);
        let (found, left): (Vec<Found>, Vec<Left>) = ids
            .par_iter()
            .map_init(Scratch::default, |scratch, &id| {
                let mut others = Vec::new();
                let (found, uses) = self.interpret(&types, id, scratch, |interpreter| {
                    others = interpreter.built_in_settings();
                });
                (found, Left { others, uses })
            })
            .unzip();
        self.give(&ids, found, |file, found| found.keep(file));
        self.resolve_features();

        let mut uses = Vec::new();
        let mut others = Vec::new();
        for (&id, left) in ids.iter().zip(left) {
            if !left.others.is_empty() {
                others.push((id, left.others));
            }
            if !left.uses.is_empty() {
                uses.push((id, left.uses));
            }
        }
        let types = OptionTypes::of(self);
        let (found, more_uses): (Vec<Found>, Vec<FileUses>) = others
            .par_iter()
            .map_init(Scratch::default, |scratch, (id, elements)| {
                let (found, uses) = self.interpret(&types, *id, scratch, |interpreter| {
                    interpreter.custom_settings(elements);
                });
                (found, (*id, uses))
            })
            .unzip();
        uses.extend(more_uses);
        let with_others: Vec<FileId> = others.iter().map(|&(id, _)| id).collect();
        self.give(&with_others, found, |file, found| found.keep(file));
        self.check_options(&ids, &uses);
        self.check_features();
    }

    /// Runs a pass over a file; also gives what it has to be asked for later.
    fn interpret(
        &self,
        types: &OptionTypes<'_>,
        id: FileId,
        scratch: &mut Scratch,
        run: impl FnOnce(&mut Interpreter<'_>),
    ) -> (Found, Vec<Use>) {
        let mut interpreter = Interpreter::new(self, types, id, std::mem::take(scratch));
        run(&mut interpreter);
        let Interpreter {
            table,
            uses,
            errors,
            used,
            ..
        } = interpreter;
        let found = Found {
            table: table.clone(),
            errors,
            used,
        };
        let found = (found, uses.clone());
        *scratch = Scratch { table, uses };
        found
    }

    /// Checks what can only be checked once the options of all files are known.
    fn check_options(&mut self, ids: &[FileId], uses: &[FileUses]) {
        let is_wrong = |(_, errors): &(FileId, Vec<Diagnostic>)| !errors.is_empty();
        let mut errors: Vec<(FileId, Vec<Diagnostic>)> = uses
            .par_iter()
            .map(|(id, uses)| (*id, self.check_uses(*id, uses)))
            .filter(is_wrong)
            .collect();
        let supports = ids.par_iter().map(|&id| (id, self.check_supports(id)));
        errors.par_extend(supports.filter(is_wrong));
        // Only edition 2024 has option imports.
        errors.par_extend(
            self.shown
                .par_iter()
                .filter(|&&id| self.data(id).outline.names.edition() >= Edition::Edition2024)
                .map(|&id| (id, self.check_redaction(id)))
                .filter(is_wrong),
        );
        for (id, errors) in errors {
            self.files[id.get()].errors.extend(errors);
        }
    }
}
