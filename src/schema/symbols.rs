//! The table of all full names of a schema.

use std::borrow::Cow;

use hashbrown::HashTable;
use rayon::prelude::*;

use super::diff::map_entry_name;
use super::names::NameHash;
use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{self, FieldParent, NodeIndex, Parent, TypeReference};
use crate::syntax::{Token, TokenRange};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    /// A package, or the beginning of one.
    Package,
    /// A message or group.
    Message(NodeIndex<tree::Message>),
    /// The message that stands for the entries of a map, by its field. It can be named as a request or response only.
    MapEntry(NodeIndex<tree::Field>),
    /// An enum.
    Enum(NodeIndex<tree::Enum>),
    /// An enum value; its scope is the one that encloses the enum.
    EnumValue(NodeIndex<tree::EnumValue>),
    /// An extension, by its own full name.
    Extension(NodeIndex<tree::Field>),
    /// A service.
    Service(NodeIndex<tree::Service>),
    /// A field of a message; only found when looked up from inside that message.
    Field(NodeIndex<tree::Field>),
    /// A oneof; only found when looked up from inside its message.
    Oneof(NodeIndex<tree::Oneof>),
    /// A method; only found when looked up from inside its service.
    Method(NodeIndex<tree::Method>),
}

impl Definition {
    /// What it is called in a message.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Message(_) => "message",
            Self::MapEntry(_) => "map entry",
            Self::Enum(_) => "enum",
            Self::EnumValue(_) => "enum value",
            Self::Extension(_) => "extension",
            Self::Service(_) => "service",
            Self::Field(_) => "field",
            Self::Oneof(_) => "oneof",
            Self::Method(_) => "method",
        }
    }

    /// Whether it is a message, a map's entry or an enum.
    pub const fn is_type(self) -> bool {
        matches!(self, Self::Message(_) | Self::MapEntry(_) | Self::Enum(_))
    }

    /// Whether other names can be inside of it. Enums count, although their values are not.
    pub const fn is_aggregate(self) -> bool {
        matches!(
            self,
            Self::Message(_) | Self::MapEntry(_) | Self::Package | Self::Enum(_) | Self::Service(_)
        )
    }
}

/// What a name stands for, and where that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol {
    /// The file that defines it; for a package the first of its files.
    pub file: FileId,
    /// What it is.
    pub definition: Definition,
}

/// All packages, messages, enums, enum values, extensions and services by full name.
///
/// The table is made of parts by hash, which are filled side by side.
#[derive(Debug, Default)]
pub struct SymbolTable {
    parts: Vec<Part>,
}

/// The symbols whose hashes have one beginning.
#[derive(Debug, Default)]
struct Part {
    entries: Vec<(NameHash, Symbol)>,
    table: HashTable<u32>,
}

/// More than there are threads, and a power of two.
const PARTS: usize = 16;

/// The part that holds a name.
fn part_of(hash: NameHash) -> usize {
    // Within a part the table looks at the lowest and at the topmost bits, so these are from between.
    usize::from(hash.0.to_le_bytes()[5]) % PARTS
}

impl SymbolTable {
    /// What `full_name` stands for.
    pub(super) fn find(&self, schema: &Schema, full_name: &str) -> Option<Symbol> {
        let hash = NameHash::default().then_all(full_name);
        self.find_in(schema, hash, "", full_name)
    }

    /// What `scope.name` stands for; `hash` is that of the whole.
    pub(super) fn find_in(
        &self,
        schema: &Schema,
        hash: NameHash,
        scope: &str,
        name: &str,
    ) -> Option<Symbol> {
        let part = self.parts.get(part_of(hash))?;
        let index = part.table.find(hash.0, |&index| {
            let (entry_hash, symbol) = part.entries[index as usize];
            entry_hash == hash && is_named(schema, symbol, hash, scope, name)
        })?;
        Some(part.entries[*index as usize].1)
    }
}

/// Whether the full name of `symbol` is `scope.name`.
fn is_named(schema: &Schema, symbol: Symbol, hash: NameHash, scope: &str, name: &str) -> bool {
    let names = &schema.data(symbol.file).outline.names;
    match symbol.definition {
        Definition::Package => names
            .prefixes()
            .any(|(prefix, prefix_hash)| prefix_hash == hash && is_join(prefix, scope, name)),
        Definition::Message(index) => is_join(names.message(index), scope, name),
        Definition::Enum(index) => is_join(names.enumeration(index), scope, name),
        Definition::Service(index) => is_join(names.service(index), scope, name),
        Definition::MapEntry(index) => {
            let (parent, own) = schema.map_entry(symbol.file, index);
            joined_bytes(parent, &own).eq(joined_bytes(scope, name))
        }
        Definition::EnumValue(_) | Definition::Extension(_) => {
            let (parent, own) = scope_and_name(schema, symbol);
            let own = own.map_or("", |own| schema.data(symbol.file).syntax.text(own));
            let parent = names.scope(parent);
            let whole = if scope.is_empty() {
                name.len()
            } else {
                scope.len() + 1 + name.len()
            };
            let expected = if parent.is_empty() {
                own.len()
            } else {
                parent.len() + 1 + own.len()
            };
            // An extension that is a group has its message's name in lower case.
            let lower = is_group_extension(schema, symbol);
            let own = own.bytes().map(|byte| {
                if lower {
                    byte.to_ascii_lowercase()
                } else {
                    byte
                }
            });
            let dot = if parent.is_empty() { "" } else { "." };
            // The lookup may split the name elsewhere, so compare byte by byte over both splits.
            whole == expected
                && (parent.bytes().chain(dot.bytes()).chain(own)).eq(joined_bytes(scope, name))
        }
        Definition::Field(_) | Definition::Oneof(_) | Definition::Method(_) => false,
    }
}

fn joined_bytes<'t>(scope: &'t str, name: &'t str) -> impl Iterator<Item = u8> + 't {
    let dot = if scope.is_empty() { "" } else { "." };
    scope.bytes().chain(dot.bytes()).chain(name.bytes())
}

fn is_group_extension(schema: &Schema, symbol: Symbol) -> bool {
    match symbol.definition {
        Definition::Extension(index) => schema.data(symbol.file).syntax.tree()[index]
            .group
            .is_some(),
        _ => false,
    }
}

fn is_join(full: &str, scope: &str, name: &str) -> bool {
    if scope.is_empty() {
        return full == name;
    }
    full.len() == scope.len() + 1 + name.len()
        && full.ends_with(name)
        && full.starts_with(scope)
        && full.as_bytes()[scope.len()] == b'.'
}

/// The scope and the own name of an enum value or extension.
fn scope_and_name(schema: &Schema, symbol: Symbol) -> (Parent, Option<Token>) {
    let tree = schema.data(symbol.file).syntax.tree();
    match symbol.definition {
        Definition::EnumValue(index) => {
            let value = &tree[index];
            (tree[value.parent].parent, Some(value.name))
        }
        Definition::Extension(index) => {
            let field = &tree[index];
            let parent = match field.parent {
                FieldParent::Extend(extend) => tree[extend].parent,
                FieldParent::Message(_) | FieldParent::Oneof(_) => None,
            };
            (parent, field.name)
        }
        _ => (None, None),
    }
}

/// The symbols of one file, by part of the table.
struct FileSymbols {
    symbols: Vec<(NameHash, Symbol)>,
    /// Where each part begins, and where the last one ends.
    starts: [usize; PARTS + 1],
}

impl FileSymbols {
    fn new(mut symbols: Vec<(NameHash, Symbol)>) -> Self {
        symbols.sort_by_key(|&(hash, _)| part_of(hash));
        let mut starts = [0; PARTS + 1];
        for (hash, _) in &symbols {
            starts[part_of(*hash) + 1] += 1;
        }
        for part in 0..PARTS {
            starts[part + 1] += starts[part];
        }
        Self { symbols, starts }
    }

    fn part(&self, number: usize) -> &[(NameHash, Symbol)] {
        &self.symbols[self.starts[number]..self.starts[number + 1]]
    }
}

/// A name that is defined twice.
struct Conflict {
    first: Symbol,
    second: Symbol,
    hash: NameHash,
}

impl Schema {
    /// Puts the names of all files into the table; a name defined twice is an error where it comes second.
    pub(super) fn fill_symbols(&mut self) {
        // Hidden files come last, so that their names give way to all others.
        let mut ids: Vec<FileId> = self.ids().collect();
        ids.sort_by_key(|&id| self.is_hidden(id));
        let lists: Vec<FileSymbols> = ids
            .par_iter()
            .map(|&id| FileSymbols::new(self.file_symbols(id)))
            .collect();
        let (parts, conflicts): (Vec<Part>, Vec<Vec<Conflict>>) = (0..PARTS)
            .into_par_iter()
            .map(|part| self.fill_part(part, &lists))
            .unzip();
        self.symbols = SymbolTable { parts };
        let mut conflicts: Vec<Conflict> = conflicts.into_iter().flatten().collect();
        conflicts.sort_by_key(|conflict| {
            let second = conflict.second;
            (second.file, self.name_tokens(second).start)
        });
        for conflict in conflicts {
            let error = self.already_defined(conflict.first, conflict.second, conflict.hash);
            self.files[conflict.second.file.get()].errors.push(error);
        }
    }

    /// Puts the names of one part into a table; gives the names that were there already.
    fn fill_part(&self, number: usize, lists: &[FileSymbols]) -> (Part, Vec<Conflict>) {
        let most = lists.iter().map(|list| list.part(number).len()).sum();
        let mut part = Part {
            entries: Vec::with_capacity(most),
            table: HashTable::with_capacity(most),
        };
        let mut conflicts = Vec::new();
        for &(hash, symbol) in lists.iter().flat_map(|list| list.part(number)) {
            let entries = &part.entries;
            let found = part.table.find(hash.0, |&index| {
                let (entry_hash, entry) = entries[index as usize];
                if entry_hash != hash {
                    return false;
                }
                let (scope, name) = self.split_name(hash, symbol);
                is_named(self, entry, hash, scope, &name)
            });
            if let Some(&first) = found {
                let first = entries[first as usize].1;
                let are_packages = (first.definition, symbol.definition)
                    == (Definition::Package, Definition::Package);
                if !are_packages && !self.is_hidden(symbol.file) {
                    conflicts.push(Conflict {
                        first,
                        second: symbol,
                        hash,
                    });
                }
                continue;
            }
            let next = u32::try_from(part.entries.len()).unwrap_or(u32::MAX);
            part.entries.push((hash, symbol));
            let entries = &part.entries;
            part.table
                .insert_unique(hash.0, next, |&index| entries[index as usize].0.0);
        }
        (part, conflicts)
    }

    fn file_symbols(&self, id: FileId) -> Vec<(NameHash, Symbol)> {
        let data = self.data(id);
        let (file, names) = (&data.syntax, &data.outline.names);
        let tree = file.tree();
        let mut list =
            Vec::with_capacity(tree.messages.len() + tree.enums.len() + tree.values.len() + 8);
        let mut add = |hash: NameHash, definition| {
            list.push((
                hash,
                Symbol {
                    file: id,
                    definition,
                },
            ));
        };
        for (_, hash) in names.prefixes().skip(1) {
            add(hash, Definition::Package);
        }
        for index in indices(&tree.messages) {
            add(names.scope_hash(Some(index)), Definition::Message(index));
        }
        for index in indices(&tree.enums) {
            add(names.enum_hash(index), Definition::Enum(index));
        }
        for index in indices(&tree.values) {
            let value = &tree[index];
            let scope = names.scope_hash(tree[value.parent].parent);
            add(
                scope.then(file.text(value.name)),
                Definition::EnumValue(index),
            );
        }
        for index in indices(&tree.services) {
            add(names.service_hash(index), Definition::Service(index));
        }
        if !tree.maps.is_empty() {
            for index in indices(&tree.fields) {
                if let TypeReference::Map(_) = tree[index].field_type {
                    let (_, own) = self.map_entry(id, index);
                    let scope = tree.message_around(tree[index].parent);
                    add(
                        names.scope_hash(scope).then(&own),
                        Definition::MapEntry(index),
                    );
                }
            }
        }
        if !tree.extends.is_empty() {
            for index in indices(&tree.fields) {
                if let (FieldParent::Extend(extend), Some(name)) =
                    (tree[index].parent, tree[index].name)
                {
                    let scope = names.scope_hash(tree[extend].parent);
                    let hash = match tree[index].group {
                        Some(_) => scope.then(&file.text(name).to_ascii_lowercase()),
                        None => scope.then(file.text(name)),
                    };
                    add(hash, Definition::Extension(index));
                }
            }
        }
        list
    }

    /// The scope of a map's entry and its own name.
    fn map_entry(&self, file: FileId, index: NodeIndex<tree::Field>) -> (&str, String) {
        let data = self.data(file);
        let tree = data.syntax.tree();
        let scope = tree.message_around(tree[index].parent);
        let name = tree[index].name.map_or("", |name| data.syntax.text(name));
        (data.outline.names.scope(scope), map_entry_name(name))
    }

    /// The full name of a map's entry.
    pub(crate) fn map_entry_full_name(
        &self,
        file: FileId,
        index: NodeIndex<tree::Field>,
    ) -> String {
        let (scope, name) = self.map_entry(file, index);
        format!("{scope}.{name}")
    }

    /// The full name of a symbol in two parts.
    fn split_name(&self, hash: NameHash, symbol: Symbol) -> (&str, Cow<'_, str>) {
        let data = self.data(symbol.file);
        let (scope, name) = match symbol.definition {
            Definition::MapEntry(index) => {
                let (scope, name) = self.map_entry(symbol.file, index);
                return (scope, name.into());
            }
            Definition::Package => {
                let prefix = data
                    .outline
                    .names
                    .prefixes()
                    .find(|(_, prefix)| *prefix == hash);
                ("", prefix.map_or("", |(prefix, _)| prefix))
            }
            Definition::Message(index) => ("", data.outline.names.message(index)),
            Definition::Enum(index) => ("", data.outline.names.enumeration(index)),
            Definition::Service(index) => ("", data.outline.names.service(index)),
            _ => {
                let (scope, name) = scope_and_name(self, symbol);
                (
                    data.outline.names.scope(scope),
                    name.map_or("", |name| data.syntax.text(name)),
                )
            }
        };
        (scope, name.into())
    }

    /// Where a symbol is named.
    pub(super) fn name_tokens(&self, symbol: Symbol) -> TokenRange {
        let tree = self.data(symbol.file).syntax.tree();
        let one = |name: Option<Token>| name.map(TokenRange::one).unwrap_or_default();
        match symbol.definition {
            Definition::Package => tree
                .packages
                .first()
                .map(|package| package.name)
                .unwrap_or_default(),
            Definition::Message(index) => one(tree[index].name),
            Definition::Enum(index) => one(tree[index].name),
            Definition::EnumValue(index) => TokenRange::one(tree[index].name),
            Definition::Extension(index)
            | Definition::Field(index)
            | Definition::MapEntry(index) => one(tree[index].name),
            Definition::Service(index) => one(tree[index].name),
            Definition::Oneof(index) => one(tree[index].name),
            Definition::Method(index) => one(tree[index].name),
        }
    }

    fn already_defined(&self, first: Symbol, second: Symbol, hash: NameHash) -> Diagnostic {
        let (scope, name) = self.split_name(hash, second);
        let full = if scope.is_empty() {
            name.into_owned()
        } else {
            format!("{scope}.{name}")
        };
        let (first_file, second_file) = (
            &self.data(first.file).syntax,
            &self.data(second.file).syntax,
        );
        let (first_noun, second_noun) = (first.definition.noun(), second.definition.noun());
        let message = if first_noun == second_noun {
            format!("{second_noun} `{full}` is defined twice")
        } else {
            format!("{second_noun} `{full}` has the name of a {first_noun}")
        };
        let mut error = Diagnostic::error(
            SCHEMA,
            second_file.source(),
            second_file.span(self.name_tokens(second)),
            message,
        )
        .with_label(
            first_file.source(),
            first_file.span(self.name_tokens(first)),
            format!("the {first_noun} is defined here"),
        )
        .with_help("rename one of them; full names are unique over all files");
        if matches!(second.definition, Definition::EnumValue(_)) {
            error = error.with_reason(
                "the values of an enum are siblings of the enum, not its children, as in C++",
            );
        }
        error
    }
}

/// The indices of a whole arena.
pub(super) fn indices<T>(
    arena: &[T],
) -> impl DoubleEndedIterator<Item = NodeIndex<T>> + ExactSizeIterator + Clone + use<T> {
    (0..u32::try_from(arena.len()).unwrap_or(u32::MAX)).map(NodeIndex::new)
}
