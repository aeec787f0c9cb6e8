//! Words, numbers and strings as values of a field's type, by protoc's rules.

use std::borrow::Cow;

use super::wire::{WireType, push_tag, push_varint};
use crate::syntax::literal::LiteralKind;
use crate::syntax::tree::{OptionValue, Scalar};
use crate::syntax::{self, Token};

/// A value of a built-in type or enum.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Of a signed integer type.
    Signed(i64),
    /// Of an unsigned integer type.
    Unsigned(u64),
    /// Of `float`.
    Float(f32),
    /// Of `double`.
    Double(f64),
    /// Of `bool`.
    Boolean(bool),
    /// Of `string`; protoc does not insist on UTF-8 everywhere.
    String(Vec<u8>),
    /// Of `bytes`.
    Bytes(Vec<u8>),
    /// The number of an enum's value.
    Enum(i32),
}

impl Value {
    /// Whether it is the same as absence; a negative zero is not.
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Signed(value) => *value == 0,
            Self::Unsigned(value) => *value == 0,
            Self::Float(value) => value.to_bits() == 0,
            Self::Double(value) => value.to_bits() == 0,
            Self::Boolean(value) => !value,
            Self::String(value) | Self::Bytes(value) => value.is_empty(),
            Self::Enum(value) => *value == 0,
        }
    }
}

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct Mistake {
    pub(in crate::schema) message: String,
    pub(in crate::schema) help: String,
}

impl Mistake {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// What stands where a value is due.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::schema) enum Written<'f> {
    /// An integer; it has no magnitude beyond 64 bits.
    Integer {
        negative: bool,
        magnitude: Option<u64>,
        text: &'f str,
    },
    /// A number with a point or exponent.
    Float { negative: bool, text: &'f str },
    /// A word.
    Word { negative: bool, text: &'f str },
    /// A string, escapes undone.
    String(Vec<u8>),
    /// A message in braces, or nothing at all.
    Other,
}

/// Which rules a value is read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Grammar {
    /// Those of an option's value.
    Setting,
    /// Those of a field's default.
    Default,
    /// Those of the text format, inside of an option's `{…}`.
    Literal,
}

impl<'f> Written<'f> {
    /// What stands after the `=` of an option.
    pub(in crate::schema) fn of_setting(file: &'f syntax::File, value: OptionValue) -> Self {
        match value {
            OptionValue::Identifier { minus, word } => Self::Word {
                negative: minus.is_some(),
                text: file.text(word),
            },
            OptionValue::Number { minus, number } => Self::number(file, minus, number),
            OptionValue::String(tokens) => Self::String(file.string_value(tokens)),
            OptionValue::Aggregate(_) | OptionValue::Missing(_) => Self::Other,
        }
    }

    /// What stands as a value in a literal.
    pub(in crate::schema) fn of_literal(file: &'f syntax::File, value: LiteralKind) -> Self {
        match value {
            LiteralKind::Identifier { minus, word } => Self::Word {
                negative: minus.is_some(),
                text: file.text(word),
            },
            LiteralKind::Number { minus, number } => Self::number(file, minus, number),
            LiteralKind::String(tokens) => Self::String(file.string_value(tokens)),
            LiteralKind::Message(_) => Self::Other,
        }
    }

    fn number(file: &'f syntax::File, minus: Option<Token>, number: Token) -> Self {
        let negative = minus.is_some();
        let text = file.text(number);
        match file.tokens().kind(number) {
            syntax::TokenKind::Float => Self::Float { negative, text },
            _ => Self::Integer {
                negative,
                magnitude: syntax::integer_value(text),
                text,
            },
        }
    }

    /// How it is shown in a message.
    fn shown(&self) -> Cow<'f, str> {
        let signed = |negative: bool, text: &'f str| match negative {
            true => Cow::Owned(format!("`-{text}`")),
            false => Cow::Owned(format!("`{text}`")),
        };
        match *self {
            Self::Integer { negative, text, .. }
            | Self::Float { negative, text }
            | Self::Word { negative, text } => signed(negative, text),
            Self::String(_) => Cow::Borrowed("a string"),
            Self::Other => Cow::Borrowed("a message"),
        }
    }

    /// The value of a built-in type.
    pub(in crate::schema) fn typed(
        self,
        scalar: Scalar,
        grammar: Grammar,
    ) -> Result<Value, Mistake> {
        let wrong = |written: &Self, due: &str| {
            let shown = written.shown();
            Mistake::new(
                format!("{shown} is no value of type `{}`", scalar.keyword()),
                format!("write {due}"),
            )
        };
        match scalar {
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => self
                .signed(i32::MIN.into(), i32::MAX.into(), scalar)
                .map(Value::Signed),
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
                self.signed(i64::MIN, i64::MAX, scalar).map(Value::Signed)
            }
            Scalar::Uint32 | Scalar::Fixed32 => {
                self.unsigned(u32::MAX.into(), scalar).map(Value::Unsigned)
            }
            Scalar::Uint64 | Scalar::Fixed64 => {
                self.unsigned(u64::MAX, scalar).map(Value::Unsigned)
            }
            Scalar::Float => match self.double(grammar) {
                Some(value) => Ok(Value::Float(narrow(value, grammar))),
                None => Err(wrong(&self, "a number, `inf` or `nan`")),
            },
            Scalar::Double => match self.double(grammar) {
                Some(value) => Ok(Value::Double(value)),
                None => Err(wrong(&self, "a number, `inf` or `nan`")),
            },
            Scalar::Bool => match self.boolean(grammar) {
                Some(value) => Ok(Value::Boolean(value)),
                None => Err(wrong(&self, "`true` or `false`")),
            },
            Scalar::String => match self {
                Self::String(value) => Ok(Value::String(value)),
                _ => Err(wrong(&self, "a string in quotes")),
            },
            Scalar::Bytes => match self {
                Self::String(value) => Ok(Value::Bytes(value)),
                _ => Err(wrong(&self, "a string in quotes")),
            },
        }
    }

    fn signed(&self, least: i64, most: i64, scalar: Scalar) -> Result<i64, Mistake> {
        let value = match *self {
            Self::Integer {
                negative,
                magnitude: Some(magnitude),
                ..
            } => {
                let magnitude = i128::from(magnitude);
                Some(if negative { -magnitude } else { magnitude })
            }
            Self::Integer { .. } => None,
            _ => return Err(self.no_integer(scalar)),
        };
        value
            .and_then(|value| i64::try_from(value).ok())
            .filter(|value| (least..=most).contains(value))
            .ok_or_else(|| self.out_of_range(&least, &most, scalar))
    }

    fn unsigned(&self, most: u64, scalar: Scalar) -> Result<u64, Mistake> {
        match *self {
            Self::Integer {
                negative: false,
                magnitude: Some(value),
                ..
            } if value <= most => Ok(value),
            Self::Integer { .. } => Err(self.out_of_range(&0, &most, scalar)),
            _ => Err(self.no_integer(scalar)),
        }
    }

    fn no_integer(&self, scalar: Scalar) -> Mistake {
        let shown = self.shown();
        Mistake::new(
            format!("{shown} is no value of type `{}`", scalar.keyword()),
            "write a whole number",
        )
    }

    fn out_of_range(
        &self,
        least: &dyn std::fmt::Display,
        most: &dyn std::fmt::Display,
        scalar: Scalar,
    ) -> Mistake {
        let shown = self.shown();
        Mistake::new(
            format!("{shown} is out of range for type `{}`", scalar.keyword()),
            format!("write a whole number from {least} to {most}"),
        )
    }

    /// The number as a double; integers are taken too, those beyond 64 bits only where they are decimal.
    fn double(&self, grammar: Grammar) -> Option<f64> {
        let (negative, value) = match *self {
            Self::Integer {
                negative,
                magnitude,
                text,
            } => {
                let is_decimal = text == "0" || !text.starts_with('0');
                let value = match magnitude {
                    _ if grammar == Grammar::Literal && !is_decimal => return None,
                    // protoc keeps an option's integer as one, and an integer has no negative zero.
                    Some(0) if grammar == Grammar::Setting => return Some(0.0),
                    #[expect(clippy::cast_precision_loss, reason = "rounded as protoc rounds")]
                    Some(value) => value as f64,
                    None if is_decimal => text.parse().ok()?,
                    None => return None,
                };
                (negative, value)
            }
            Self::Float { negative, text } => (negative, text.parse().ok()?),
            Self::Word { negative, text } => {
                let value = match grammar {
                    Grammar::Setting | Grammar::Default => match text {
                        "inf" => f64::INFINITY,
                        // Without its sign, which protoc loses here.
                        "nan" => return Some(f64::NAN),
                        _ => return None,
                    },
                    Grammar::Literal => match text.to_ascii_lowercase().as_str() {
                        "inf" | "infinity" => f64::INFINITY,
                        "nan" => f64::NAN,
                        _ => return None,
                    },
                };
                (negative, value)
            }
            Self::String(_) | Self::Other => return None,
        };
        Some(if negative { -value } else { value })
    }

    fn boolean(&self, grammar: Grammar) -> Option<bool> {
        match (self, grammar) {
            (
                Self::Word {
                    negative: false,
                    text,
                },
                _,
            ) => match (*text, grammar) {
                ("true", _) | ("True" | "t", Grammar::Literal) => Some(true),
                ("false", _) | ("False" | "f", Grammar::Literal) => Some(false),
                _ => None,
            },
            (
                Self::Integer {
                    negative: false,
                    magnitude: Some(value @ 0..=1),
                    ..
                },
                Grammar::Literal,
            ) => Some(*value == 1),
            _ => None,
        }
    }
}

/// The nearest `float`; infinite beyond the range. In a default or literal protoc takes what lies up to half a step above
/// the largest number for that number.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding, and beyond the range becoming infinite, is what is meant"
)]
fn narrow(value: f64, grammar: Grammar) -> f32 {
    const HALF_A_STEP_ABOVE: f64 = 3.402_823_567_797_336_6e38;
    let nearest = value as f32;
    if grammar != Grammar::Setting && value.abs() <= HALF_A_STEP_ABOVE {
        return nearest.clamp(f32::MIN, f32::MAX);
    }
    nearest
}

/// Appends a record with that value; without the tag where `number` is `None`, as in a packed field.
pub(super) fn push_value(out: &mut Vec<u8>, number: Option<i32>, scalar: Scalar, value: &Value) {
    let tag = |out: &mut Vec<u8>, wire_type| {
        if let Some(number) = number {
            push_tag(out, number, wire_type);
        }
    };
    match *value {
        Value::Signed(value) => match scalar {
            Scalar::Sint32 | Scalar::Sint64 => {
                tag(out, WireType::Varint);
                push_varint(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
            }
            Scalar::Sfixed32 => {
                tag(out, WireType::Fixed32);
                out.extend_from_slice(&value.to_le_bytes()[..4]);
            }
            Scalar::Sfixed64 => {
                tag(out, WireType::Fixed64);
                out.extend_from_slice(&value.to_le_bytes());
            }
            _ => {
                tag(out, WireType::Varint);
                push_varint(out, value.cast_unsigned());
            }
        },
        Value::Unsigned(value) => match scalar {
            Scalar::Fixed32 => {
                tag(out, WireType::Fixed32);
                out.extend_from_slice(&value.to_le_bytes()[..4]);
            }
            Scalar::Fixed64 => {
                tag(out, WireType::Fixed64);
                out.extend_from_slice(&value.to_le_bytes());
            }
            _ => {
                tag(out, WireType::Varint);
                push_varint(out, value);
            }
        },
        Value::Float(value) => {
            tag(out, WireType::Fixed32);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Double(value) => {
            tag(out, WireType::Fixed64);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Boolean(value) => {
            tag(out, WireType::Varint);
            out.push(u8::from(value));
        }
        Value::Enum(value) => push_enum(out, number, value),
        Value::String(ref value) | Value::Bytes(ref value) => {
            tag(out, WireType::Bytes);
            push_varint(out, value.len() as u64);
            out.extend_from_slice(value);
        }
    }
}

/// Appends a record with the number of an enum's value.
pub(super) fn push_enum(out: &mut Vec<u8>, number: Option<i32>, value: i32) {
    if let Some(number) = number {
        push_tag(out, number, WireType::Varint);
    }
    push_varint(out, i64::from(value).cast_unsigned());
}
