//! The well-known types, which JSON writes otherwise than as the objects that they are by their fields:
//! <https://protobuf.dev/programming-guides/json/>. On the wire they are messages as any other.

use super::enumeration::enum_and_scalar;
use super::scalar::scalar_change;
use super::{Outcome, Structures};
use crate::schema::diff::Pair;
use crate::schema::{Enum, Message};
use crate::syntax::tree::Scalar;

/// How values of a message type look in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonForm {
    /// An object with a key for each field.
    Fields,
    /// RFC 3339 text.
    Timestamp,
    /// Seconds with a suffix `s`.
    Duration,
    /// Paths with commas between them.
    FieldMask,
    /// The value of the only field, by itself.
    Wrapper(Scalar),
    /// An object of any keys.
    Struct,
    /// A list of anything.
    ListValue,
    /// Anything.
    Value,
    /// An object whose other keys go by its `@type`.
    Any,
}

impl JsonForm {
    pub(super) fn of(message: Message<'_>) -> Self {
        let Some(name) = message.full_name().strip_prefix("google.protobuf.") else {
            return Self::Fields;
        };
        match name {
            "Timestamp" => Self::Timestamp,
            "Duration" => Self::Duration,
            "FieldMask" => Self::FieldMask,
            "DoubleValue" => Self::Wrapper(Scalar::Double),
            "FloatValue" => Self::Wrapper(Scalar::Float),
            "Int64Value" => Self::Wrapper(Scalar::Int64),
            "UInt64Value" => Self::Wrapper(Scalar::Uint64),
            "Int32Value" => Self::Wrapper(Scalar::Int32),
            "UInt32Value" => Self::Wrapper(Scalar::Uint32),
            "BoolValue" => Self::Wrapper(Scalar::Bool),
            "StringValue" => Self::Wrapper(Scalar::String),
            "BytesValue" => Self::Wrapper(Scalar::Bytes),
            "Struct" => Self::Struct,
            "ListValue" => Self::ListValue,
            "Value" => Self::Value,
            "Any" => Self::Any,
            _ => Self::Fields,
        }
    }

    const fn is_text(self) -> bool {
        matches!(self, Self::Timestamp | Self::Duration | Self::FieldMask)
    }
}

const OTHER_FORM: Outcome = Outcome::breaks("the two types are written differently in JSON");
const TEXT_FORM: Outcome = Outcome::when("the text has the form that both types have in JSON");
const ANY_FORM: Outcome = Outcome::when("the value has the form that the other type has in JSON");

/// What happens in JSON where one message type is read as another.
pub(super) fn json_of_messages(pair: Pair<Message<'_>>, structures: &Structures) -> Outcome {
    use JsonForm::{FieldMask, Fields, Struct, Value, Wrapper};
    let forms = pair.map(JsonForm::of);
    match (forms.before, forms.after) {
        (Fields, Fields) => structures.compare(pair).json,
        (before, after) if before == after => Outcome::Safe,
        (Wrapper(before), Wrapper(after)) => scalar_change(before, after, true).json,
        (Value, _) | (_, Value) => ANY_FORM,
        (Wrapper(Scalar::String), text) | (text, Wrapper(Scalar::String)) if text.is_text() => {
            TEXT_FORM
        }
        (FieldMask, text) | (text, FieldMask) if text.is_text() => TEXT_FORM,
        (Struct, Fields) | (Fields, Struct) => {
            Outcome::when("the object has the keys of the other type and no others")
        }
        _ => OTHER_FORM,
    }
}

/// The same where one side has a built-in type.
pub(super) fn json_of_message_and_scalar(message: Message<'_>, scalar: Scalar) -> Outcome {
    match JsonForm::of(message) {
        JsonForm::Wrapper(wrapped) => scalar_change(wrapped, scalar, true).json,
        JsonForm::Value => ANY_FORM,
        form if form.is_text() && scalar == Scalar::String => TEXT_FORM,
        form if form.is_text() => OTHER_FORM,
        JsonForm::ListValue => Outcome::breaks("a `ListValue` is a list in JSON"),
        _ => match scalar {
            Scalar::Bytes => Outcome::breaks("a message is an object in JSON, bytes are text"),
            Scalar::String => Outcome::breaks("a message is an object in JSON, a string is text"),
            _ => Outcome::breaks("a message is an object in JSON"),
        },
    }
}

/// The same where one side has an enum.
pub(super) fn json_of_message_and_enum(message: Message<'_>, node: Enum<'_>) -> Outcome {
    match JsonForm::of(message) {
        JsonForm::Wrapper(wrapped) => enum_and_scalar(node, wrapped, true).json,
        JsonForm::Value => ANY_FORM,
        JsonForm::Fields | JsonForm::Struct | JsonForm::Any => {
            Outcome::breaks("a message is an object in JSON")
        }
        _ => OTHER_FORM,
    }
}

/// The same where one side has a list of something.
pub(super) fn json_of_message_and_list(message: Message<'_>) -> Option<Outcome> {
    matches!(JsonForm::of(message), JsonForm::ListValue | JsonForm::Value).then_some(ANY_FORM)
}

/// The same where one side has a map.
pub(super) fn json_of_message_and_map(message: Message<'_>) -> Option<Outcome> {
    matches!(JsonForm::of(message), JsonForm::Struct | JsonForm::Value).then_some(ANY_FORM)
}
