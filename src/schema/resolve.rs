//! What the names in a file refer to, by protobuf's scoping rules.
//!
//! The innermost scope is searched first, as in C++: the first part of a name decides in which scope it is found, and
//! from there the rest must be found too. <https://protobuf.dev/programming-guides/proto3/#name-resolution>

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::names::NameHash;
use super::symbols::{Definition, Symbol};
use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{self, Item, NodeIndex, Parent, TypeReference};
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

/// What counts as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// A message or enum; other things of that name are passed over. So are field types looked up.
    Types,
    /// Whatever has that name first. So are extendees, request and response types and options looked up.
    All,
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a message, or directly in the file.
    Message(Parent),
    /// In a service.
    Service(NodeIndex<tree::Service>),
}

/// Why a name was not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// Nothing has that name.
    Undefined,
    /// It is defined in a file that is not imported.
    NotImported(Symbol),
    /// Its first part was found, and nothing of that name is inside of it: the full name that was looked for.
    Inside(String),
}

impl Schema {
    /// Resolves all type names of all files.
    pub(super) fn resolve(&mut self) {
        let ids: Vec<FileId> = self.ids().collect();
        let resolved: Vec<(Links, Vec<Diagnostic>)> = ids
            .par_iter()
            .map(|&id| Resolver::new(self, id).run())
            .collect();
        for (file, (links, errors)) in self.files.iter_mut().zip(resolved) {
            file.links = links;
            file.errors.extend(errors);
        }
    }

    /// What `name`, which stands in `scope` of `file`, refers to.
    ///
    /// # Errors
    /// Where it refers to nothing that the file can see.
    pub fn lookup(
        &self,
        file: FileId,
        scope: Scope,
        name: &str,
        lookup: Lookup,
        in_options: bool,
    ) -> Result<Symbol, Unresolved> {
        self.lookup_from(file, file, scope, name, lookup, in_options)
    }

    /// What `name` refers to when it is searched from `scope` of `home`, among what `file` can see.
    pub(super) fn lookup_from(
        &self,
        file: FileId,
        home: FileId,
        scope: Scope,
        name: &str,
        lookup: Lookup,
        in_options: bool,
    ) -> Result<Symbol, Unresolved> {
        let mut missed = None;
        let mut visible = |symbol: Symbol, hash: NameHash| {
            if self.is_visible(file, symbol, hash, in_options) {
                return true;
            }
            if symbol.definition != Definition::Package {
                missed.get_or_insert(symbol);
            }
            false
        };
        if let Some(full) = name.strip_prefix('.') {
            let hash = NameHash::default().then_all(full);
            return match self.symbols.find_in(self, hash, "", full) {
                Some(symbol) if visible(symbol, hash) => Ok(symbol),
                _ => Err(missed.map_or(Unresolved::Undefined, Unresolved::NotImported)),
            };
        }
        let (first, rest) = name
            .split_once('.')
            .map_or((name, None), |(first, rest)| (first, Some(rest)));
        let scope = if self.data(home).outline.names.may_declare_inside(first) {
            scope
        } else {
            Scope::Message(None)
        };
        for (scope_name, scope_hash, inner) in self.scopes(home, scope) {
            let hash = scope_hash.then(first);
            let found = self
                .symbols
                .find_in(self, hash, scope_name, first)
                .filter(|&symbol| visible(symbol, hash))
                .or_else(|| match lookup {
                    Lookup::All => self.member(home, inner?, first),
                    Lookup::Types => None,
                });
            let Some(symbol) = found else { continue };
            match rest {
                Some(rest) if symbol.definition.is_aggregate() => {
                    let hash = hash.then_all(rest);
                    return match self.symbols.find_in(self, hash, scope_name, name) {
                        Some(symbol) if visible(symbol, hash) => Ok(symbol),
                        _ => Err(missed.map_or_else(
                            || Unresolved::Inside(format!("{scope_name}.{name}")),
                            Unresolved::NotImported,
                        )),
                    };
                }
                Some(_) => {}
                None if lookup == Lookup::Types && !symbol.definition.is_type() => {}
                None => return Ok(symbol),
            }
        }
        let hash = NameHash::default().then_all(name);
        match self.symbols.find_in(self, hash, "", name) {
            Some(symbol) if visible(symbol, hash) => Ok(symbol),
            _ => Err(missed.map_or(Unresolved::Undefined, Unresolved::NotImported)),
        }
    }

    /// Whether a name means the same everywhere in a file: nothing in its messages and services can be its first part.
    pub(super) fn means_one_thing(&self, file: FileId, name: &str) -> bool {
        let end = memchr::memchr(b'.', name.as_bytes()).unwrap_or(name.len());
        let first = name.get(..end).unwrap_or(name);
        first.is_empty() || !self.data(file).outline.names.may_declare_inside(first)
    }

    /// The scopes around a place, innermost first, without the outermost, which has no name.
    fn scopes(
        &self,
        file: FileId,
        scope: Scope,
    ) -> impl Iterator<Item = (&str, NameHash, Option<Scope>)> {
        let data = self.data(file);
        let names = &data.outline.names;
        let (service, mut next) = match scope {
            Scope::Service(service) => (Some(service), None),
            Scope::Message(message) => (None, message),
        };
        let service = service.map(|service| {
            (
                names.service(service),
                names.service_hash(service),
                Some(Scope::Service(service)),
            )
        });
        let messages = std::iter::from_fn(move || {
            let message = next?;
            next = data.syntax.tree()[message].parent;
            Some((
                names.message(message),
                names.scope_hash(Some(message)),
                Some(Scope::Message(Some(message))),
            ))
        });
        let packages = names
            .prefixes()
            .rev()
            .filter(|(prefix, _)| !prefix.is_empty())
            .map(|(prefix, hash)| (prefix, hash, None));
        service.into_iter().chain(messages).chain(packages)
    }

    /// A field, oneof or method by its name; these are not in the table of symbols.
    fn member(&self, file: FileId, scope: Scope, name: &str) -> Option<Symbol> {
        let file_syntax = &self.data(file).syntax;
        let tree = file_syntax.tree();
        let is = |token: Option<syntax::Token>| {
            token.is_some_and(|token| file_syntax.text(token) == name)
        };
        let items = match scope {
            Scope::Message(message) => tree[message?].items,
            Scope::Service(service) => tree[service].items,
        };
        let in_body = |items: &[Item]| {
            items.iter().find_map(|&item| match item {
                Item::Field(field) if tree[field].group.is_some() => tree[field]
                    .name
                    .is_some_and(|token| file_syntax.text(token).to_ascii_lowercase() == name)
                    .then_some(Definition::Field(field)),
                Item::Field(field) if is(tree[field].name) => Some(Definition::Field(field)),
                Item::Oneof(oneof) if is(tree[oneof].name) => Some(Definition::Oneof(oneof)),
                Item::Method(method) if is(tree[method].name) => Some(Definition::Method(method)),
                _ => None,
            })
        };
        let items = tree.items(items);
        let definition = in_body(items).or_else(|| {
            items.iter().find_map(|&item| match item {
                Item::Oneof(oneof) => in_body(tree.items(tree[oneof].items)),
                _ => None,
            })
        })?;
        Some(Symbol { file, definition })
    }

    fn is_visible(&self, file: FileId, symbol: Symbol, hash: NameHash, in_options: bool) -> bool {
        let imports = &self.data(file).imports;
        let seen = if in_options {
            imports.visible_to_options()
        } else {
            imports.visible()
        };
        if symbol.definition != Definition::Package {
            return symbol.file == file || seen.binary_search(&symbol.file).is_ok();
        }
        // A package belongs to many files; it is seen where any of them is.
        let has_package = |id: FileId| {
            self.data(id)
                .outline
                .names
                .prefixes()
                .any(|(_, prefix)| prefix == hash)
        };
        has_package(file) || seen.iter().any(|&id| has_package(id))
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

impl Schema {
    /// The error for a name that refers to nothing.
    pub(super) fn unresolved(
        &self,
        file: FileId,
        tokens: TokenRange,
        name: &str,
        unresolved: &Unresolved,
    ) -> Diagnostic {
        let syntax = &self.data(file).syntax;
        let error = |message: String| {
            Diagnostic::error(SCHEMA, syntax.source(), syntax.span(tokens), message)
        };
        match unresolved {
            Unresolved::Undefined => error(format!("`{name}` is not defined"))
                .with_help("check the spelling, define it, or import the file that defines it"),
            Unresolved::Inside(full) => {
                error(format!("`{name}` is read as `{full}`, which is not defined"))
                    .with_reason("names are looked up from the innermost scope, and the first part that is found decides")
                    .with_help(format!("write `.{name}` to begin at the outermost scope"))
            }
            Unresolved::NotImported(symbol) => {
                let target = &self.data(symbol.file).syntax;
                let path = target.name();
                error(format!(
                    "`{name}` is defined in `{path}`, which this file does not import"
                ))
                .with_label(
                    target.source(),
                    target.span(self.name_tokens(*symbol)),
                    "defined here",
                )
                .with_help(format!("add `import \"{path}\";`"))
            }
        }
    }
}
