//! What the type names in a file refer to: the types of fields, requests and responses, and what is extended.

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::lookup::{Lookup, Scope, Unresolved};
use super::symbol::{Definition, Symbol};
use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{self, TypeReference};
use crate::syntax::{self, TokenRange};

/// What the type names of one file refer to; each list lies beside the arena of the same name in its tree.
#[derive(Debug, Default)]
pub struct Links {
    /// The message or enum that a field's type names; for a map field that of its values.
    pub(super) fields: Vec<Option<Symbol>>,
    /// The request and response messages of methods.
    pub(super) methods: Vec<(Option<Symbol>, Option<Symbol>)>,
    /// The messages that are extended.
    pub(super) extends: Vec<Option<Symbol>>,
    /// The files that something was found in, ascending.
    pub(super) used: Vec<FileId>,
}

impl Schema {
    /// Resolves all type names of all files.
    pub(super) fn resolve(&mut self) {
        let ids: Vec<FileId> = self.ids().collect();
        let resolved: Vec<(Links, Vec<Diagnostic>)> = ids
            .par_iter()
            .map(|&id| Resolver::new(self, id).run())
            .collect();
        self.give(&ids, resolved, |file, (links, errors)| {
            file.links = links;
            file.errors.extend(errors);
        });
    }
}

/// Resolves the type names of one file.
struct Resolver<'s> {
    schema: &'s Schema,
    id: FileId,
    file: &'s syntax::File,
    links: Links,
    errors: Vec<Diagnostic>,
    /// Some import was not found: then a name that is not found says nothing new.
    lacks_import: bool,
    /// The names found so far that no message or service of the file can mean otherwise, so that they mean the same
    /// everywhere in it.
    found: FxHashMap<(&'s str, Lookup), Symbol>,
}

impl<'s> Resolver<'s> {
    fn new(schema: &'s Schema, id: FileId) -> Self {
        let data = schema.data(id);
        Self {
            schema,
            id,
            file: &data.syntax,
            links: Links::default(),
            errors: Vec::new(),
            lacks_import: data.imports.direct().contains(&None),
            found: FxHashMap::default(),
        }
    }

    fn run(mut self) -> (Links, Vec<Diagnostic>) {
        let tree = self.file.tree();
        self.links.fields = tree.fields.iter().map(|field| self.field(field)).collect();
        self.links.methods = tree
            .methods
            .iter()
            .map(|method| self.method(method))
            .collect();
        self.links.extends = tree
            .extends
            .iter()
            .map(|extend| self.extendee(extend))
            .collect();
        self.links.used.sort_unstable();
        self.links.used.dedup();
        (self.links, self.errors)
    }

    fn field(&mut self, field: &tree::Field) -> Option<Symbol> {
        let tree = self.file.tree();
        let scope = tree.message_around(field.parent);
        if let Some(group) = field.group {
            return Some(Symbol {
                file: self.id,
                definition: Definition::Message(group),
            });
        }
        let name = match field.field_type {
            TypeReference::Named(name) => name,
            TypeReference::Map(map) => match tree[map].value {
                TypeReference::Named(name) => name,
                _ => return None,
            },
            _ => return None,
        };
        let symbol = self.find(Scope::Message(scope), name, Lookup::Types)?;
        let is_entry = matches!(symbol.definition, Definition::MapEntry(_));
        if !symbol.definition.is_type() || is_entry {
            self.wrong_kind(symbol, name, "a message or enum");
            return None;
        }
        Some(symbol)
    }

    fn method(&mut self, method: &tree::Method) -> (Option<Symbol>, Option<Symbol>) {
        let scope = Scope::Service(method.parent);
        (
            self.message(scope, method.input.name, true),
            self.message(scope, method.output.name, true),
        )
    }

    fn extendee(&mut self, extend: &tree::Extend) -> Option<Symbol> {
        self.message(Scope::Message(extend.parent), extend.extendee, false)
    }

    fn message(&mut self, scope: Scope, name: TokenRange, takes_entries: bool) -> Option<Symbol> {
        let symbol = self.find(scope, name, Lookup::All)?;
        let fits = match symbol.definition {
            Definition::Message(_) => true,
            Definition::MapEntry(_) => takes_entries,
            _ => false,
        };
        if !fits {
            self.wrong_kind(symbol, name, "a message");
            return None;
        }
        Some(symbol)
    }

    fn find(&mut self, scope: Scope, tokens: TokenRange, lookup: Lookup) -> Option<Symbol> {
        let name = self.file.joined(tokens);
        if name.is_empty() {
            return None;
        }
        let everywhere = match name {
            Cow::Borrowed(name) if self.schema.means_one_thing(self.id, name) => {
                Some((name, lookup))
            }
            _ => None,
        };
        if let Some(symbol) = everywhere.and_then(|name| self.found.get(&name)) {
            return Some(*symbol);
        }
        match self.schema.lookup(self.id, scope, &name, lookup, false) {
            Ok(symbol) => {
                if symbol.file != self.id && self.links.used.last() != Some(&symbol.file) {
                    self.links.used.push(symbol.file);
                }
                if let Some(name) = everywhere {
                    self.found.insert(name, symbol);
                }
                Some(symbol)
            }
            Err(unresolved) => {
                if !self.lacks_import || matches!(unresolved, Unresolved::NotImported(_)) {
                    let error = self.schema.unresolved(self.id, tokens, &name, &unresolved);
                    self.errors.push(error);
                }
                None
            }
        }
    }

    fn wrong_kind(&mut self, symbol: Symbol, tokens: TokenRange, expected: &str) {
        let name = self.file.joined(tokens);
        let noun = symbol.definition.noun();
        let target = &self.schema.data(symbol.file).syntax;
        let error = Diagnostic::error(
            SCHEMA,
            self.file.source(),
            self.file.span(tokens),
            format!("`{name}` is a {noun}, and {expected} is needed here"),
        )
        .with_label(
            target.source(),
            target.span(self.schema.name_tokens(symbol)),
            "this is what the name refers to",
        )
        .with_help(format!(
            "name {expected}; a leading dot begins the search at the outermost scope"
        ));
        self.errors.push(error);
    }
}
