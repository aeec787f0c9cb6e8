//! The default value of a field changed.
//!
//! ## What breaks
//! An absent field is read as the default: the same bytes mean one value to one side and another to the other.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! message Retry {
//!   optional int32 attempts = 1 [default = 3];
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! message Retry {
//!   optional int32 attempts = 1 [default = 5];
//! }
//! ```

use std::fmt;

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::options::{DefaultValue, Value};
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Default, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let (Some(before), Some(after)) = (Effective::of(fields.before), Effective::of(fields.after))
    else {
        return;
    };
    if before.is_zero() && after.is_zero() || before.is_same(&after) {
        return;
    }
    let file = fields.after.file();
    let place = fields
        .after
        .default_setting()
        .map_or(fields.after.span(), |setting| {
            file.syntax().span(setting.tokens)
        });
    cx.report(
        Place::Part(file, place),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "the default of field `{}` was {before} and is now {after}",
            fields.after.name()
        ),
    )
    .help("keep the default, and let code decide what an absent value means");
}

/// What an absent field is read as.
#[derive(Debug, Clone, PartialEq)]
enum Effective {
    /// A string or bytes.
    Bytes(Vec<u8>),
    /// An integer, a truth value, or an enum's number.
    Integer(i128),
    /// A float, as wide as it was.
    Float(f32),
    /// A double.
    Double(f64),
}

impl Effective {
    /// `None` where there is no default: lists, maps and messages.
    fn of(field: Field<'_>) -> Option<Self> {
        if field.is_repeated() {
            return None;
        }
        let zero = match field.kind() {
            FieldKind::Scalar(Scalar::String | Scalar::Bytes) => Self::Bytes(Vec::new()),
            FieldKind::Scalar(Scalar::Float) => Self::Float(0.0),
            FieldKind::Scalar(Scalar::Double) => Self::Double(0.0),
            FieldKind::Scalar(_) => Self::Integer(0),
            FieldKind::Enum(node) => Self::Integer(
                node.values()
                    .next()
                    .and_then(|value| value.number())
                    .unwrap_or(0)
                    .into(),
            ),
            _ => return None,
        };
        let Some(written) = field.default_value() else {
            return Some(zero);
        };
        Some(match written {
            DefaultValue::Enum(value) => Self::Integer(value.number().unwrap_or(0).into()),
            DefaultValue::Scalar(value) => match value {
                Value::String(bytes) | Value::Bytes(bytes) => Self::Bytes(bytes),
                Value::Float(value) => Self::Float(value),
                Value::Double(value) => Self::Double(value),
                Value::Boolean(value) => Self::Integer(value.into()),
                Value::Unsigned(value) => Self::Integer(value.into()),
                Value::Signed(value) => Self::Integer(value.into()),
                Value::Enum(value) => Self::Integer(value.into()),
            },
        })
    }

    fn is_zero(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Integer(value) => *value == 0,
            Self::Float(value) => *value == 0.0,
            Self::Double(value) => *value == 0.0,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a double is compared with a float as wide as the float is"
    )]
    #[expect(clippy::float_cmp, reason = "defaults are compared exactly")]
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Double(b)) | (Self::Double(b), Self::Float(a)) => {
                *a == *b as f32 || a.is_nan() && b.is_nan()
            }
            (Self::Float(a), Self::Float(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::Double(a), Self::Double(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::Integer(a), Self::Double(b)) | (Self::Double(b), Self::Integer(a)) => {
                b.fract() == 0.0 && *b as i128 == *a
            }
            (Self::Integer(a), Self::Float(b)) | (Self::Float(b), Self::Integer(a)) => {
                b.fract() == 0.0 && *b as i128 == *a
            }
            _ => self == other,
        }
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{:?}", String::from_utf8_lossy(bytes)),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Double(value) => write!(f, "{value}"),
        }
    }
}
