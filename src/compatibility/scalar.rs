//! Rows B1 to B11: one built-in type becomes another.

use super::{Outcome, Verdict};
use crate::syntax::tree::Scalar;

/// How a built-in type is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// A variable-length integer, two's complement.
    Varint,
    /// A variable-length integer, zigzag.
    Zigzag,
    /// Four bytes that are an integer.
    Fixed32,
    /// Four bytes that are a float.
    Float32,
    /// Eight bytes that are an integer.
    Fixed64,
    /// Eight bytes that are a float.
    Float64,
    /// A length, then text.
    Text,
    /// A length, then bytes.
    Bytes,
}

impl Encoding {
    pub(super) const fn of(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => {
                Self::Varint
            }
            Scalar::Sint32 | Scalar::Sint64 => Self::Zigzag,
            Scalar::Fixed32 | Scalar::Sfixed32 => Self::Fixed32,
            Scalar::Float => Self::Float32,
            Scalar::Fixed64 | Scalar::Sfixed64 => Self::Fixed64,
            Scalar::Double => Self::Float64,
            Scalar::String => Self::Text,
            Scalar::Bytes => Self::Bytes,
        }
    }

    /// The number in a tag that says how long a value is.
    pub(super) const fn wire_type(self) -> u8 {
        match self {
            Self::Varint | Self::Zigzag => 0,
            Self::Fixed64 | Self::Float64 => 1,
            Self::Text | Self::Bytes => 2,
            Self::Fixed32 | Self::Float32 => 5,
        }
    }
}

pub(super) const OTHER_WIRE_TYPE: Outcome = Outcome::breaks(
    "the wire types differ, so the value of one side is an unknown field to the other",
);

/// The verdict for one value. `verified` says whether strings are checked to be UTF-8 on either side.
pub(super) fn scalar_change(before: Scalar, after: Scalar, verified: bool) -> Verdict {
    if before == after {
        return Verdict::SAFE;
    }
    Verdict {
        wire: wire(before, after, verified),
        json: json(before, after),
        source: source(before, after),
    }
}

fn wire(before: Scalar, after: Scalar, verified: bool) -> Outcome {
    use Encoding::{Bytes, Fixed32, Fixed64, Float32, Float64, Text, Varint, Zigzag};
    let (old, new) = (Encoding::of(before), Encoding::of(after));
    if old.wire_type() != new.wire_type() {
        return OTHER_WIRE_TYPE;
    }
    match (old, new) {
        (Varint, Varint) => varint(before, after),
        (Zigzag, Zigzag) => Outcome::when("values fit in 32 bits; others are cut off"),
        (Varint, Zigzag) | (Zigzag, Varint) => {
            Outcome::silent("one side reads zigzag and the other does not: 1 becomes -1")
        }
        (Fixed32, Fixed32) | (Fixed64, Fixed64) => {
            Outcome::when("values are below the sign bit; others change their sign silently")
        }
        (Fixed32, Float32) | (Float32, Fixed32) | (Fixed64, Float64) | (Float64, Fixed64) => {
            Outcome::silent(
                "the bits of an integer are read as those of a float: 1 becomes 1.4e-45",
            )
        }
        (Text, Bytes) | (Bytes, Text) if verified => {
            Outcome::when("the bytes are valid UTF-8; otherwise the whole message cannot be parsed")
        }
        _ => Outcome::Safe,
    }
}

fn varint(before: Scalar, after: Scalar) -> Outcome {
    if before == Scalar::Bool || after == Scalar::Bool {
        return Outcome::when("values are 0 or 1; others are read as `true`");
    }
    let is_wide = |scalar| matches!(scalar, Scalar::Int64 | Scalar::Uint64);
    let is_signed = |scalar| matches!(scalar, Scalar::Int32 | Scalar::Int64);
    match (
        is_wide(before) == is_wide(after),
        is_signed(before) == is_signed(after),
    ) {
        (false, true) => Outcome::when("values fit in 32 bits; others are cut off silently"),
        (true, false) => Outcome::when(
            "values are not negative and below the sign bit; others become other numbers silently",
        ),
        _ => Outcome::when(
            "values are not negative and fit in 31 bits; others become other numbers silently",
        ),
    }
}

/// How a type looks in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum JsonKind {
    Integer,
    Float,
    Bool,
    Text,
    Bytes,
}

const fn json_kind(scalar: Scalar) -> JsonKind {
    match scalar {
        Scalar::Float | Scalar::Double => JsonKind::Float,
        Scalar::Bool => JsonKind::Bool,
        Scalar::String => JsonKind::Text,
        Scalar::Bytes => JsonKind::Bytes,
        _ => JsonKind::Integer,
    }
}

/// The least and greatest value of an integer type.
fn range(scalar: Scalar) -> (i128, i128) {
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => (i32::MIN.into(), i32::MAX.into()),
        Scalar::Uint32 | Scalar::Fixed32 => (0, u32::MAX.into()),
        Scalar::Uint64 | Scalar::Fixed64 => (0, u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

fn json(before: Scalar, after: Scalar) -> Outcome {
    match (json_kind(before), json_kind(after)) {
        (JsonKind::Integer, JsonKind::Integer) if range(before) == range(after) => Outcome::Safe,
        (JsonKind::Integer, JsonKind::Integer) => {
            Outcome::when("values are in the range of both types; others are refused")
        }
        (JsonKind::Float, JsonKind::Float) => {
            Outcome::when("values fit in a `float`; others lose digits or are refused")
        }
        (JsonKind::Integer, JsonKind::Float) | (JsonKind::Float, JsonKind::Integer) => {
            Outcome::when(
                "values are whole numbers that both types hold exactly; others are refused or lose digits",
            )
        }
        (JsonKind::Text, JsonKind::Bytes) | (JsonKind::Bytes, JsonKind::Text) => {
            Outcome::silent("text is read as base64, or base64 as text")
        }
        _ => Outcome::breaks(
            "the two types are written differently, and the reader refuses the value",
        ),
    }
}

fn source(before: Scalar, after: Scalar) -> Outcome {
    if language_type(before) == language_type(after) {
        return Outcome::Safe;
    }
    Outcome::breaks("the field has another type in generated code")
}

/// Types of one number are one type in generated code.
const fn language_type(scalar: Scalar) -> u8 {
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => 0,
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => 1,
        Scalar::Uint32 | Scalar::Fixed32 => 2,
        Scalar::Uint64 | Scalar::Fixed64 => 3,
        Scalar::Bool => 4,
        Scalar::String => 5,
        Scalar::Bytes => 6,
        Scalar::Float => 7,
        Scalar::Double => 8,
    }
}
