//! Files linked to one model: names, references, options, features, presence; and what is wrong with them.
//!
//! The model mirrors what was written, not `FileDescriptorProto`: a map field is a map field, a proto3 `optional` has
//! no invented oneof, and every part carries its span. It is read through small copyable views ([`File`],
//! [`Message`], [`Field`] and so on). Linking is total like parsing: it never stops at an error, so that all errors of
//! all files are told in one run, and rules can run on what could be understood.

mod declared;
pub mod diff;
pub mod features;
mod imports;
mod lookup;
mod members;
mod names;
pub mod options;
mod outline;
mod reserved;
mod resolve;
mod shared_numbers;
mod symbol;
mod symbol_name;
mod symbols;
mod validate;
mod values;
mod view;

use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::syntax;

pub use declared::DeclaredPlaces;
pub use features::Features;
use features::FileFeatures;
pub use imports::Imports;
pub use lookup::{Lookup, Scope, Unresolved};
use members::LongMessages;
pub use names::{Edition, Names};
use options::SettingTable;
pub use outline::Outline;
use reserved::LongReservations;
pub use resolve::Links;
pub use symbol::{Definition, Symbol};
pub use symbols::SymbolTable;
use values::LongEnums;
pub use view::{
    Cardinality, Enum, EnumValue, Extend, Field, FieldKind, File, Message, Method, Name, Oneof,
    Service,
};

/// The code of everything that makes a file no valid schema although its grammar is right.
pub const SCHEMA: Code = Code("SCHEMA");

/// The index of a file in its [`Schema`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// The position in [`Schema::files`].
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// Why a file is part of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It was asked for: it is checked and written.
    Target,
    /// Something that was asked for imports it.
    Import,
    /// It comes with the compiler. Where nothing imports it, it only says what options there are:
    /// it is no file of the schema, and no name refers to it.
    Builtin,
}

/// A parsed file on its way into a schema.
#[derive(Debug, Clone)]
pub struct Input {
    file: Arc<syntax::File>,
    outline: Arc<Outline>,
    role: Role,
}

impl Input {
    /// A parsed file, whose source's name is the path it is imported by, and why it is there.
    pub fn new(file: Arc<syntax::File>, role: Role) -> Self {
        let outline = Arc::new(Outline::of(&file));
        Self::with_outline(file, outline, role)
    }

    /// The same where the outline of the file is known.
    pub fn with_outline(file: Arc<syntax::File>, outline: Arc<Outline>, role: Role) -> Self {
        Self {
            file,
            outline,
            role,
        }
    }

    /// The parsed file.
    pub fn file(&self) -> &Arc<syntax::File> {
        &self.file
    }
}

/// A set of files linked to each other.
#[derive(Debug)]
pub struct Schema {
    files: Vec<FileData>,
    /// The files that belong to the schema: all but built-in ones that nothing imports.
    shown: Vec<FileId>,
    by_name: FxHashMap<Arc<str>, FileId>,
    symbols: SymbolTable,
}

/// All that is known of one file.
#[derive(Debug)]
struct FileData {
    syntax: Arc<syntax::File>,
    role: Role,
    outline: Arc<Outline>,
    imports: Imports,
    links: Links,
    features: FileFeatures,
    options: SettingTable,
    /// Filled when a field of one is first looked for.
    long_messages: OnceLock<LongMessages>,
    /// Filled when a value of one is first looked for.
    long_enums: OnceLock<LongEnums>,
    /// Filled when it is first asked what is reserved.
    long_reservations: OnceLock<LongReservations>,
    errors: Vec<Diagnostic>,
}

impl FileData {
    fn new(input: Input) -> Self {
        Self {
            features: FileFeatures::defaults(input.outline.names.edition()),
            syntax: input.file,
            role: input.role,
            outline: input.outline,
            imports: Imports::default(),
            links: Links::default(),
            options: SettingTable::default(),
            long_messages: OnceLock::new(),
            long_enums: OnceLock::new(),
            long_reservations: OnceLock::new(),
            errors: Vec::new(),
        }
    }
}

impl Schema {
    /// Links files to each other. The imports of all files should be among them; one that is missing is an error of
    /// the file that imports it. Of two files with the same name the first counts.
    ///
    /// `google/protobuf/descriptor.proto` says what options there are, so it should be among them even where nothing
    /// imports it, as [`Role::Builtin`]; without it options stay uninterpreted.
    pub fn link(inputs: Vec<Input>) -> Self {
        let mut schema = Self {
            files: inputs.into_par_iter().map(FileData::new).collect(),
            shown: Vec::new(),
            by_name: FxHashMap::default(),
            symbols: SymbolTable::default(),
        };
        schema.number_files();
        schema.link_imports();
        schema.hide_unused_builtins();
        schema.fill_symbols();
        schema.resolve();
        schema.interpret_options();
        schema.validate();
        schema.report_shared_numbers();
        schema
    }

    /// Gives the files their indices, and drops those whose name is taken.
    fn number_files(&mut self) {
        // To look for the names is most of it, so all threads do that.
        let names = self
            .files
            .par_iter()
            .map(|file| file.syntax.source().shared_name());
        let mut names = names.collect::<Vec<Arc<str>>>().into_iter();
        self.by_name.reserve(self.files.len());
        let mut next = 0;
        self.files.retain(|_| {
            let Some(Entry::Vacant(vacant)) = names.next().map(|name| self.by_name.entry(name))
            else {
                return false;
            };
            vacant.insert(FileId(next));
            next += 1;
            true
        });
    }

    /// The same files, some of them as they are in `replaced`, linked anew. Indices stay what they are.
    pub fn with_files(&self, replaced: &FxHashMap<FileId, Arc<syntax::File>>) -> Self {
        let input = |id: FileId| {
            let data = self.data(id);
            match replaced.get(&id) {
                Some(file) => Input::new(Arc::clone(file), data.role),
                None => {
                    let (file, outline) = (Arc::clone(&data.syntax), Arc::clone(&data.outline));
                    Input::with_outline(file, outline, data.role)
                }
            }
        };
        Self::link(self.ids().map(input).collect())
    }

    /// Gives each of these files what was found for it. `ids` ascend; `found` has an item for each of them.
    fn give<T: Send>(
        &mut self,
        ids: &[FileId],
        found: Vec<T>,
        keep: impl Fn(&mut FileData, T) + Sync + Send,
    ) {
        let mut ids = ids.iter().map(|id| id.get()).peekable();
        let files = self.files.iter_mut().enumerate();
        let files: Vec<&mut FileData> = files
            .filter_map(|(at, file)| ids.next_if_eq(&at).map(|_| file))
            .collect();
        let given = files.into_par_iter().zip(found);
        given.for_each(|(file, found)| keep(file, found));
    }

    /// All files, in the order they were given.
    pub fn files(&self) -> impl ExactSizeIterator<Item = File<'_>> + Clone {
        self.shown.iter().map(|&id| self.file(id))
    }

    /// The files that were asked for.
    pub fn targets(&self) -> impl Iterator<Item = File<'_>> + Clone {
        self.files().filter(|file| file.role() == Role::Target)
    }

    /// The indices of all files, those of hidden ones included.
    fn ids(&self) -> impl ExactSizeIterator<Item = FileId> + Clone + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The file of that index, which must be of this schema.
    pub fn file(&self, id: FileId) -> File<'_> {
        File::new(self, id)
    }

    /// The file that is imported by that path.
    pub fn file_named(&self, name: &str) -> Option<File<'_>> {
        self.by_name
            .get(name)
            .filter(|&&id| !self.is_hidden(id))
            .map(|&id| self.file(id))
    }

    /// Whether a file only came with the compiler.
    fn is_hidden(&self, id: FileId) -> bool {
        self.data(id).role == Role::Builtin
    }

    /// Takes the built-in files that are imported for imports, and the others out of sight.
    fn hide_unused_builtins(&mut self) {
        let mut open: Vec<FileId> = self.ids().filter(|&id| !self.is_hidden(id)).collect();
        while let Some(id) = open.pop() {
            for at in 0..self.data(id).imports.direct().len() {
                if let Some(to) = self.data(id).imports.direct()[at]
                    && self.is_hidden(to)
                {
                    self.files[to.get()].role = Role::Import;
                    open.push(to);
                }
            }
        }
        self.shown = self.ids().filter(|&id| !self.is_hidden(id)).collect();
    }

    /// What a full name (without a leading dot) stands for. Fields, oneofs and methods are not found here: ask the
    /// message or service.
    pub fn symbol(&self, full_name: &str) -> Option<Symbol> {
        self.symbols
            .find(self, full_name)
            .filter(|symbol| !self.is_hidden(symbol.file))
    }

    /// The message of that full name.
    pub fn message(&self, full_name: &str) -> Option<Message<'_>> {
        let symbol = self.symbol(full_name)?;
        match symbol.definition {
            Definition::Message(index) => Some(Message::new(self, symbol.file, index)),
            _ => None,
        }
    }

    /// The enum of that full name.
    pub fn enumeration(&self, full_name: &str) -> Option<Enum<'_>> {
        let symbol = self.symbol(full_name)?;
        match symbol.definition {
            Definition::Enum(index) => Some(Enum::new(self, symbol.file, index)),
            _ => None,
        }
    }

    /// The message of that full name, which may be declared in a built-in file that nothing imports.
    pub(crate) fn built_in_message(&self, full_name: &str) -> Option<Message<'_>> {
        let symbol = self.symbols.find(self, full_name)?;
        match symbol.definition {
            Definition::Message(index) => Some(Message::new(self, symbol.file, index)),
            _ => None,
        }
    }

    /// What is wrong, file by file: first with its text, then with what it means.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics()
            .filter(|found| found.severity == Severity::Error)
    }

    /// What a compiler would warn of, file by file: the use of what is deprecated, extensions that share a number.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics()
            .filter(|found| found.severity == Severity::Warning)
    }

    fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.shown.iter().flat_map(|&id| {
            let file = self.data(id);
            file.syntax.errors().iter().chain(&file.errors)
        })
    }

    fn data(&self, id: FileId) -> &FileData {
        &self.files[id.get()]
    }
}
