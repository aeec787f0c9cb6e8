//! `(buf.validate.predefined)` on extensions of protovalidate's messages of rules.

use super::cel::{Environment, Type};
use super::expression;
use super::rules::Rules;
use crate::checks::Cx;
use crate::schema::Field;

/// Checks the rules of an extension.
pub(super) fn check(rules: &Rules<'_, '_>, extension: Field<'_>, cx: &mut Cx<'_>) {
    let Some(extendee) = extension.containing_message() else {
        return;
    };
    let Some(this) = checked_type(extendee.full_name()) else {
        return;
    };
    let environment = Environment {
        schema: extension.file().schema(),
        variables: vec![
            ("this", this),
            ("rule", Type::of_field(extension)),
            ("rules", Type::of_message(extendee.full_name())),
            ("now", Type::Timestamp),
        ],
    };
    let owner = format!("extension `{}`", extension.name());
    expression::check(rules, &owner, &environment, cx);
}

/// The type of the values that a message of rules is for.
fn checked_type(rules: &str) -> Option<Type> {
    let dynamic = || std::sync::Arc::new(Type::Dyn);
    Some(match rules.strip_prefix("buf.validate.")? {
        "FloatRules" | "DoubleRules" => Type::Double,
        "Int32Rules" | "Int64Rules" | "SInt32Rules" | "SInt64Rules" | "SFixed32Rules"
        | "SFixed64Rules" | "EnumRules" => Type::Int,
        "UInt32Rules" | "UInt64Rules" | "Fixed32Rules" | "Fixed64Rules" => Type::Uint,
        "BoolRules" => Type::Bool,
        "StringRules" => Type::String,
        "BytesRules" => Type::Bytes,
        "RepeatedRules" => Type::List(dynamic()),
        "MapRules" => Type::Map(dynamic(), dynamic()),
        "AnyRules" => Type::Any,
        "DurationRules" => Type::Duration,
        "TimestampRules" => Type::Timestamp,
        "FieldMaskRules" => Type::of_message("google.protobuf.FieldMask"),
        _ => return None,
    })
}
