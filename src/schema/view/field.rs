//! Fields of messages, and extensions.

use std::borrow::Cow;

use super::{Enum, Extend, Message, Name, Oneof, name, view};
use crate::schema::features::{FieldPresence, MessageEncoding, RepeatedFieldEncoding};
use crate::schema::options::{ElementKind, Options, Settings};
use crate::schema::{Definition, Edition, Features, Symbol};
use crate::syntax::tree::{self, FieldLabel, FieldParent, OptionSetting, Scalar, TypeReference};
use crate::text::Span;

view! {
    /// A field of a message, or an extension.
    Field of tree::Field
}

/// What a field holds, one of it if it is repeated; for a map its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind<'s> {
    /// A built-in type.
    Scalar(Scalar),
    /// A message, framed by its length.
    Message(Message<'s>),
    /// A message between tags: a group, or `message_encoding = DELIMITED`.
    Delimited(Message<'s>),
    /// An enum.
    Enum(Enum<'s>),
    /// A type that is not known; an error was reported.
    Unknown,
}

impl<'s> FieldKind<'s> {
    /// The message that the field holds, if it holds one.
    pub fn message(self) -> Option<Message<'s>> {
        match self {
            Self::Message(message) | Self::Delimited(message) => Some(message),
            _ => None,
        }
    }
}

/// How often a field occurs, and whether it knows of its absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// Once or not at all, and these two differ.
    Explicit,
    /// Once; absent means zero.
    Implicit,
    /// Exactly once.
    Required,
    /// Any number of times.
    Repeated,
    /// Any number of pairs.
    Map,
}

impl<'s> Field<'s> {
    /// Its name as a descriptor has it: a group's field is named after its message in lower case.
    pub fn name(self) -> Cow<'s, str> {
        let name = self.written_name().text;
        if self.node().group.is_some() {
            return Cow::Owned(name.to_ascii_lowercase());
        }
        Cow::Borrowed(name)
    }

    /// Its name as it is written, and where.
    pub fn written_name(self) -> Name<'s> {
        name(self.syntax(), self.node().name)
    }

    /// Its full name, without a leading dot; an extension's scope is where it is declared.
    pub fn full_name(self) -> String {
        let names = &self.schema.data(self.file).outline.names;
        let scope = names.scope(self.scope().map(Message::index));
        let name = self.name();
        if scope.is_empty() {
            return name.into_owned();
        }
        format!("{scope}.{name}")
    }

    /// Its number, where it has one of 32 bits.
    pub fn number(self) -> Option<i32> {
        i32::try_from(self.node().number.value?).ok()
    }

    /// Where the number stands.
    pub fn number_span(self) -> Span {
        self.syntax().span(self.node().number.tokens)
    }

    /// The message whose body declares it; for an extension the one around its `extend` block.
    pub fn scope(self) -> Option<Message<'s>> {
        match self.node().parent {
            FieldParent::Message(message) => Some(Message::new(self.schema, self.file, message)),
            FieldParent::Oneof(oneof) => Some(Oneof::new(self.schema, self.file, oneof).parent()),
            FieldParent::Extend(extend) => Extend::new(self.schema, self.file, extend).parent(),
        }
    }

    /// The message it is part of: its own, or the one it extends.
    pub fn containing_message(self) -> Option<Message<'s>> {
        match self.extend() {
            Some(extend) => extend.extendee(),
            None => self.scope(),
        }
    }

    /// The block that declares it, where it is an extension.
    pub fn extend(self) -> Option<Extend<'s>> {
        match self.node().parent {
            FieldParent::Extend(extend) => Some(Extend::new(self.schema, self.file, extend)),
            FieldParent::Message(_) | FieldParent::Oneof(_) => None,
        }
    }

    /// Whether it is an extension.
    pub fn is_extension(self) -> bool {
        matches!(self.node().parent, FieldParent::Extend(_))
    }

    /// The oneof it is written in.
    pub fn oneof(self) -> Option<Oneof<'s>> {
        match self.node().parent {
            FieldParent::Oneof(oneof) => Some(Oneof::new(self.schema, self.file, oneof)),
            FieldParent::Message(_) | FieldParent::Extend(_) => None,
        }
    }

    /// The label, where one is written.
    pub fn label(self) -> Option<FieldLabel> {
        self.node().label.map(|(label, _)| label)
    }

    /// Where the type stands: a keyword, a name, or a whole `map<…>`. A group's type is the word `group`.
    pub fn type_span(self) -> Span {
        let file = self.syntax();
        match self.node().field_type {
            TypeReference::Scalar(_, token) | TypeReference::Group(token) => {
                file.tokens().span(token)
            }
            TypeReference::Missing(token) => Span::at(file.tokens().span(token).start),
            TypeReference::Named(name) => file.span(name),
            TypeReference::Map(map) => file.span(file.tree()[map].tokens),
        }
    }

    /// What it holds.
    pub fn kind(self) -> FieldKind<'s> {
        let tree = self.syntax().tree();
        match self.node().field_type {
            TypeReference::Scalar(scalar, _) => FieldKind::Scalar(scalar),
            TypeReference::Map(map) => match tree[map].value {
                TypeReference::Scalar(scalar, _) => FieldKind::Scalar(scalar),
                _ => self.linked(false),
            },
            TypeReference::Group(_) => self.linked(true),
            TypeReference::Named(_) => {
                self.linked(self.features().message_encoding == MessageEncoding::Delimited)
            }
            TypeReference::Missing(_) => FieldKind::Unknown,
        }
    }

    /// The message or enum that its type names; for a map that of its values.
    pub fn type_symbol(self) -> Option<Symbol> {
        self.schema.data(self.file).links.fields[self.index.get()]
    }

    fn linked(self, delimited: bool) -> FieldKind<'s> {
        let Some(symbol) = self.type_symbol() else {
            return FieldKind::Unknown;
        };
        match symbol.definition {
            Definition::Message(index) => {
                let message = Message::new(self.schema, symbol.file, index);
                if delimited {
                    FieldKind::Delimited(message)
                } else {
                    FieldKind::Message(message)
                }
            }
            Definition::Enum(index) => FieldKind::Enum(Enum::new(self.schema, symbol.file, index)),
            _ => FieldKind::Unknown,
        }
    }

    /// Whether it is a map.
    pub fn is_map(self) -> bool {
        matches!(self.node().field_type, TypeReference::Map(_))
    }

    /// The type of a map's keys; `None` where it is no map, or its keys are of no built-in type.
    pub fn map_key(self) -> Option<Scalar> {
        match self.node().field_type {
            TypeReference::Map(map) => match self.syntax().tree()[map].key {
                TypeReference::Scalar(scalar, _) => Some(scalar),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it occurs any number of times: repeated or a map.
    pub fn is_repeated(self) -> bool {
        self.is_map() || self.label() == Some(FieldLabel::Repeated)
    }

    /// How often it occurs, and whether it knows of its absence.
    pub fn cardinality(self) -> Cardinality {
        if self.is_map() {
            return Cardinality::Map;
        }
        match self.label() {
            Some(FieldLabel::Repeated) => return Cardinality::Repeated,
            Some(FieldLabel::Required) => return Cardinality::Required,
            Some(FieldLabel::Optional) => return Cardinality::Explicit,
            None => {}
        }
        match self.features().field_presence {
            FieldPresence::LegacyRequired => Cardinality::Required,
            FieldPresence::Implicit if self.can_be_implicit() => Cardinality::Implicit,
            FieldPresence::Implicit | FieldPresence::Explicit => Cardinality::Explicit,
        }
    }

    /// Messages, members of oneofs and extensions always know of their absence.
    fn can_be_implicit(self) -> bool {
        matches!(self.node().parent, FieldParent::Message(_))
            && matches!(self.kind(), FieldKind::Scalar(_) | FieldKind::Enum(_))
    }

    /// Whether it is written packed: several numbers in one record.
    pub fn is_packed(self) -> bool {
        let packable = match self.kind() {
            FieldKind::Scalar(scalar) => !matches!(scalar, Scalar::String | Scalar::Bytes),
            FieldKind::Enum(_) => true,
            _ => false,
        };
        packable
            && self.label() == Some(FieldLabel::Repeated)
            && self.features().repeated_field_encoding == RepeatedFieldEncoding::Packed
    }

    /// Whether a proto3 `optional` makes descriptors invent a oneof for it.
    pub fn is_proto3_optional(self) -> bool {
        self.label() == Some(FieldLabel::Optional) && self.file().edition() == Edition::Proto3
    }

    /// Its options; `default` and `json_name` are none.
    pub fn options(self) -> Options<'s> {
        Options::new(
            self.schema,
            self.file,
            ElementKind::Field,
            Settings::Compact(self.node().options),
        )
    }

    /// Whether it looks like a group: a delimited message that is declared beside it and has its name.
    pub fn is_group_like(self) -> bool {
        let FieldKind::Delimited(message) = self.kind() else {
            return false;
        };
        message.file() == self.file()
            && message.parent() == self.scope()
            && message.name().text.to_ascii_lowercase() == self.name()
    }

    /// The compact options.
    pub fn option_settings(self) -> impl Iterator<Item = &'s OptionSetting> + Clone {
        self.syntax().tree()[self.node().options].iter()
    }

    /// The features in force for it; `[packed = …]` of the older syntaxes is taken into account.
    pub fn features(self) -> Features {
        let features = &self.schema.data(self.file).features;
        features.of(&features.fields, self.index.get())
    }
}
