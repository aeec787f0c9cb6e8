//! Rows A4, A5 and D11: a number that was given up stands for something else. Of the old holder only the words of its
//! declaration are known.

use super::scalar::scalar_change;
use super::{Outcome, Verdict};
use crate::syntax::tree::Scalar;

/// What became of the name of an old holder; JSON goes by names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldName<'a> {
    /// Nothing is called so.
    Gone,
    /// What has it now under another number is declared alike.
    Kept,
    /// A field of this type has it now.
    Retyped(&'a str),
}

impl OldName<'_> {
    fn json(self, old_type: &str) -> Outcome {
        match self {
            Self::Gone => Outcome::breaks("the old name is refused"),
            Self::Kept => Outcome::Safe,
            Self::Retyped(new_type) => match (
                Scalar::from_keyword(old_type),
                Scalar::from_keyword(new_type),
            ) {
                (Some(old), Some(new)) if old != new => scalar_change(old, new, true).json,
                _ => Outcome::breaks("the old name is that of another field now"),
            },
        }
    }
}

/// A field's number was given up as a field of one type and taken as one of another. A type that is no built-in one may
/// be an enum or a message.
pub fn field_number_reused(old_type: &str, new_type: &str, old_name: OldName<'_>) -> Verdict {
    let wire = match (
        Scalar::from_keyword(old_type),
        Scalar::from_keyword(new_type),
    ) {
        (Some(old), Some(new)) => match scalar_change(old, new, true).wire {
            Outcome::Break(_) => {
                Outcome::breaks("values written as the old field are unknown to the new one")
            }
            _ => Outcome::silent("values written as the old field are read as the new one"),
        },
        _ => Outcome::silent(
            "values written as the old field are read as the new one, or make the whole message fail",
        ),
    };
    Verdict::new(wire, old_name.json(old_type), Outcome::Safe)
}

/// An enum's number was given up by one value and taken by another.
pub fn enum_number_reused(old_name: OldName<'_>) -> Verdict {
    Verdict::new(
        Outcome::silent("what was written as the old value is read as the new one"),
        old_name.json(""),
        Outcome::Safe,
    )
}

/// A field has a name that a field of another kind gave up.
pub fn field_name_reused() -> Verdict {
    Verdict::new(
        Outcome::Safe,
        Outcome::breaks("JSON written for the old field is refused, or read as the new one"),
        Outcome::Safe,
    )
}
