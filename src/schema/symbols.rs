//! The table of all full names of a schema.

use hashbrown::HashTable;
use rayon::prelude::*;

use super::names::NameHash;
use super::symbol::{Definition, Symbol};
use super::symbol_name::is_named;
use super::{FileId, Schema};
use crate::syntax::tree::{FieldParent, NodeIndex, TypeReference};

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
}

/// The indices of a whole arena.
pub(super) fn indices<T>(
    arena: &[T],
) -> impl DoubleEndedIterator<Item = NodeIndex<T>> + ExactSizeIterator + Clone + use<T> {
    (0..u32::try_from(arena.len()).unwrap_or(u32::MAX)).map(NodeIndex::new)
}
