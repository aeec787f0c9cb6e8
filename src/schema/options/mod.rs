//! Options: what their names mean, whether their values fit, and how both are read.
//!
//! protoc treats an option as a field of the element's options message in `descriptor.proto`, and a custom option as
//! an extension of it. So do we: each setting becomes a path of field numbers and an encoded record. Both lie in flat
//! lists beside the settings of the tree; [`Options`] is how they are read.

mod assemble;
mod default_value;
mod element;
mod interpret;
mod message;
mod value;
mod view;
mod wire;

use rayon::prelude::*;

use super::{FileId, Schema};
use crate::diagnostic::Diagnostic;
pub(in crate::schema) use element::{Element, Settings};
use interpret::{Interpreter, OptionTypes, Pass};

pub use default_value::DefaultValue;
pub use element::ElementKind;
pub use value::Value;
pub use view::{OptionField, OptionMessage, OptionSet, OptionValue, Options};

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
        let others = self.interpret(&ids, Pass::BuiltIn);
        self.resolve_features();
        self.interpret(&others, Pass::Custom);
    }

    /// Runs one pass over files; gives those that have settings of the other pass.
    fn interpret(&mut self, ids: &[FileId], pass: Pass) -> Vec<FileId> {
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
                    others,
                }
            })
            .collect();
        let mut others = Vec::new();
        for (&id, found) in ids.iter().zip(found) {
            if found.others {
                others.push(id);
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
        others
    }
}
