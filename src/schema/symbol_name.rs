//! What a symbol is called, and where: the table of symbols holds hashes only, so names are put together from the files.

use std::borrow::Cow;

use super::diff::map_entry_name;
use super::names::NameHash;
use super::symbol::{Definition, Symbol};
use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{self, FieldParent, NodeIndex, Parent};
use crate::syntax::{Token, TokenRange};

/// Whether the full name of `symbol` is `scope.name`; `hash` is that of the whole.
pub(super) fn is_named(
    schema: &Schema,
    symbol: Symbol,
    hash: NameHash,
    scope: &str,
    name: &str,
) -> bool {
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

impl Schema {
    /// The scope of a map's entry and its own name.
    pub(super) fn map_entry(&self, file: FileId, index: NodeIndex<tree::Field>) -> (&str, String) {
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
    pub(super) fn split_name(&self, hash: NameHash, symbol: Symbol) -> (&str, Cow<'_, str>) {
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

    /// The error for a name that is defined twice.
    pub(super) fn already_defined(
        &self,
        first: Symbol,
        second: Symbol,
        hash: NameHash,
    ) -> Diagnostic {
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
