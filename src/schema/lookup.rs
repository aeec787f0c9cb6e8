//! What a name refers to, by protobuf's scoping rules.
//!
//! The innermost scope is searched first, as in C++: the first part of a name decides in which scope it is found, and
//! from there the rest must be found too. <https://protobuf.dev/programming-guides/proto3/#name-resolution>

use super::names::NameHash;
use super::symbol::{Definition, Symbol};
use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{self, Item, NodeIndex, Parent};
use crate::syntax::{self, TokenRange};

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
