//! Extensions: what can be extended, with which numbers, by what.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::Validator;
use super::number::largest_extension;
use crate::schema::{Cardinality, Edition, Extend, Field, FieldKind, Message};
use crate::syntax::tree::{Extensions, FieldLabel};

/// What proto3 files may extend: custom options are made so.
const OPTIONS_MESSAGES: &[&str] = &[
    "google.protobuf.EnumOptions",
    "google.protobuf.EnumValueOptions",
    "google.protobuf.ExtensionRangeOptions",
    "google.protobuf.FieldOptions",
    "google.protobuf.FileOptions",
    "google.protobuf.MessageOptions",
    "google.protobuf.MethodOptions",
    "google.protobuf.OneofOptions",
    "google.protobuf.ServiceOptions",
    "google.protobuf.StreamOptions",
];

impl<'s> Validator<'s, '_> {
    pub(super) fn extend(&mut self, extend: Extend<'s>) {
        let Some(message) = extend.extendee() else {
            return;
        };
        let is_options = OPTIONS_MESSAGES.contains(&message.full_name());
        if self.file.edition() == Edition::Proto3 && !is_options {
            self.report(
                extend.extendee_span(),
                format!("a proto3 file extends `{}`", message.full_name()),
                "proto3 has extensions for custom options only; use `google.protobuf.Any`, or move to an edition",
            );
        }
        if is_lite(self.file) && !is_lite(message.file()) {
            self.report(
                extend.extendee_span(),
                format!(
                    "a lite file extends `{}`, which is not lite",
                    message.full_name()
                ),
                "move the extension to a file without `optimize_for = LITE_RUNTIME`",
            );
        }
        for field in extend.fields() {
            self.extension(field, message);
        }
    }

    fn extension(&mut self, field: Field<'s>, message: Message<'s>) {
        let name = field.full_name();
        if field.cardinality() == Cardinality::Required {
            let span = field
                .node()
                .label
                .map_or(field.written_name().span, |(_, token)| {
                    self.file.syntax().tokens().span(token)
                });
            self.report(
                span,
                format!("extension `{name}` is required"),
                "make it optional: readers that do not know an extension cannot require it",
            );
        }
        let is_message_set = message.is_message_set();
        if is_message_set
            && (field.is_repeated()
                || !matches!(field.kind(), FieldKind::Message(_) | FieldKind::Unknown)
                || field.label() == Some(FieldLabel::Required))
        {
            self.report(
                field.type_span(),
                format!("extension `{name}` of a message set is no optional message"),
                "wrap what it holds in a message",
            );
        }
        let Some(number) = field.node().number.value else {
            return;
        };
        let largest = largest_extension(message);
        self.field_number(field, number, largest);
        match statement_of(message, number, largest) {
            // Options messages declare their numbers for other languages' sake only.
            Some(_) if message.file().path() == "google/protobuf/descriptor.proto" => {}
            Some(statement) => self.declared(field, message, statement, number),
            None => {
                let source = message.file().source();
                let label = message.name().span;
                let error = self.report(
                    field.number_span(),
                    format!(
                        "extension `{name}` has the number {number}, which `{}` does not open to extensions",
                        message.full_name()
                    ),
                    "take a number of one of its `extensions` ranges",
                );
                *error = error
                    .clone()
                    .with_label(source, label, "the extended message");
            }
        }
        if let Some(holder) = field
            .number()
            .and_then(|number| message.field_numbered(number))
        {
            let source = message.file().source();
            let label = holder.number_span();
            let error = self.report(
                field.number_span(),
                format!(
                    "extension `{name}` has the number {number} of field `{}`",
                    holder.name()
                ),
                "give it another number",
            );
            *error = error.clone().with_label(source, label, "the field");
        }
    }

    /// Two extensions of one message in this file cannot have one number.
    pub(super) fn extension_numbers(&mut self) {
        let mut numbers: FxHashMap<(&str, i32), Field<'s>> = FxHashMap::default();
        let mut twice = Vec::new();
        for field in self.file.all_extensions() {
            let (Some(message), Some(number)) = (field.containing_message(), field.number()) else {
                continue;
            };
            match numbers.entry((message.full_name(), number)) {
                Entry::Vacant(entry) => {
                    entry.insert(field);
                }
                Entry::Occupied(entry) => twice.push((*entry.get(), field, message)),
            }
        }
        for (first, second, message) in twice {
            let source = self.file.source();
            let label = first.number_span();
            let error = self.report(
                second.number_span(),
                format!(
                    "extensions `{}` and `{}` of `{}` have the number {}",
                    first.full_name(),
                    second.full_name(),
                    message.full_name(),
                    second.number().unwrap_or_default()
                ),
                "give one of them another number",
            );
            *error = error.clone().with_label(source, label, "first used here");
        }
    }
}

/// The `extensions` statement with a range that holds the number.
fn statement_of<'s>(message: Message<'s>, number: i64, largest: i64) -> Option<&'s Extensions> {
    let tree = message.file().syntax().tree();
    message.extensions_statements().find(|statement| {
        tree[statement.ranges].iter().any(|range| {
            let Some(start) = range.start.value else {
                return false;
            };
            let end = match range.end {
                None => start,
                Some(_) if range.is_max => largest,
                Some(end) => end.value.unwrap_or(start),
            };
            start <= number && number <= end
        })
    })
}

/// Whether a file is for the lite runtime.
pub(super) fn is_lite(file: crate::schema::File<'_>) -> bool {
    const OPTIMIZE_FOR: i32 = 9;
    file.options().enum_name(OPTIMIZE_FOR) == Some("LITE_RUNTIME")
}
