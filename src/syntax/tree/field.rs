//! Fields, their types and numbers, and what fields stand in.

use super::{Extend, Item, Message, NodeIndex, NodeRange, OptionSetting};
use crate::syntax::token::{Token, TokenRange};

/// The word before a field's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldLabel {
    /// `optional`
    Optional,
    /// `required`
    Required,
    /// `repeated`
    Repeated,
}

impl FieldLabel {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
        }
    }
}

/// The built-in field types, numbered as in `FieldDescriptorProto.Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scalar {
    /// `double`
    Double = 1,
    /// `float`
    Float = 2,
    /// `int64`
    Int64 = 3,
    /// `uint64`
    Uint64 = 4,
    /// `int32`
    Int32 = 5,
    /// `fixed64`
    Fixed64 = 6,
    /// `fixed32`
    Fixed32 = 7,
    /// `bool`
    Bool = 8,
    /// `string`
    String = 9,
    /// `bytes`
    Bytes = 12,
    /// `uint32`
    Uint32 = 13,
    /// `sfixed32`
    Sfixed32 = 15,
    /// `sfixed64`
    Sfixed64 = 16,
    /// `sint32`
    Sint32 = 17,
    /// `sint64`
    Sint64 = 18,
}

impl Scalar {
    /// The type of that keyword.
    pub fn from_keyword(word: &str) -> Option<Self> {
        Some(match word {
            "double" => Self::Double,
            "float" => Self::Float,
            "int64" => Self::Int64,
            "uint64" => Self::Uint64,
            "int32" => Self::Int32,
            "fixed64" => Self::Fixed64,
            "fixed32" => Self::Fixed32,
            "bool" => Self::Bool,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "uint32" => Self::Uint32,
            "sfixed32" => Self::Sfixed32,
            "sfixed64" => Self::Sfixed64,
            "sint32" => Self::Sint32,
            "sint64" => Self::Sint64,
            _ => return None,
        })
    }

    /// The keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::Int32 => "int32",
            Self::Fixed64 => "fixed64",
            Self::Fixed32 => "fixed32",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Uint32 => "uint32",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
        }
    }
}

/// The type of a field as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeReference {
    /// A built-in type.
    Scalar(Scalar, Token),
    /// The name of a message or enum, with the dots.
    Named(TokenRange),
    /// `map<…>`
    Map(NodeIndex<MapType>),
    /// A group; the word `group`.
    Group(Token),
    /// Nothing that could be a type.
    Missing(Token),
}

/// `map<string, Value>`
#[derive(Debug, Clone, Copy)]
pub struct MapType {
    /// From `map` to `>`.
    pub tokens: TokenRange,
    /// The key's type.
    pub key: TypeReference,
    /// The value's type.
    pub value: TypeReference,
}

/// A number as it is written, with its sign.
#[derive(Debug, Clone, Copy, Default)]
pub struct Number {
    /// The tokens; empty where there is no number.
    pub tokens: TokenRange,
    /// Its value; `None` where it is missing or beyond 64 bits.
    pub value: Option<i64>,
}

/// What a field is declared in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldParent {
    /// A message's body.
    Message(NodeIndex<Message>),
    /// A oneof's body.
    Oneof(NodeIndex<Oneof>),
    /// An `extend` block: the field is an extension.
    Extend(NodeIndex<Extend>),
}

/// A field, an extension, a map field, or a group.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The label.
    pub label: Option<(FieldLabel, Token)>,
    /// The type.
    pub field_type: TypeReference,
    /// The name; for a group the name of its message.
    pub name: Option<Token>,
    /// The number.
    pub number: Number,
    /// From `[` to `]`.
    pub bracket: Option<TokenRange>,
    /// The compact options.
    pub options: NodeRange<OptionSetting>,
    /// What it is declared in.
    pub parent: FieldParent,
    /// The message that a group declares.
    pub group: Option<NodeIndex<Message>>,
}

/// `oneof name {…}`
#[derive(Debug, Clone, Copy)]
pub struct Oneof {
    /// The whole declaration.
    pub tokens: TokenRange,
    /// The name.
    pub name: Option<Token>,
    /// From `{` to `}`.
    pub body: TokenRange,
    /// What the body declares.
    pub items: NodeRange<Item>,
    /// The part of `items` from the first `option` statement to the last.
    pub settings: NodeRange<Item>,
    /// The message it stands in.
    pub parent: NodeIndex<Message>,
}
