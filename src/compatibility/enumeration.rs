//! Rows B17 to B20 and D: enums against each other and against other types.

use super::scalar::{Encoding, OTHER_WIRE_TYPE};
use super::{Outcome, Verdict};
use crate::schema::Enum;
use crate::syntax::tree::Scalar;

/// An enum changed, whatever fields hold it. Renaming the type itself is the caller's business.
pub fn enum_change(before: Enum<'_>, after: Enum<'_>) -> Verdict {
    change(before, after, [true, true])
}

/// A field's enum becomes another, or the same enum changed. A writer that drops zeros never writes their name.
pub(super) fn change(before: Enum<'_>, after: Enum<'_>, writes_zero: [bool; 2]) -> Verdict {
    let mut verdict = Verdict::SAFE;
    if before.is_closed() != after.is_closed() {
        verdict.wire = Outcome::when(
            "values are listed; a closed enum puts others among the unknown fields, an open one keeps them",
        );
        verdict.json = verdict.wire.clone();
        verdict.source =
            Outcome::when("the code is in a language that has one type for open and closed enums");
    }
    for ((from, to), writes_zero) in [(before, after), (after, before)]
        .into_iter()
        .zip(writes_zero)
    {
        for value in from.values() {
            let Some(number) = value.number() else {
                continue;
            };
            let name = value.name().text;
            let same_number = to.value_numbered(number).is_some();
            let same_name = to.value_named(name);
            match same_name.map(|other| other.number() == Some(number)) {
                Some(true) => {}
                // D7: the name lives on with another number.
                Some(false) if same_number => {
                    verdict.wire = verdict.wire.worst(Outcome::Silent(
                        format!("number {number} is `{name}` on one side only").into(),
                    ));
                }
                Some(false) => {
                    verdict.wire = verdict
                        .wire
                        .worst(Outcome::Silent(format!("`{name}` has two numbers").into()));
                }
                // D5: another name for the number; only the first is ever written.
                None if same_number => {
                    let first = from.value_numbered(number);
                    let is_first = first.is_some_and(|first| first.name().text == name);
                    verdict.json = verdict.json.worst(if !is_first {
                        Outcome::Conditional(
                            format!("nobody writes `{name}` by hand; one side does not know it")
                                .into(),
                        )
                    } else if number == 0 && !writes_zero {
                        Outcome::Conditional(
                            format!(
                                "zeros are not written; one side does not know the name `{name}`"
                            )
                            .into(),
                        )
                    } else {
                        Outcome::Break(format!("one side does not know the name `{name}`").into())
                    });
                    verdict.source = verdict.source.worst(Outcome::Break(
                        format!("`{name}` is gone from generated code").into(),
                    ));
                }
                // D1, D2, D4: one side lacks the number.
                None => {
                    if to.is_closed() {
                        verdict.wire = verdict.wire.worst(Outcome::Conditional(
                            format!("`{name}` ({number}) is not sent; the other side keeps it as an unknown field")
                                .into(),
                        ));
                    }
                    verdict.json = verdict.json.worst(Outcome::Conditional(
                        format!("`{name}` is not sent; the other side refuses the name").into(),
                    ));
                }
            }
        }
    }
    verdict
}

/// An enum becomes a built-in type, or the other way round. A writer of the enum that drops zeros never writes their name.
pub(super) fn enum_and_scalar(enumeration: Enum<'_>, scalar: Scalar, writes_zero: bool) -> Verdict {
    let wire = match Encoding::of(scalar) {
        Encoding::Varint if scalar == Scalar::Bool => {
            Outcome::when("values are 0 or 1; others are read as `true`")
        }
        Encoding::Varint if enumeration.is_closed() => {
            Outcome::when("values are listed in the enum; it puts others among the unknown fields")
        }
        Encoding::Varint => Outcome::when("values fit in 32 bits; others are cut off"),
        Encoding::Zigzag => {
            Outcome::silent("one side reads zigzag and the other does not: 1 becomes -1")
        }
        _ => OTHER_WIRE_TYPE,
    };
    let json = match scalar {
        Scalar::String => Outcome::when("the text is the name of a listed value"),
        _ if !writes_zero && enumeration.values().all(|value| value.number() == Some(0)) => {
            Outcome::when("the only value that has a name is not written")
        }
        _ => Outcome::breaks("enums are written by name"),
    };
    Verdict::new(
        wire,
        json,
        Outcome::breaks("the field has another type in generated code"),
    )
}
