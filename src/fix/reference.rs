//! Every place of a file where a name is used, and what it stands for there.

use rustc_hash::FxHashMap;

use crate::schema::options::{OptionSet, Options};
use crate::schema::{
    Definition, Enum, EnumValue, Field, FieldKind, File, Message, Method, Oneof, Schema, Service,
    Symbol,
};
use crate::syntax::literal::{Literal, LiteralField, LiteralKind, LiteralName};
use crate::syntax::tree::{NodeRange, OptionValue, TypeReference};
use crate::syntax::{Token, TokenRange};

/// A name as it is written in a file, with or without its outer parts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    /// The name with its dots.
    pub(super) tokens: TokenRange,
    /// What it stands for.
    pub(super) target: Symbol,
}

/// Extensions by what they extend and their number.
pub(super) type Extensions<'s> = FxHashMap<(&'s str, i32), Field<'s>>;

/// All extensions of a schema.
pub(super) fn extensions(schema: &Schema) -> Extensions<'_> {
    schema
        .files()
        .flat_map(File::all_extensions)
        .filter_map(|field| {
            let message = field.containing_message()?;
            Some(((message.full_name(), field.number()?), field))
        })
        .collect()
}

/// The names used in a file, in no order.
pub(super) fn references<'s>(file: File<'s>, extensions: &Extensions<'s>) -> Vec<Reference> {
    let mut reader = Reader {
        file,
        extensions,
        found: Vec::new(),
    };
    reader.types();
    reader.options(file.options());
    for message in file.all_messages() {
        reader.options(message.options());
        for statement in message.extensions_statements() {
            reader.options(message.extension_range_options(statement));
        }
    }
    for field in file.all_fields() {
        reader.options(field.options());
        reader.default(field);
    }
    file.all_oneofs()
        .for_each(|oneof| reader.options(oneof.options()));
    file.all_enums()
        .for_each(|node| reader.options(node.options()));
    file.all_values()
        .for_each(|value| reader.options(value.options()));
    file.services()
        .for_each(|service| reader.options(service.options()));
    file.all_methods()
        .for_each(|method| reader.options(method.options()));
    reader.found
}

struct Reader<'r, 's> {
    file: File<'s>,
    extensions: &'r Extensions<'s>,
    found: Vec<Reference>,
}

impl<'s> Reader<'_, 's> {
    fn add(&mut self, tokens: TokenRange, target: Symbol) {
        self.found.push(Reference { tokens, target });
    }

    /// The types of fields, of methods, and what is extended.
    fn types(&mut self) {
        let tree = self.file.syntax().tree();
        for field in self.file.all_fields() {
            let name = match field.node().field_type {
                TypeReference::Named(name) => Some(name),
                TypeReference::Map(map) => match tree[map].value {
                    TypeReference::Named(name) => Some(name),
                    _ => None,
                },
                _ => None,
            };
            if let (Some(name), Some(symbol)) = (name, field.type_symbol()) {
                self.add(name, symbol);
            }
        }
        for method in self.file.all_methods() {
            let node = method.node();
            for (message, name) in [
                (Method::input(method), node.input.name),
                (Method::output(method), node.output.name),
            ] {
                if let Some(message) = message {
                    self.add(name, of_message(message));
                }
            }
        }
        for extend in self.file.all_extends() {
            if let Some(message) = extend.extendee() {
                self.add(extend.node().extendee, of_message(message));
            }
        }
    }

    fn default(&mut self, field: Field<'s>) {
        if let (FieldKind::Enum(node), Some(setting)) = (field.kind(), field.default_setting())
            && let OptionValue::Identifier { word, .. } = setting.value
        {
            self.value(node, word);
        }
    }

    /// An enum value that is named in a place of that enum.
    fn value(&mut self, node: Enum<'s>, word: Token) {
        let name = self.file.syntax().text(word);
        if let Some(value) = node.values().find(|value| value.name().text == name) {
            self.add(TokenRange::one(word), of_value(value));
        }
    }

    fn options(&mut self, options: Options<'s>) {
        options.all().for_each(|set| self.setting(options, set));
    }

    fn setting(&mut self, options: Options<'s>, set: OptionSet<'s>) {
        let tree = self.file.syntax().tree();
        let name = options.kind().options_message();
        let mut message = self.file.schema().built_in_message(name);
        let mut last = None;
        for (part, &number) in tree.option_name(set.node()).iter().zip(set.path()) {
            let Some(holder) = message else { return };
            let field = if part.is_extension {
                self.extensions.get(&(holder.full_name(), number)).copied()
            } else {
                holder.field_numbered(number)
            };
            let Some(field) = field else { return };
            self.add(part.name, of_field(field));
            message = field.kind().message();
            last = Some(field);
        }
        let Some(field) = last else { return };
        match (set.node().value, field.kind()) {
            (OptionValue::Identifier { word, .. }, FieldKind::Enum(node)) => self.value(node, word),
            (OptionValue::Aggregate(tokens), _) => {
                let (Some(message), Ok(literal)) =
                    (message, Literal::parse(self.file.syntax(), tokens))
                else {
                    return;
                };
                self.literal(&literal, literal.root(), message);
            }
            _ => {}
        }
    }

    /// The names in a message literal; its depth is limited where it is read.
    fn literal(
        &mut self,
        literal: &Literal,
        fields: NodeRange<LiteralField>,
        message: Message<'s>,
    ) {
        for written in literal.fields(fields) {
            let (tokens, symbol, field) = match written.name {
                LiteralName::Field(token) => {
                    let name = self.file.syntax().text(token);
                    let Some(field) = field_written(message, name) else {
                        continue;
                    };
                    (TokenRange::one(token), of_field(field), Some(field))
                }
                LiteralName::Extension(name) => {
                    let Some(field) = self.extension(message, name) else {
                        continue;
                    };
                    (name, of_field(field), Some(field))
                }
                LiteralName::Any { name, .. } => {
                    let full_name = self.file.syntax().joined(name);
                    let Some(inner) = self.file.schema().message(&full_name) else {
                        continue;
                    };
                    self.add(name, of_message(inner));
                    for value in literal.values(written.values) {
                        if let LiteralKind::Message(fields) = value.kind {
                            self.literal(literal, fields, inner);
                        }
                    }
                    continue;
                }
            };
            self.add(tokens, symbol);
            let Some(field) = field else { continue };
            for value in literal.values(written.values) {
                match (value.kind, field.kind()) {
                    (LiteralKind::Message(fields), _) if field.is_map() => {
                        self.map_entry(literal, fields, field);
                    }
                    (LiteralKind::Message(fields), _) => {
                        if let Some(inner) = field.kind().message() {
                            self.literal(literal, fields, inner);
                        }
                    }
                    (LiteralKind::Identifier { word, .. }, FieldKind::Enum(node)) => {
                        self.value(node, word);
                    }
                    _ => {}
                }
            }
        }
    }

    /// `{ key: …, value: … }`: only the value can hold names that somebody declared.
    fn map_entry(&mut self, literal: &Literal, fields: NodeRange<LiteralField>, map: Field<'s>) {
        let syntax = self.file.syntax();
        let values = literal.fields(fields).iter().filter(|field| {
            matches!(field.name, LiteralName::Field(token) if syntax.text(token) == "value")
        });
        for value in values.flat_map(|field| literal.values(field.values)) {
            match (value.kind, map.kind()) {
                (LiteralKind::Message(fields), FieldKind::Message(inner)) => {
                    self.literal(literal, fields, inner);
                }
                (LiteralKind::Identifier { word, .. }, FieldKind::Enum(node)) => {
                    self.value(node, word);
                }
                _ => {}
            }
        }
    }

    /// The extension of `message` that a literal names, by the whole or the end of its full name.
    fn extension(&self, message: Message<'s>, name: TokenRange) -> Option<Field<'s>> {
        let written = self.file.syntax().joined(name);
        let written = written.strip_prefix('.').unwrap_or(&written);
        let is_named = |field: &Field<'s>| {
            let full_name = field.full_name();
            let outer = full_name.strip_suffix(written);
            outer.is_some_and(|outer| outer.is_empty() || outer.ends_with('.'))
        };
        let mut fits: Vec<Field<'s>> = self
            .extensions
            .iter()
            .filter(|((extended, _), _)| *extended == message.full_name())
            .map(|(_, &field)| field)
            .filter(is_named)
            .collect();
        fits.sort_by_key(|field| field.full_name().len());
        fits.first().copied()
    }
}

/// The field that a literal calls by this name: a group goes by the name of its message.
fn field_written<'s>(message: Message<'s>, name: &str) -> Option<Field<'s>> {
    message
        .fields()
        .find(|field| field.written_name().text == name || field.name() == name)
}

fn of_message(message: Message<'_>) -> Symbol {
    Symbol {
        file: message.file().id(),
        definition: Definition::Message(message.index()),
    }
}

fn of_value(value: EnumValue<'_>) -> Symbol {
    Symbol {
        file: value.file().id(),
        definition: Definition::EnumValue(value.index()),
    }
}

fn of_field(field: Field<'_>) -> Symbol {
    Symbol {
        file: field.file().id(),
        definition: match field.is_extension() {
            true => Definition::Extension(field.index()),
            false => Definition::Field(field.index()),
        },
    }
}

/// The full name of what a name stands for; an enum value's is that of a sibling of its enum.
pub(super) fn full_name(schema: &Schema, symbol: Symbol) -> String {
    let file = symbol.file;
    match symbol.definition {
        Definition::Package => schema.file(file).package().to_owned(),
        Definition::Message(index) => Message::new(schema, file, index).full_name().to_owned(),
        Definition::MapEntry(index) => schema.map_entry_full_name(file, index),
        Definition::Enum(index) => Enum::new(schema, file, index).full_name().to_owned(),
        Definition::EnumValue(index) => EnumValue::new(schema, file, index).full_name(),
        Definition::Extension(index) | Definition::Field(index) => {
            Field::new(schema, file, index).full_name()
        }
        Definition::Service(index) => {
            let service = Service::new(schema, file, index);
            service.full_name().to_owned()
        }
        Definition::Oneof(index) => {
            let oneof = Oneof::new(schema, file, index);
            format!("{}.{}", oneof.parent().full_name(), oneof.name())
        }
        Definition::Method(index) => Method::new(schema, file, index).full_name(),
    }
}
