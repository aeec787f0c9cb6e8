//! Enums and their values.

use super::message::reserved_name;
use super::{Message, Name, name, optioned_view, view};
use crate::schema::Features;
use crate::schema::features::EnumType;
use crate::schema::options::{ElementKind, Options, Settings};
use crate::syntax::tree::{self, Item, NumberRange, OptionSetting, Reserved};
use crate::text::Span;

view! {
    /// An enum.
    Enum of tree::Enum
}

view! {
    /// A value of an enum.
    EnumValue of tree::EnumValue
}

impl<'s> Enum<'s> {
    /// Its own name.
    pub fn name(self) -> Name<'s> {
        name(self.syntax(), self.node().name)
    }

    /// Its full name, without a leading dot.
    pub fn full_name(self) -> &'s str {
        self.schema
            .data(self.file)
            .outline
            .names
            .enumeration(self.index)
    }

    /// The message it is nested in.
    pub fn parent(self) -> Option<Message<'s>> {
        let parent = self.node().parent?;
        Some(Message::new(self.schema, self.file, parent))
    }

    /// The declarations of its body, in order.
    pub fn items(self) -> &'s [Item] {
        self.syntax().tree().items(self.node().items)
    }

    /// Its values, in order.
    pub fn values(self) -> impl Iterator<Item = EnumValue<'s>> + Clone {
        self.items().iter().filter_map(move |&item| match item {
            Item::EnumValue(index) => Some(EnumValue::new(self.schema, self.file, index)),
            _ => None,
        })
    }

    /// Whether numbers it does not list are kept as unknown fields.
    pub fn is_closed(self) -> bool {
        self.features().enum_type == EnumType::Closed
    }

    /// Its `reserved` statements.
    pub fn reserved_statements(self) -> impl Iterator<Item = &'s Reserved> + Clone {
        let tree = self.syntax().tree();
        self.items().iter().filter_map(move |&item| match item {
            Item::Reserved(index) => Some(&tree[index]),
            _ => None,
        })
    }

    /// The reserved numbers as they are written; the ends of `to max` have no value.
    pub fn reserved_ranges(self) -> impl Iterator<Item = &'s NumberRange> + Clone {
        let tree = self.syntax().tree();
        self.reserved_statements()
            .flat_map(move |statement| &tree[statement.ranges])
    }

    /// The reserved names, unquoted.
    pub fn reserved_names(self) -> impl Iterator<Item = (String, Span)> + Clone {
        let file = self.syntax();
        let tree = file.tree();
        self.reserved_statements()
            .flat_map(move |statement| &tree[statement.names])
            .map(move |name| reserved_name(file, name))
    }
}

optioned_view!(Enum, enums);

impl<'s> EnumValue<'s> {
    /// Its name.
    pub fn name(self) -> Name<'s> {
        name(self.syntax(), Some(self.node().name))
    }

    /// Its full name, without a leading dot: a sibling of its enum, not a child.
    pub fn full_name(self) -> String {
        let scope = self
            .schema
            .data(self.file)
            .outline
            .names
            .scope(self.parent().node().parent);
        let name = self.name().text;
        if scope.is_empty() {
            return name.to_owned();
        }
        format!("{scope}.{name}")
    }

    /// The enum.
    pub fn parent(self) -> Enum<'s> {
        Enum::new(self.schema, self.file, self.node().parent)
    }

    /// Its number, where it has one of 32 bits.
    pub fn number(self) -> Option<i32> {
        i32::try_from(self.node().number.value?).ok()
    }

    /// Where the number stands, its sign included.
    pub fn number_span(self) -> Span {
        self.syntax().span(self.node().number.tokens)
    }

    /// Its options.
    pub fn options(self) -> Options<'s> {
        Options::new(
            self.schema,
            self.file,
            ElementKind::EnumValue,
            Settings::Compact(self.node().options),
        )
    }

    /// The compact options.
    pub fn option_settings(self) -> impl Iterator<Item = &'s OptionSetting> + Clone {
        self.syntax().tree()[self.node().options].iter()
    }

    /// The features in force for it.
    pub fn features(self) -> Features {
        let features = &self.schema.data(self.file).features;
        features.of(&features.values, self.index.get())
    }
}
