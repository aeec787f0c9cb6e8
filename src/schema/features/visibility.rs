//! Who sees a message or enum: `export`, `local`, and `default_symbol_visibility` (edition 2024).

use super::DefaultSymbolVisibility;
use super::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::schema::{Definition, Edition, Enum, Message, SCHEMA, Symbol};
use crate::syntax::TokenRange;
use crate::syntax::tree::{TypeReference, Visibility};
use crate::text::Span;

impl Message<'_> {
    /// Whether other files see it.
    pub fn is_exported(self) -> bool {
        let node = self.node();
        is_exported(
            node.visibility.map(|(visibility, _)| visibility),
            self.file().features().default_symbol_visibility,
            node.parent.is_none(),
        )
    }
}

impl Enum<'_> {
    /// Whether other files see it.
    pub fn is_exported(self) -> bool {
        let node = self.node();
        is_exported(
            node.visibility.map(|(visibility, _)| visibility),
            self.file().features().default_symbol_visibility,
            node.parent.is_none(),
        )
    }
}

fn is_exported(
    written: Option<Visibility>,
    default: DefaultSymbolVisibility,
    is_top_level: bool,
) -> bool {
    match (written, default) {
        (Some(Visibility::Export), _) | (None, DefaultSymbolVisibility::ExportAll) => true,
        (None, DefaultSymbolVisibility::ExportTopLevel) => is_top_level,
        (Some(Visibility::Local), _)
        | (None, DefaultSymbolVisibility::LocalAll | DefaultSymbolVisibility::Strict) => false,
    }
}

impl<'s> Checker<'s> {
    /// Under `STRICT` nothing that is nested can be exported.
    pub(super) fn exports(&mut self) {
        if self.file.features().default_symbol_visibility != DefaultSymbolVisibility::Strict {
            return;
        }
        for message in self.file.all_messages() {
            if let (Some((Visibility::Export, _)), Some(_)) =
                (message.node().visibility, message.parent())
            {
                self.nested_export("message", message.full_name(), message.name().span);
            }
        }
        for node in self.file.all_enums() {
            if let (Some((Visibility::Export, _)), Some(parent)) =
                (node.node().visibility, node.parent())
                && !is_namespace(parent)
            {
                self.nested_export("enum", node.full_name(), node.name().span);
            }
        }
    }

    fn nested_export(&mut self, noun: &str, full_name: &str, span: Span) {
        let mut error = Diagnostic::error(
            SCHEMA,
            self.file.source(),
            span,
            format!("{noun} `{full_name}` is nested, and `default_symbol_visibility = STRICT` forbids to export what is nested"),
        )
        .with_help("move it out to the file, best to a file of its own");
        if noun == "enum" {
            error = error.with_reason(
                "the one exception is a local message that only gives enums a namespace: `local message Space { export enum … reserved 1 to max; }`",
            );
        }
        self.errors.push(error);
    }

    /// Types of other files have to be visible where they are used.
    pub(super) fn visible_uses(&mut self) {
        let data = self.schema.data(self.id);
        let tree = data.syntax.tree();
        for (field, symbol) in tree.fields.iter().zip(&data.links.fields) {
            let Some(symbol) = *symbol else { continue };
            if symbol.file == self.id {
                continue;
            }
            let tokens = match field.field_type {
                TypeReference::Named(name) => name,
                TypeReference::Map(map) => tree[map].tokens,
                _ => continue,
            };
            self.visible(symbol, tokens);
        }
        for (method, (input, output)) in tree.methods.iter().zip(&data.links.methods) {
            for (symbol, tokens) in [(input, method.input.name), (output, method.output.name)] {
                if let Some(symbol) = *symbol {
                    self.visible(symbol, tokens);
                }
            }
        }
        for (extend, symbol) in tree.extends.iter().zip(&data.links.extends) {
            if let Some(symbol) = *symbol {
                self.visible(symbol, extend.extendee);
            }
        }
    }

    fn visible(&mut self, symbol: Symbol, tokens: TokenRange) {
        let target = self.schema.file(symbol.file);
        if symbol.file == self.id || target.edition() < Edition::Edition2024 {
            return;
        }
        let (is_exported, full_name, name, written): (bool, &str, Span, bool) =
            match symbol.definition {
                Definition::Message(index) => {
                    let message = Message::new(self.schema, symbol.file, index);
                    let written = message.node().visibility.is_some();
                    (
                        message.is_exported(),
                        message.full_name(),
                        message.name().span,
                        written,
                    )
                }
                Definition::Enum(index) => {
                    let node = Enum::new(self.schema, symbol.file, index);
                    let written = node.node().visibility.is_some();
                    (
                        node.is_exported(),
                        node.full_name(),
                        node.name().span,
                        written,
                    )
                }
                _ => return,
            };
        if is_exported {
            return;
        }
        let path = target.path();
        let error = Diagnostic::error(
            SCHEMA,
            self.file.source(),
            self.file.syntax().span(tokens),
            format!("`{full_name}` is local to `{path}`"),
        )
        .with_label(
            target.source(),
            name,
            if written {
                "it is marked `local`"
            } else {
                "it is local by the file's `default_symbol_visibility`"
            },
        )
        .with_help("write `export` before its declaration, or use another type");
        self.errors.push(error);
    }
}

/// Whether a message only gives enums a namespace: it is local, has no fields, and reserves all numbers.
fn is_namespace(message: Message<'_>) -> bool {
    let is_exported = matches!(message.node().visibility, Some((Visibility::Export, _)));
    let mut ranges = message.reserved_ranges();
    let reserves_all = ranges
        .next()
        .is_some_and(|range| range.start.value == Some(1) && range.is_max);
    !is_exported && message.fields().next().is_none() && reserves_all && ranges.next().is_none()
}
