//! Values of custom options as text, so that two of them can be compared and shown.

use std::fmt::Write as _;

use crate::schema::options::{OptionMessage, OptionValue, Options, Value};

/// The value of a custom option, or its values; `None` where it is not set.
pub(super) fn of(options: Options<'_>, full_name: &str) -> Option<String> {
    let values = options.custom(full_name);
    if values.is_empty() {
        return None;
    }
    let shown: Vec<String> = values.iter().map(shown).collect();
    Some(shown.join(", "))
}

/// A value, as text format has it; fields by number, so that their order in the source plays no part.
pub(super) fn shown(value: &OptionValue<'_>) -> String {
    match value {
        OptionValue::Scalar(Value::String(bytes)) => {
            format!("{:?}", String::from_utf8_lossy(bytes))
        }
        OptionValue::Scalar(Value::Bytes(bytes)) => {
            format!("{:?}", bytes.escape_ascii().to_string())
        }
        OptionValue::Scalar(Value::Signed(value)) => value.to_string(),
        OptionValue::Scalar(Value::Unsigned(value)) => value.to_string(),
        OptionValue::Scalar(Value::Float(value)) => format!("{value:?}"),
        OptionValue::Scalar(Value::Double(value)) => format!("{value:?}"),
        OptionValue::Scalar(Value::Boolean(value)) => value.to_string(),
        OptionValue::Scalar(Value::Enum(value)) => value.to_string(),
        OptionValue::Enum(number, None) => number.to_string(),
        OptionValue::Enum(_, Some(name)) => (*name).to_owned(),
        OptionValue::Message(message) => shown_message(message),
    }
}

fn shown_message(message: &OptionMessage<'_>) -> String {
    let mut text = String::from("{");
    for field in message.fields() {
        for value in &field.values {
            let space = if text.len() > 1 { ", " } else { "" };
            // Writing to a string cannot fail.
            let _ = write!(text, "{space}{}: {}", field.field.name(), shown(value));
        }
    }
    text.push('}');
    text
}
