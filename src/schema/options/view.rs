//! How options are read: by number for built-in ones, by full name for custom ones.

use std::borrow::Cow;

use super::element::{Element, ElementKind, Settings};
use super::reading::{OptionMessage, OptionValue, values};
use super::wire::{self, Payload, Record};
use super::{Setting, State};
use crate::schema::{Definition, Field, File, FileId, Schema};
use crate::syntax::tree::{NodeIndex, OptionSetting};
use crate::text::Span;

/// The options of one element.
///
/// Built-in options are asked for by their number in the options message of `descriptor.proto`, custom ones by the
/// full name of the extension. What was not understood is not there; an error was reported for it.
#[derive(Clone, Copy)]
pub struct Options<'s> {
    schema: &'s Schema,
    file: FileId,
    kind: ElementKind,
    settings: Settings,
}

impl<'s> Options<'s> {
    pub(in crate::schema) fn new(
        schema: &'s Schema,
        file: FileId,
        kind: ElementKind,
        settings: Settings,
    ) -> Self {
        Self {
            schema,
            file,
            kind,
            settings,
        }
    }

    pub(in crate::schema) fn of(schema: &'s Schema, file: FileId, element: Element) -> Self {
        Self::new(schema, file, element.kind, element.settings)
    }

    /// What they are options of.
    pub fn kind(self) -> ElementKind {
        self.kind
    }

    /// Whether there is no setting, understood or not. A field's `default` and `json_name` are none.
    pub fn is_empty(self) -> bool {
        let data = self.schema.data(self.file);
        self.settings.iter(data.syntax.tree()).all(|index| {
            let setting = data.options.settings.get(index.get());
            setting.is_some_and(|setting| matches!(setting.state, State::Default | State::JsonName))
        })
    }

    /// All settings that were understood, in order. A field's `default` and `json_name` are none.
    pub fn all(self) -> impl Iterator<Item = OptionSet<'s>> + Clone {
        let data = self.schema.data(self.file);
        self.settings
            .iter(data.syntax.tree())
            .filter_map(move |index| {
                let setting = *data.options.settings.get(index.get())?;
                (setting.state == State::Set).then_some(OptionSet {
                    schema: self.schema,
                    file: self.file,
                    kind: self.kind,
                    index,
                    setting,
                })
            })
    }

    /// The setting of exactly that path of field numbers.
    pub fn at(self, path: &[i32]) -> Option<OptionSet<'s>> {
        self.all().find(|set| set.path() == path)
    }

    /// The setting of the built-in option of that number.
    pub fn get(self, number: i32) -> Option<OptionSet<'s>> {
        self.at(&[number])
    }

    /// A built-in option of type `bool`.
    pub fn boolean(self, number: i32) -> Option<bool> {
        match self.number(number)? {
            0 => Some(false),
            _ => Some(true),
        }
    }

    /// The number of a built-in option's enum value, or its integer.
    pub fn number(self, number: i32) -> Option<u64> {
        match wire::records(self.get(number)?.encoded()).next()?.payload {
            Payload::Varint(value) => Some(value),
            _ => None,
        }
    }

    /// The name of a built-in option's enum value, as it is written.
    pub fn enum_name(self, number: i32) -> Option<&'s str> {
        let set = self.get(number)?;
        match set.node().value {
            crate::syntax::tree::OptionValue::Identifier { word, .. } => {
                Some(self.schema.data(self.file).syntax.text(word))
            }
            _ => None,
        }
    }

    /// A built-in option of type `string`; what is not UTF-8 is replaced.
    pub fn string(self, number: i32) -> Option<Cow<'s, str>> {
        match wire::records(self.get(number)?.encoded()).next()?.payload {
            Payload::Bytes(bytes) => Some(String::from_utf8_lossy(bytes)),
            _ => None,
        }
    }

    /// The features that the element sets itself: numbers of fields of `FeatureSet`, each with its value's number.
    pub(in crate::schema) fn own_features(self) -> impl Iterator<Item = (i32, u64)> {
        let features = self.kind.features_number();
        self.all()
            .filter(move |set| set.path().first() == Some(&features))
            .flat_map(|set| wire::records(set.encoded()))
            .filter_map(|record| match record.payload {
                Payload::Bytes(bytes) => Some(wire::records(bytes)),
                _ => None,
            })
            .flatten()
            .filter_map(|record| match record.payload {
                Payload::Varint(value) => Some((record.number, value)),
                _ => None,
            })
    }

    /// The settings that give a custom option or a part of it a value, in order.
    pub fn custom_settings(self, extension: Field<'s>) -> impl Iterator<Item = OptionSet<'s>> {
        let number = extension.number();
        self.all()
            .filter(move |set| set.is_custom() && set.path().first().copied() == number)
    }

    /// The values of the custom option with that full name, such as `google.api.http`: one, or several where it is
    /// repeated. What several settings give to one message is put together.
    pub fn custom(self, full_name: &str) -> Vec<OptionValue<'s>> {
        let Some(symbol) = self.schema.symbol(full_name) else {
            return Vec::new();
        };
        let Definition::Extension(index) = symbol.definition else {
            return Vec::new();
        };
        let extension = Field::new(self.schema, symbol.file, index);
        if extension
            .containing_message()
            .is_none_or(|message| message.full_name() != self.kind.options_message())
        {
            return Vec::new();
        }
        let records: Vec<Record<'s>> = self
            .custom_settings(extension)
            .flat_map(|set| wire::records(set.encoded()))
            .collect();
        values(extension, &records)
    }

    /// What a custom option holds that is a message and not repeated, put together from all settings.
    pub fn custom_message(self, extension: Field<'s>) -> Option<OptionMessage<'s>> {
        let mut settings = self.custom_settings(extension).peekable();
        settings.peek()?;
        let records: Vec<Record<'s>> = settings
            .flat_map(|set| wire::records(set.encoded()))
            .collect();
        match values(extension, &records).pop()? {
            OptionValue::Message(message) => Some(message),
            _ => None,
        }
    }

    /// All that was set, as one message. `None` where `descriptor.proto` is not part of the schema.
    pub fn message(self) -> Option<OptionMessage<'s>> {
        let message = self.schema.built_in_message(self.kind.options_message())?;
        let pieces = self.all().map(|set| set.encoded()).collect();
        Some(OptionMessage::new(message, pieces))
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.all().map(OptionSet::path))
            .finish()
    }
}

/// What a setting sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'s> {
    /// An option, with the path of [`OptionSet::path`].
    Option(&'s [i32]),
    /// The `default` of a field.
    Default,
    /// The `json_name` of a field.
    JsonName,
    /// It was not understood; an error was reported.
    Unknown,
}

impl<'s> File<'s> {
    /// What a setting of this file sets.
    pub fn meaning(self, setting: NodeIndex<OptionSetting>) -> Meaning<'s> {
        let table = &self.schema().data(self.id()).options;
        let Some(&setting) = table.settings.get(setting.get()) else {
            return Meaning::Unknown;
        };
        match setting.state {
            State::Set => Meaning::Option(table.path(setting)),
            State::Default => Meaning::Default,
            State::JsonName => Meaning::JsonName,
            State::Unknown => Meaning::Unknown,
        }
    }
}

/// One setting of an option.
#[derive(Clone, Copy)]
pub struct OptionSet<'s> {
    schema: &'s Schema,
    file: FileId,
    kind: ElementKind,
    index: NodeIndex<OptionSetting>,
    setting: Setting,
}

impl<'s> OptionSet<'s> {
    /// Its position among the settings of its file's tree.
    pub fn index(self) -> NodeIndex<OptionSetting> {
        self.index
    }

    /// The node in the tree.
    pub fn node(self) -> &'s OptionSetting {
        &self.schema.data(self.file).syntax.tree()[self.index]
    }

    /// The whole statement, or name and value where it stands between brackets.
    pub fn span(self) -> Span {
        self.schema.data(self.file).syntax.span(self.node().tokens)
    }

    /// The name.
    pub fn name_span(self) -> Span {
        self.schema
            .data(self.file)
            .syntax
            .span(self.node().name_tokens)
    }

    /// The value.
    pub fn value_span(self) -> Span {
        self.schema
            .data(self.file)
            .syntax
            .span(self.node().value.tokens())
    }

    /// The field numbers that lead from the options message to what is set. Where that is a repeated field, the
    /// position of the value among those of the element follows. So does protoc's source info give it.
    pub fn path(self) -> &'s [i32] {
        self.schema.data(self.file).options.path(self.setting)
    }

    /// The record of the options message that holds just this setting.
    pub fn encoded(self) -> &'s [u8] {
        self.schema.data(self.file).options.bytes(self.setting)
    }

    /// Whether it sets features.
    pub fn is_feature(self) -> bool {
        self.path().first() == Some(&self.kind.features_number())
    }

    /// Whether it sets a custom option, or a part of one.
    pub fn is_custom(self) -> bool {
        let tree = self.schema.data(self.file).syntax.tree();
        tree.option_name(self.node())
            .first()
            .is_some_and(|part| part.is_extension)
    }
}
