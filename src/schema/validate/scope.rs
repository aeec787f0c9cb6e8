//! Names that clash inside of a message or service, with what descriptors add: map entries and synthetic oneofs.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::Validator;
use crate::schema::diff::map_entry_name;
use crate::schema::{Message, Service};
use crate::text::Span;

/// What has a name in a message's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Field,
    Oneof,
    /// The message that stands for a map's entries.
    MapEntry,
    /// The oneof that stands for a proto3 `optional`.
    Synthetic,
    /// A message, enum, enum value or extension: among themselves they were compared over all files.
    Symbol(&'static str),
}

impl Kind {
    /// Whether it was compared with all others of its kind over all files.
    const fn is_symbol(self) -> bool {
        matches!(self, Self::Symbol(_) | Self::MapEntry)
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Oneof => "oneof",
            Self::MapEntry => "map entry",
            Self::Synthetic => "oneof made for an `optional` field",
            Self::Symbol(noun) => noun,
        }
    }
}

impl<'s> Validator<'s, '_> {
    pub(super) fn message_scope(&mut self, message: Message<'s>) {
        self.reserved_names(message);
        if !self.may_repeat(message) {
            return;
        }
        let mut names: FxHashMap<std::borrow::Cow<'s, str>, (Kind, Span)> = FxHashMap::default();
        let mut clashes = Vec::new();
        let mut add =
            |name: std::borrow::Cow<'s, str>, kind: Kind, span: Span| match names.get(&name) {
                Some(&(first, first_span)) => {
                    if !(first.is_symbol() && kind.is_symbol()) {
                        clashes.push((name, first, first_span, kind, span));
                    }
                }
                None => {
                    names.insert(name, (kind, span));
                }
            };
        for field in message.fields() {
            add(field.name(), Kind::Field, field.written_name().span);
        }
        for oneof in message.oneofs() {
            let name = oneof.name();
            add(name.text.into(), Kind::Oneof, name.span);
        }
        for (name, kind, span) in symbols(message) {
            add(name, kind, span);
        }
        for field in message.fields() {
            if field.is_map() {
                let name = map_entry_name(&field.name());
                add(name.into(), Kind::MapEntry, field.written_name().span);
            }
        }
        for (field, name) in message.synthetic_oneofs() {
            add(name.into(), Kind::Synthetic, field.written_name().span);
        }
        let source = self.file.source();
        for (name, first, first_span, kind, span) in clashes {
            let (noun, first_noun) = (kind.noun(), first.noun());
            let full_name = message.full_name();
            let error = self.report(
                span,
                format!("{noun} `{name}` of message `{full_name}` has the name of a {first_noun}"),
                "rename one of them",
            );
            *error = error
                .clone()
                .with_label(source, first_span, format!("the {first_noun}"));
        }
    }

    /// Whether two things in a message's scope may have one name. Where no oneof made for an `optional` field has to
    /// give way to another name, it has the field's with `_` before it.
    fn may_repeat(&mut self, message: Message<'s>) -> bool {
        let names = self.scratch.repeats.begin();
        for field in message.fields() {
            let name = field.name();
            names.add(&name);
            if field.is_map() {
                names.add(&map_entry_name(&name));
            }
            if field.is_proto3_optional() {
                let name = name.strip_prefix('_').unwrap_or(&name);
                names.add(&format!("_{name}"));
            }
        }
        for oneof in message.oneofs() {
            names.add(oneof.name().text);
        }
        for (name, ..) in symbols(message) {
            names.add(&name);
        }
        names.found()
    }

    fn reserved_names(&mut self, message: Message<'s>) {
        let mut reserved: FxHashMap<String, Span> = FxHashMap::default();
        for (name, span) in message.reserved_names() {
            match reserved.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(span);
                }
                Entry::Occupied(entry) => {
                    let name = entry.key();
                    self.report(
                        span,
                        format!("the name `{name}` is reserved twice"),
                        "remove one of the two",
                    );
                }
            }
        }
        if reserved.is_empty() {
            return;
        }
        for field in message.fields() {
            let name = field.name();
            let Some(&label) = reserved.get(&*name) else {
                continue;
            };
            let source = self.file.source();
            let error = self.report(
                field.written_name().span,
                format!("field `{name}` has a reserved name"),
                "rename it: JSON that was written with this name meant something else",
            );
            *error = error.clone().with_label(source, label, "reserved here");
        }
    }

    pub(super) fn service_scope(&mut self, service: Service<'s>) {
        let names = self.scratch.repeats.begin();
        for method in service.methods() {
            names.add(method.name().text);
        }
        if !names.found() {
            return;
        }
        let mut names: FxHashMap<&str, Span> = FxHashMap::default();
        for method in service.methods() {
            let name = method.name();
            if let Some(&first) = names.get(name.text) {
                let source = self.file.source();
                let error = self.report(
                    name.span,
                    format!("service `{}` has two methods `{name}`", service.full_name()),
                    "rename one of them",
                );
                *error = error.clone().with_label(source, first, "the first one");
            } else {
                names.insert(name.text, name.span);
            }
        }
    }
}

/// The messages, enums, enum values and extensions in a message's scope.
fn symbols<'s>(
    message: Message<'s>,
) -> impl Iterator<Item = (std::borrow::Cow<'s, str>, Kind, Span)> {
    let messages = message.messages().map(|nested| {
        let name = nested.name();
        (name.text.into(), Kind::Symbol("message"), name.span)
    });
    let enums = message.enums().flat_map(|node| {
        let name = node.name();
        let values = node.values().map(|value| {
            let name = value.name();
            (name.text.into(), Kind::Symbol("enum value"), name.span)
        });
        std::iter::once((name.text.into(), Kind::Symbol("enum"), name.span)).chain(values)
    });
    let extensions = message.extensions().map(|field| {
        (
            field.name(),
            Kind::Symbol("extension"),
            field.written_name().span,
        )
    });
    messages.chain(enums).chain(extensions)
}
