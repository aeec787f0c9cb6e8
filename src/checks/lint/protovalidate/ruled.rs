//! What rules are for, and of which type it is.

use super::cel::Type;
use crate::schema::features::FieldPresence;
use crate::schema::{Cardinality, Field, FieldKind, Message};
use crate::syntax::tree::Scalar;

/// What of a field some rules are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The field as a whole.
    Whole,
    /// The elements of a repeated field.
    Items,
    /// The keys of a map.
    Keys,
    /// The values of a map.
    Values,
}

/// A field, or a part of it, that rules are for.
#[derive(Clone, Copy)]
pub(super) struct Ruled<'s> {
    pub(super) field: Field<'s>,
    pub(super) part: Part,
}

impl<'s> Ruled<'s> {
    /// As messages speak of it.
    pub(super) fn owner(self) -> String {
        let name = self.field.name();
        format!("field `{name}`")
    }

    /// buf gives the rules for elements the field itself, so that rules for lists are legal there.
    pub(super) fn is_list(self) -> bool {
        matches!(self.part, Part::Whole | Part::Items)
            && !self.field.is_map()
            && self.field.is_repeated()
    }

    /// Whether its absence can be told from its zero value.
    pub(super) fn has_presence(self) -> bool {
        let field = self.field;
        match self.part {
            Part::Items => false,
            Part::Whole => matches!(
                field.cardinality(),
                Cardinality::Explicit | Cardinality::Required
            ),
            // Map entries are messages of the same file, their fields without a label.
            Part::Keys | Part::Values => {
                let is_message = self.part == Part::Values && self.message().is_some();
                is_message || field.file().features().field_presence != FieldPresence::Implicit
            }
        }
    }

    /// The message type of a value.
    pub(super) fn message(self) -> Option<Message<'s>> {
        match self.field.kind() {
            FieldKind::Message(message) | FieldKind::Delimited(message)
                if self.part != Part::Keys =>
            {
                Some(message)
            }
            _ => None,
        }
    }

    /// The built-in type of a value; that which a wrapper holds where it is one.
    pub(super) fn scalar(self) -> Option<Scalar> {
        if self.part == Part::Keys {
            return self.field.map_key();
        }
        match self.field.kind() {
            FieldKind::Scalar(scalar) => Some(scalar),
            _ => wrapped(self.message()?.full_name()),
        }
    }

    /// Whether its elements are numbers, strings, bytes or enum values.
    pub(super) fn has_scalar_elements(self) -> bool {
        self.scalar().is_some() || matches!(self.field.kind(), FieldKind::Enum(_))
    }

    /// The type of `this` in an expression.
    pub(super) fn type_in_cel(self) -> Type {
        match self.part {
            Part::Whole => Type::of_field(self.field),
            Part::Items | Part::Values => Type::of_element(self.field),
            Part::Keys => self.field.map_key().map_or(Type::Dyn, Type::of_scalar),
        }
    }

    /// Whether rules of that kind are for its type.
    pub(super) fn takes(self, kind: &str) -> bool {
        if self.part == Part::Whole && self.field.is_repeated() {
            return false;
        }
        if let Some(scalar) = self.scalar() {
            return scalar.keyword() == kind;
        }
        if let FieldKind::Enum(_) = self.field.kind() {
            return kind == "enum";
        }
        let well_known = self.message().map(Message::full_name);
        match well_known.and_then(|name| name.strip_prefix("google.protobuf.")) {
            Some("Any") => kind == "any",
            Some("Duration") => kind == "duration",
            Some("Timestamp") => kind == "timestamp",
            Some("FieldMask") => kind == "field_mask",
            _ => false,
        }
    }

    /// Its type as it is written.
    pub(super) fn type_name(self) -> String {
        let element = match self.field.kind() {
            _ if self.part == Part::Keys => self.field.map_key().map_or("?", Scalar::keyword),
            FieldKind::Scalar(scalar) => scalar.keyword(),
            FieldKind::Enum(node) => node.full_name(),
            FieldKind::Message(message) | FieldKind::Delimited(message) => message.full_name(),
            FieldKind::Unknown => "?",
        };
        match (self.part, self.field.map_key()) {
            (Part::Whole, Some(key)) => format!("`map<{}, {element}>`", key.keyword()),
            (Part::Whole, None) if self.field.is_repeated() => format!("`repeated {element}`"),
            _ => format!("`{element}`"),
        }
    }
}

/// What a wrapper of `google/protobuf/wrappers.proto` holds.
fn wrapped(full_name: &str) -> Option<Scalar> {
    Some(match full_name.strip_prefix("google.protobuf.")? {
        "BoolValue" => Scalar::Bool,
        "BytesValue" => Scalar::Bytes,
        "DoubleValue" => Scalar::Double,
        "FloatValue" => Scalar::Float,
        "Int32Value" => Scalar::Int32,
        "Int64Value" => Scalar::Int64,
        "StringValue" => Scalar::String,
        "UInt32Value" => Scalar::Uint32,
        "UInt64Value" => Scalar::Uint64,
        _ => return None,
    })
}
