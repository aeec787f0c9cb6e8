//! What a full name stands for.

use super::FileId;
use crate::syntax::tree::{self, NodeIndex};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    /// A package, or the beginning of one.
    Package,
    /// A message or group.
    Message(NodeIndex<tree::Message>),
    /// The message that stands for the entries of a map, by its field. It can be named as a request or response only.
    MapEntry(NodeIndex<tree::Field>),
    /// An enum.
    Enum(NodeIndex<tree::Enum>),
    /// An enum value; its scope is the one that encloses the enum.
    EnumValue(NodeIndex<tree::EnumValue>),
    /// An extension, by its own full name.
    Extension(NodeIndex<tree::Field>),
    /// A service.
    Service(NodeIndex<tree::Service>),
    /// A field of a message; only found when looked up from inside that message.
    Field(NodeIndex<tree::Field>),
    /// A oneof; only found when looked up from inside its message.
    Oneof(NodeIndex<tree::Oneof>),
    /// A method; only found when looked up from inside its service.
    Method(NodeIndex<tree::Method>),
}

impl Definition {
    /// What it is called in a message.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Message(_) => "message",
            Self::MapEntry(_) => "map entry",
            Self::Enum(_) => "enum",
            Self::EnumValue(_) => "enum value",
            Self::Extension(_) => "extension",
            Self::Service(_) => "service",
            Self::Field(_) => "field",
            Self::Oneof(_) => "oneof",
            Self::Method(_) => "method",
        }
    }

    /// Whether it is a message, a map's entry or an enum.
    pub const fn is_type(self) -> bool {
        matches!(self, Self::Message(_) | Self::MapEntry(_) | Self::Enum(_))
    }

    /// Whether other names can be inside of it. Enums count, although their values are not.
    pub const fn is_aggregate(self) -> bool {
        matches!(
            self,
            Self::Message(_) | Self::MapEntry(_) | Self::Package | Self::Enum(_) | Self::Service(_)
        )
    }
}

/// What a name stands for, and where that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symbol {
    /// The file that defines it; for a package the first of its files.
    pub file: FileId,
    /// What it is.
    pub definition: Definition,
}
