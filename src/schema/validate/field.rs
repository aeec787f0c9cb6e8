//! Single fields: options that fit their type only, maps, and enums that proto3 cannot hold.

use super::Validator;
use crate::schema::features::FieldPresence;
use crate::schema::{Edition, Field, FieldKind, Message};
use crate::syntax::tree::{FieldLabel, Scalar, TypeReference};

/// Numbers of fields in `FieldOptions`.
mod option {
    pub(super) const CTYPE: i32 = 1;
    pub(super) const PACKED: i32 = 2;
    pub(super) const LAZY: i32 = 5;
    pub(super) const JSTYPE: i32 = 6;
    pub(super) const UNVERIFIED_LAZY: i32 = 15;
}

/// `MessageOptions.map_entry`
const MAP_ENTRY: i32 = 7;

impl<'s> Validator<'s, '_> {
    pub(super) fn field(&mut self, field: Field<'s>) {
        if field.is_map() {
            self.map(field);
        }
        self.closed_enum(field);
        let is_judged = |number| {
            matches!(
                number,
                option::CTYPE
                    | option::PACKED
                    | option::LAZY
                    | option::JSTYPE
                    | option::UNVERIFIED_LAZY
            )
        };
        if (field.options().all()).any(|set| matches!(set.path(), &[number] if is_judged(number))) {
            self.packed(field);
            self.lazy(field);
            self.language_types(field);
        }
    }

    fn map(&mut self, field: Field<'s>) {
        let file = self.file.syntax();
        let TypeReference::Map(map) = field.node().field_type else {
            return;
        };
        let name = field.name();
        let (span, text) = match file.tree()[map].key {
            TypeReference::Scalar(scalar, token) => {
                if !matches!(scalar, Scalar::Float | Scalar::Double | Scalar::Bytes) {
                    self.map_value(field);
                    return;
                }
                (file.tokens().span(token), scalar.keyword().into())
            }
            TypeReference::Named(tokens) => (file.span(tokens), file.joined(tokens)),
            _ => (field.type_span(), "this".into()),
        };
        self.report(
            span,
            format!("the keys of map `{name}` are of type `{text}`"),
            "keys are integers, `bool` or `string`",
        );
        self.map_value(field);
    }

    fn map_value(&mut self, field: Field<'s>) {
        let FieldKind::Enum(node) = field.kind() else {
            return;
        };
        if node.is_closed() && field.features().field_presence == FieldPresence::Implicit {
            self.report(
                field.type_span(),
                format!(
                    "map `{}` holds the closed enum `{}` without presence",
                    field.name(),
                    node.full_name()
                ),
                "set `features.field_presence = EXPLICIT`, or open the enum",
            );
        }
        let starts_with_zero = node
            .values()
            .next()
            .is_none_or(|first| first.number() == Some(0));
        if !starts_with_zero {
            self.report(
                field.type_span(),
                format!(
                    "map `{}` holds enum `{}`, whose first value is not 0",
                    field.name(),
                    node.full_name()
                ),
                "a value that is left out reads as 0: put a value with that number first in the enum",
            );
        }
    }

    fn closed_enum(&mut self, field: Field<'s>) {
        if self.file.edition() != Edition::Proto3 {
            return;
        }
        let FieldKind::Enum(node) = field.kind() else {
            return;
        };
        if node.is_closed() {
            let error = self.report(
                field.type_span(),
                format!(
                    "field `{}` of a proto3 file has the closed enum `{}`",
                    field.name(),
                    node.full_name()
                ),
                "declare an open enum (proto3, or `features.enum_type = OPEN`) for it",
            );
            error.reason = Some(
                "proto3 keeps numbers that an enum does not list, and a closed enum cannot"
                    .to_owned(),
            );
        }
    }

    fn packed(&mut self, field: Field<'s>) {
        let Some(setting) = field.options().get(option::PACKED) else {
            return;
        };
        let span = setting.span();
        if self.file.edition().is_edition() {
            self.report(
                span,
                "editions do not have the option `packed`",
                "write `features.repeated_field_encoding = PACKED` or `EXPANDED`",
            );
            return;
        }
        if field.options().boolean(option::PACKED) != Some(true) {
            return;
        }
        let packable = match field.kind() {
            FieldKind::Scalar(scalar) => !matches!(scalar, Scalar::String | Scalar::Bytes),
            FieldKind::Enum(_) => true,
            _ => false,
        };
        if field.is_map() || field.label() != Some(FieldLabel::Repeated) || !packable {
            self.report(
                span,
                format!("field `{}` cannot be packed", field.name()),
                "only repeated numbers, `bool`s and enums can; remove the option",
            );
        }
    }

    fn lazy(&mut self, field: Field<'s>) {
        for (number, name) in [
            (option::LAZY, "lazy"),
            (option::UNVERIFIED_LAZY, "unverified_lazy"),
        ] {
            let Some(setting) = field.options().get(number) else {
                continue;
            };
            if field.options().boolean(number) != Some(true) {
                continue;
            }
            let is_message = field.is_map() || matches!(field.kind(), FieldKind::Message(_));
            if !is_message {
                self.report(
                    setting.span(),
                    format!(
                        "field `{}` is no message and cannot be `{name}`",
                        field.name()
                    ),
                    "remove the option",
                );
            } else if number == option::UNVERIFIED_LAZY && field.is_extension() {
                self.report(
                    setting.span(),
                    format!("extension `{}` cannot be `{name}`", field.name()),
                    "remove the option",
                );
            }
        }
    }

    fn language_types(&mut self, field: Field<'s>) {
        if let Some(setting) = field.options().get(option::JSTYPE)
            && field.options().enum_name(option::JSTYPE) != Some("JS_NORMAL")
        {
            let is_wide = !field.is_map()
                && matches!(
                    field.kind(),
                    FieldKind::Scalar(
                        Scalar::Int64
                            | Scalar::Uint64
                            | Scalar::Sint64
                            | Scalar::Fixed64
                            | Scalar::Sfixed64
                    )
                );
            if !is_wide {
                self.report(
                    setting.span(),
                    format!(
                        "field `{}` is no 64-bit integer and has a `jstype`",
                        field.name()
                    ),
                    "remove the option",
                );
            }
        }
        if let Some(setting) = field.options().get(option::CTYPE)
            && self.file.edition() >= Edition::Edition2024
        {
            self.report(
                setting.span(),
                "edition 2024 does not have the option `ctype`",
                "write `features.(pb.cpp).string_type`",
            );
        }
    }

    /// The option that marks the entry messages of maps is not for people.
    pub(super) fn map_entry_option(&mut self, message: Message<'s>) {
        if let Some(setting) = message.options().get(MAP_ENTRY) {
            self.report(
                setting.span(),
                format!("message `{}` sets `map_entry`", message.full_name()),
                "remove the option, and declare a field of type `map<…>`",
            );
        }
    }
}
