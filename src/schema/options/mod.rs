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
mod message;
mod redaction;
mod usage;
mod value;
mod view;
pub(crate) mod wire;

use rayon::prelude::*;

use super::{Edition, FileId, Schema};
use crate::diagnostic::Diagnostic;
pub(in crate::schema) use element::{Element, Settings};
use interpret::{Interpreter, OptionTypes, Pass};
use usage::Use;

pub use default_value::DefaultValue;
pub use element::ElementKind;
pub use value::Value;
pub(crate) use view::scalar_values;
pub use view::{Meaning, OptionField, OptionMessage, OptionSet, OptionValue, Options};

/// The settings of one file, interpreted.
#[derive(Debug, Clone, Default)]
pub(super) struct SettingTable {
    /// Beside the options of the tree.
    settings: Vec<Setting>,
    paths: Vec<i32>,
    bytes: Vec<u8>,
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

impl SettingTable {
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
    uses: Vec<Use>,
    /// There are settings of the other pass.
    others: bool,
}

impl Schema {
    /// Interprets the options of all files, and what follows from them: features.
    pub(super) fn interpret_options(&mut self) {
        let ids: Vec<FileId> = self
            .ids()
            .filter(|&id| !self.data(id).syntax.tree().options.is_empty())
            .collect();
        let (others, mut uses) = self.interpret(&ids, Pass::BuiltIn);
        self.resolve_features();
        uses.extend(self.interpret(&others, Pass::Custom).1);
        self.check_options(&ids, &uses);
        self.check_features();
    }

    /// Runs one pass over files; gives those that have settings of the other pass, and what is left to be checked.
    fn interpret(&mut self, ids: &[FileId], pass: Pass) -> (Vec<FileId>, Vec<(FileId, Vec<Use>)>) {
        let types = OptionTypes::of(self);
        let found: Vec<Found> = ids
            .par_iter()
            .map(|&id| {
                let mut interpreter = Interpreter::new(self, &types, id);
                let others = interpreter.run(pass);
                interpreter.table.settings.shrink_to_fit();
                interpreter.table.paths.shrink_to_fit();
                interpreter.table.bytes.shrink_to_fit();
                Found {
                    table: interpreter.table,
                    errors: interpreter.errors,
                    used: interpreter.used,
                    uses: interpreter.uses,
                    others,
                }
            })
            .collect();
        let mut others = Vec::new();
        let mut uses = Vec::new();
        for (&id, found) in ids.iter().zip(found) {
            if found.others {
                others.push(id);
            }
            if !found.uses.is_empty() {
                uses.push((id, found.uses));
            }
            let file = &mut self.files[id.get()];
            file.options = found.table;
            file.errors.extend(found.errors);
            if !found.used.is_empty() {
                file.links.used.extend(found.used);
                file.links.used.sort_unstable();
                file.links.used.dedup();
            }
        }
        (others, uses)
    }

    /// Checks what can only be checked once the options of all files are known.
    fn check_options(&mut self, ids: &[FileId], uses: &[(FileId, Vec<Use>)]) {
        let mut errors: Vec<(FileId, Vec<Diagnostic>)> = uses
            .par_iter()
            .map(|(id, uses)| (*id, self.check_uses(*id, uses)))
            .collect();
        errors.par_extend(ids.par_iter().map(|&id| (id, self.check_supports(id))));
        // Only edition 2024 has option imports.
        errors.par_extend(
            self.shown
                .par_iter()
                .filter(|&&id| self.data(id).names.edition() >= Edition::Edition2024)
                .map(|&id| (id, self.check_redaction(id))),
        );
        for (id, errors) in errors {
            self.files[id.get()].errors.extend(errors);
        }
    }
}
