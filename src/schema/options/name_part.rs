//! What the parts of an option's name stand for: fields of messages, and extensions by their full names.

use super::element::{Element, ElementKind};
use super::interpret::Interpreter;
use crate::schema::{Definition, Field, FieldKind, Lookup, Message, Scope, Symbol, Unresolved};
use crate::syntax::tree::{self, NodeIndex, OptionNamePart};

/// How many extensions are remembered. An element uses few, and those beside it use the same.
const REMEMBERED: usize = 8;

impl<'s> Interpreter<'s> {
    /// The extension that a part in parentheses names.
    pub(super) fn extension(
        &mut self,
        element: Element,
        part: &OptionNamePart,
    ) -> Option<Field<'s>> {
        let file = self.file;
        let name = file.joined(part.name);
        let scope = if self.schema.means_one_thing(self.id, &name) {
            Scope::Message(None)
        } else {
            self.scope(element)
        };
        if let std::borrow::Cow::Borrowed(text) = name
            && let Some(&(_, _, symbol)) = self
                .found
                .iter()
                .find(|(found_scope, found, _)| *found_scope == scope && *found == text)
        {
            return self.field_of(symbol);
        }
        let looked_up = self.schema.lookup(self.id, scope, &name, Lookup::All, true);
        let symbol =
            match looked_up.or_else(|unresolved| self.built_in(scope, &name).ok_or(unresolved)) {
                Ok(symbol) => symbol,
                Err(unresolved) => {
                    self.unknown_extension(part, &name, &unresolved);
                    return None;
                }
            };
        let Some(field) = self.field_of(symbol) else {
            self.error(
                part.name,
                format!(
                    "`({name})` is a {}, and an option is needed here",
                    symbol.definition.noun()
                ),
                "name an extension of the options message",
            );
            return None;
        };
        self.use_file(symbol.file);
        if let std::borrow::Cow::Borrowed(text) = name {
            if self.found.len() == REMEMBERED {
                self.found.remove(0);
            }
            self.found.push((scope, text, symbol));
        }
        Some(field)
    }

    /// A field by the name of its message and its own: `(google.protobuf.FileOptions.java_package)` is a built-in
    /// option, at length.
    fn built_in(&self, scope: Scope, name: &str) -> Option<Symbol> {
        let (message, name) = name.rsplit_once('.')?;
        let symbol = self
            .schema
            .lookup(self.id, scope, message, Lookup::All, true)
            .ok()?;
        let Definition::Message(index) = symbol.definition else {
            return None;
        };
        let field = Message::new(self.schema, symbol.file, index).field_named(name)?;
        Some(Symbol {
            file: symbol.file,
            definition: Definition::Field(field.index()),
        })
    }

    pub(super) fn field_of(&self, symbol: Symbol) -> Option<Field<'s>> {
        match symbol.definition {
            Definition::Extension(index) | Definition::Field(index) => {
                Some(Field::new(self.schema, symbol.file, index))
            }
            _ => None,
        }
    }

    /// Where the search for the names of an element's options begins: in the scope around the element. Neither a
    /// message nor its extension ranges look into the message itself.
    fn scope(&self, element: Element) -> Scope {
        let tree = self.file.tree();
        let at = element.index;
        Scope::Message(match element.kind {
            ElementKind::File | ElementKind::Service => None,
            ElementKind::Message => tree[NodeIndex::<tree::Message>::new(at)].parent,
            ElementKind::Field => {
                tree.message_around(tree[NodeIndex::<tree::Field>::new(at)].parent)
            }
            ElementKind::Oneof => Some(tree[NodeIndex::<tree::Oneof>::new(at)].parent),
            ElementKind::Enum => tree[NodeIndex::<tree::Enum>::new(at)].parent,
            ElementKind::EnumValue => {
                let value = &tree[NodeIndex::<tree::EnumValue>::new(at)];
                tree[value.parent].parent
            }
            ElementKind::Method => {
                return Scope::Service(tree[NodeIndex::<tree::Method>::new(at)].parent);
            }
            ElementKind::ExtensionRange => {
                let message = tree[NodeIndex::<tree::Extensions>::new(at)].parent;
                tree[message].parent
            }
        })
    }

    /// The message of a field that a longer name goes through.
    pub(super) fn inner(&mut self, part: &OptionNamePart, field: Field<'s>) -> Option<Message<'s>> {
        let name = self.file.joined(part.name);
        let is_message = matches!(
            field.kind(),
            FieldKind::Message(_) | FieldKind::Delimited(_)
        );
        if field.is_repeated() && (is_message || field.is_map()) {
            self.error(
                part.name,
                format!("`{name}` is repeated, so no part of it can be set alone"),
                format!("set whole messages: `{name} = {{ field: value }}`"),
            );
            return None;
        }
        match field.kind() {
            FieldKind::Message(message) | FieldKind::Delimited(message) => Some(message),
            FieldKind::Unknown => None,
            FieldKind::Scalar(_) | FieldKind::Enum(_) => {
                self.error(
                    part.name,
                    format!("`{name}` is no message, so it has no fields to set"),
                    format!("set it as a whole: `{name} = value`"),
                );
                None
            }
        }
    }

    fn unknown_extension(&mut self, part: &OptionNamePart, name: &str, unresolved: &Unresolved) {
        if self.lacks_import && !matches!(unresolved, Unresolved::NotImported(_)) {
            return;
        }
        let error = self.schema.unresolved(self.id, part.name, name, unresolved);
        self.errors.push(error);
    }

    pub(super) fn unknown<T>(
        &mut self,
        element: Element,
        part: &OptionNamePart,
        at: usize,
        message: Message<'s>,
    ) -> Option<T> {
        let name = self.file.joined(part.name);
        if at == 0 {
            let noun = element.kind.noun();
            self.error(
                part.name,
                format!("there is no option `{name}` of a {noun}"),
                format!(
                    "check the spelling; a custom option is written in parentheses: `({name})`"
                ),
            );
        } else {
            self.error(
                part.name,
                format!("message `{}` has no field `{name}`", message.full_name()),
                "check the spelling; an extension is written in parentheses",
            );
        }
        None
    }
}
