//! The types of CEL, as its checker knows them.
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking>

use std::fmt;
use std::sync::Arc;

use crate::schema::{Field, FieldKind, Schema};
use crate::syntax::tree::Scalar;

/// A type of CEL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Type {
    /// Known only when the expression is evaluated.
    Dyn,
    /// That of a part that is wrong: an error was reported for it.
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Duration,
    Timestamp,
    /// `google.protobuf.Any`
    Any,
    List(Arc<Type>),
    Map(Arc<Type>, Arc<Type>),
    /// A message, by its full name.
    Message(Arc<str>),
    /// One of the wrappers in `google/protobuf/wrappers.proto`: the value or null.
    Wrapper(Arc<Type>),
    /// The type of a type.
    Kind(Arc<Type>),
    /// To be found out: an index into the checker's bindings, or in a declaration the number of its parameter.
    Parameter(usize),
}

impl Type {
    pub(super) fn list(element: Self) -> Self {
        Self::List(Arc::new(element))
    }

    pub(super) fn map(key: Self, value: Self) -> Self {
        Self::Map(Arc::new(key), Arc::new(value))
    }

    /// The type of a message; well-known ones have types of their own.
    pub(in super::super) fn of_message(full_name: &str) -> Self {
        let wrapper = |wrapped| Self::Wrapper(Arc::new(wrapped));
        match full_name.strip_prefix("google.protobuf.") {
            Some("Any") => Self::Any,
            Some("Duration") => Self::Duration,
            Some("Timestamp") => Self::Timestamp,
            Some("Struct") => Self::map(Self::String, Self::Dyn),
            Some("ListValue") => Self::list(Self::Dyn),
            Some("Value") => Self::Dyn,
            Some("BoolValue") => wrapper(Self::Bool),
            Some("BytesValue") => wrapper(Self::Bytes),
            Some("DoubleValue" | "FloatValue") => wrapper(Self::Double),
            Some("Int32Value" | "Int64Value") => wrapper(Self::Int),
            Some("StringValue") => wrapper(Self::String),
            Some("UInt32Value" | "UInt64Value") => wrapper(Self::Uint),
            _ => Self::Message(full_name.into()),
        }
    }

    /// The type of a value of a built-in protobuf type.
    pub(in super::super) fn of_scalar(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Bool => Self::Bool,
            Scalar::String => Self::String,
            Scalar::Bytes => Self::Bytes,
            Scalar::Float | Scalar::Double => Self::Double,
            Scalar::Uint32 | Scalar::Uint64 | Scalar::Fixed32 | Scalar::Fixed64 => Self::Uint,
            Scalar::Int32
            | Scalar::Int64
            | Scalar::Sint32
            | Scalar::Sint64
            | Scalar::Sfixed32
            | Scalar::Sfixed64 => Self::Int,
        }
    }

    /// The type of one value of a field: of an element where it is repeated, of a value where it is a map.
    pub(in super::super) fn of_element(field: Field<'_>) -> Self {
        match field.kind() {
            FieldKind::Scalar(scalar) => Self::of_scalar(scalar),
            FieldKind::Enum(_) => Self::Int,
            FieldKind::Message(message) | FieldKind::Delimited(message) => {
                Self::of_message(message.full_name())
            }
            FieldKind::Unknown => Self::Dyn,
        }
    }

    /// The type of a field.
    pub(in super::super) fn of_field(field: Field<'_>) -> Self {
        let element = Self::of_element(field);
        if let Some(key) = field.map_key() {
            return Self::map(Self::of_scalar(key), element);
        }
        if field.is_repeated() {
            return Self::list(element);
        }
        element
    }

    /// The type that a name stands for in an expression, such as `int` or `google.protobuf.Duration`.
    pub(super) fn named(name: &str, schema: &Schema) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "double" => Self::Double,
            "string" => Self::String,
            "bytes" => Self::Bytes,
            "null_type" => Self::Null,
            "list" => Self::list(Self::Dyn),
            "map" => Self::map(Self::Dyn, Self::Dyn),
            "type" => Self::Kind(Arc::new(Self::Dyn)),
            _ => Self::of_message(schema.message(name)?.full_name()),
        })
    }

    pub(super) fn is_dyn_or_error(&self) -> bool {
        matches!(self, Self::Dyn | Self::Any | Self::Error)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dyn | Self::Parameter(_) => f.write_str("dyn"),
            Self::Error => f.write_str("an error"),
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Uint => f.write_str("uint"),
            Self::Double => f.write_str("double"),
            Self::String => f.write_str("string"),
            Self::Bytes => f.write_str("bytes"),
            Self::Duration => f.write_str("duration"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Any => f.write_str("any"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Map(key, value) => write!(f, "map({key}, {value})"),
            Self::Message(name) => f.write_str(name),
            Self::Wrapper(wrapped) => write!(f, "wrapper({wrapped})"),
            Self::Kind(of) => write!(f, "type({of})"),
        }
    }
}
