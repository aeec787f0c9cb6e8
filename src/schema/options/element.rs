//! What options can be set on.

use crate::syntax::tree::{Item, NodeIndex, NodeRange, OptionSetting, Tree};

/// A kind of element that has options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ElementKind {
    /// A file.
    File,
    /// A message.
    Message,
    /// A field or an extension.
    Field,
    /// A oneof.
    Oneof,
    /// An enum.
    Enum,
    /// A value of an enum.
    EnumValue,
    /// A service.
    Service,
    /// A method.
    Method,
    /// The ranges of an `extensions` statement.
    ExtensionRange,
}

impl ElementKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::File,
        Self::Message,
        Self::Field,
        Self::Oneof,
        Self::Enum,
        Self::EnumValue,
        Self::Service,
        Self::Method,
        Self::ExtensionRange,
    ];

    /// The full name of the message whose fields are its options.
    pub const fn options_message(self) -> &'static str {
        match self {
            Self::File => "google.protobuf.FileOptions",
            Self::Message => "google.protobuf.MessageOptions",
            Self::Field => "google.protobuf.FieldOptions",
            Self::Oneof => "google.protobuf.OneofOptions",
            Self::Enum => "google.protobuf.EnumOptions",
            Self::EnumValue => "google.protobuf.EnumValueOptions",
            Self::Service => "google.protobuf.ServiceOptions",
            Self::Method => "google.protobuf.MethodOptions",
            Self::ExtensionRange => "google.protobuf.ExtensionRangeOptions",
        }
    }

    /// The number of the option `features`.
    pub const fn features_number(self) -> i32 {
        match self {
            Self::File | Self::ExtensionRange => 50,
            Self::Message => 12,
            Self::Field => 21,
            Self::Oneof => 1,
            Self::Enum => 7,
            Self::EnumValue => 2,
            Self::Service => 34,
            Self::Method => 35,
        }
    }

    /// What it is called in a message.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Message => "message",
            Self::Field => "field",
            Self::Oneof => "oneof",
            Self::Enum => "enum",
            Self::EnumValue => "enum value",
            Self::Service => "service",
            Self::Method => "method",
            Self::ExtensionRange => "extension range",
        }
    }

    /// Its number in `FieldOptions.OptionTargetType`.
    pub(super) const fn target(self) -> u64 {
        match self {
            Self::File => 1,
            Self::ExtensionRange => 2,
            Self::Message => 3,
            Self::Field => 4,
            Self::Oneof => 5,
            Self::Enum => 6,
            Self::EnumValue => 7,
            Self::Service => 8,
            Self::Method => 9,
        }
    }
}

/// Where the settings of an element stand.
#[derive(Debug, Clone, Copy)]
pub(in crate::schema) enum Settings {
    /// As statements among declarations of a body: from the first of them to the last.
    Statements(NodeRange<Item>),
    /// Between brackets.
    Compact(NodeRange<OptionSetting>),
}

impl Settings {
    /// The settings, in order.
    pub(in crate::schema) fn iter(
        self,
        tree: &Tree,
    ) -> impl Iterator<Item = NodeIndex<OptionSetting>> + Clone {
        let (items, compact) = match self {
            Self::Statements(items) => (tree.items(items), NodeRange::default()),
            Self::Compact(settings) => (&[][..], settings),
        };
        items
            .iter()
            .filter_map(|&item| match item {
                Item::Option(option) => Some(option),
                _ => None,
            })
            .chain(compact.iter())
    }
}

/// One element that has options.
#[derive(Debug, Clone, Copy)]
pub(in crate::schema) struct Element {
    /// What it is.
    pub(in crate::schema) kind: ElementKind,
    /// Its position in its arena; 0 for the file.
    pub(in crate::schema) index: u32,
    /// Where its settings stand.
    pub(in crate::schema) settings: Settings,
}

impl Element {
    /// The elements of a file that have settings: the file, then arena by arena.
    pub(in crate::schema) fn all(tree: &Tree) -> impl Iterator<Item = Self> {
        fn arena<T>(
            kind: ElementKind,
            nodes: &[T],
            settings: impl Fn(&T) -> Settings,
        ) -> impl Iterator<Item = Element> {
            nodes.iter().zip(0..).map(move |(node, index)| Element {
                kind,
                index,
                settings: settings(node),
            })
        }
        let file = Self {
            kind: ElementKind::File,
            index: 0,
            settings: Settings::Statements(tree.file_settings),
        };
        let statements = Settings::Statements;
        let compact = Settings::Compact;
        std::iter::once(file)
            .chain(arena(ElementKind::Message, &tree.messages, move |node| {
                statements(node.settings)
            }))
            .chain(arena(ElementKind::Field, &tree.fields, move |node| {
                compact(node.options)
            }))
            .chain(arena(ElementKind::Oneof, &tree.oneofs, move |node| {
                statements(node.settings)
            }))
            .chain(arena(ElementKind::Enum, &tree.enums, move |node| {
                statements(node.settings)
            }))
            .chain(arena(ElementKind::EnumValue, &tree.values, move |node| {
                compact(node.options)
            }))
            .chain(arena(ElementKind::Service, &tree.services, move |node| {
                statements(node.settings)
            }))
            .chain(arena(ElementKind::Method, &tree.methods, move |node| {
                statements(node.settings)
            }))
            .chain(arena(
                ElementKind::ExtensionRange,
                &tree.extensions,
                move |node| compact(node.options),
            ))
            .filter(|element| element.settings.iter(tree).next().is_some())
    }
}
