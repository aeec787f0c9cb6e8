//! Rows B12 to B14, C1 to C8, A16 to A18: how often a field occurs, and types of different kinds.

use super::enumeration::enum_and_scalar;
use super::scalar::{OTHER_WIRE_TYPE, scalar_change};
use super::well_known::{
    json_of_message_and_enum, json_of_message_and_list, json_of_message_and_map,
    json_of_message_and_scalar, json_of_messages,
};
use super::{Outcome, Structures, Verdict};
use crate::schema::diff::Pair;
use crate::schema::features::Utf8Validation;
use crate::schema::{self, Cardinality, Field, FieldKind};
use crate::syntax::tree::Scalar;

/// All of a field that decides how it is written.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'s> {
    /// What it holds; for a map its values.
    pub kind: FieldKind<'s>,
    /// How often it occurs.
    pub cardinality: Cardinality,
    /// The type of a map's keys.
    pub key: Option<Scalar>,
    /// Whether several numbers are written in one record.
    pub packed: bool,
    /// Whether its strings are checked to be UTF-8.
    pub verified: bool,
}

impl<'s> Shape<'s> {
    /// The shape of a field.
    pub fn of(field: Field<'s>) -> Self {
        Self {
            kind: field.kind(),
            cardinality: field.cardinality(),
            key: field.map_key(),
            packed: field.is_packed(),
            verified: field.features().utf8_validation == Utf8Validation::Verify,
        }
    }

    /// A map's values: presence and framing follow from their type alone.
    fn values(self) -> Self {
        Self {
            cardinality: Cardinality::Explicit,
            key: None,
            packed: false,
            ..self
        }
    }

    /// Without presence a zero is not written at all.
    fn writes_zero(self) -> bool {
        self.cardinality != Cardinality::Implicit
    }

    fn is_repeated(self) -> bool {
        self.cardinality == Cardinality::Repeated
    }

    fn is_map(self) -> bool {
        self.cardinality == Cardinality::Map
    }

    /// Strings, bytes and messages: one record for each value, also where repeated.
    fn is_delimited_by_length(self) -> bool {
        matches!(
            self.kind,
            FieldKind::Scalar(Scalar::String | Scalar::Bytes) | FieldKind::Message(_)
        )
    }
}

/// What happens to a field whose number stays and whose shape changes.
pub fn field_change(before: Shape<'_>, after: Shape<'_>, structures: &Structures) -> Verdict {
    if before.is_map() || after.is_map() {
        return map_change(before, after, structures);
    }
    let mut verdict = occurrence(before, after).worst(kind_change(before, after, structures));
    let single = match (before.is_repeated(), after.is_repeated()) {
        (true, false) => after.kind.message(),
        (false, true) => before.kind.message(),
        _ => None,
    };
    if let Some(json) = single.and_then(json_of_message_and_list) {
        verdict.json = json;
    }
    if is_packed_against_text(before, after) {
        verdict.wire = Outcome::silent(
            "text is read as a list of numbers, or numbers as text: \"abc\" becomes 97, 98, 99",
        );
    }
    verdict
}

/// The verdict on the values alone.
fn kind_change(before: Shape<'_>, after: Shape<'_>, structures: &Structures) -> Verdict {
    use FieldKind::{Delimited, Enum, Message, Scalar as Plain};
    let other_type = Outcome::breaks("the field has another type in generated code");
    match (before.kind, after.kind) {
        (Plain(old), Plain(new)) => {
            let verified = before.verified || after.verified;
            let mut verdict = scalar_change(old, new, verified);
            // E17, E18: only the check of strings changes.
            if old == new && old == Scalar::String && before.verified != after.verified {
                verdict.wire = Outcome::when(
                    "strings are valid UTF-8; the side that checks refuses the whole message otherwise",
                );
                verdict.json = verdict.wire.clone();
            }
            verdict
        }
        (Enum(old), Enum(new)) => {
            let writes_zero = [before.writes_zero(), after.writes_zero()];
            let enums = Pair {
                before: old,
                after: new,
            };
            let mut verdict = structures.compare_enums(enums, writes_zero);
            if old.full_name() != new.full_name() {
                verdict.source = verdict.source.worst(other_type);
            }
            verdict
        }
        (Enum(node), Plain(scalar)) => enum_and_scalar(node, scalar, before.writes_zero()),
        (Plain(scalar), Enum(node)) => enum_and_scalar(node, scalar, after.writes_zero()),
        (Message(old) | Delimited(old), Message(new) | Delimited(new)) => {
            let mut verdict = types_change(
                Pair {
                    before: old,
                    after: new,
                },
                structures,
            );
            if matches!(before.kind, Delimited(_)) != matches!(after.kind, Delimited(_)) {
                verdict.wire = OTHER_WIRE_TYPE;
            }
            verdict
        }
        (Message(message), Plain(Scalar::Bytes)) | (Plain(Scalar::Bytes), Message(message)) => {
            Verdict::new(
                Outcome::when(
                    "the bytes are an encoded message; otherwise the whole message cannot be parsed",
                ),
                json_of_message_and_scalar(message, Scalar::Bytes),
                other_type,
            )
        }
        (Message(message), Plain(Scalar::String)) | (Plain(Scalar::String), Message(message)) => {
            Verdict::new(
                Outcome::silent("text is read as an encoded message, or fails to parse"),
                json_of_message_and_scalar(message, Scalar::String),
                other_type,
            )
        }
        (FieldKind::Unknown, _) | (_, FieldKind::Unknown) => Verdict::SAFE,
        (Message(message) | Delimited(message), Plain(scalar))
        | (Plain(scalar), Message(message) | Delimited(message)) => Verdict::new(
            OTHER_WIRE_TYPE,
            json_of_message_and_scalar(message, scalar),
            other_type,
        ),
        (Message(message) | Delimited(message), Enum(node))
        | (Enum(node), Message(message) | Delimited(message)) => Verdict::new(
            OTHER_WIRE_TYPE,
            json_of_message_and_enum(message, node),
            other_type,
        ),
    }
}

/// B15, B16: the verdict on one message type in place of another.
fn types_change(pair: Pair<schema::Message<'_>>, structures: &Structures) -> Verdict {
    if pair.before.full_name() == pair.after.full_name() {
        // The message is paired and judged on its own.
        return Verdict::SAFE;
    }
    let verdict = structures.compare(pair);
    Verdict {
        wire: verdict.wire,
        json: json_of_messages(pair, structures),
        source: verdict.source.worst(Outcome::breaks(
            "the field has another type in generated code",
        )),
    }
}

/// The verdict on how often the field occurs, the kind taken as unchanged.
fn occurrence(before: Shape<'_>, after: Shape<'_>) -> Verdict {
    use Cardinality::{Explicit, Implicit, Repeated, Required};
    if before.cardinality == after.cardinality {
        // C6: readers take packed and unpacked alike.
        return Verdict::SAFE;
    }
    match (before.cardinality, after.cardinality) {
        // A18
        (Explicit, Implicit) | (Implicit, Explicit) => Verdict::new(
            Outcome::when(
                "nobody tells a zero from an absent value; the implicit side drops zeros",
            ),
            Outcome::when("nobody tells a zero from an absent value"),
            Outcome::breaks(
                "the field is optional in generated code on one side only (`Option<T>`, `*T`)",
            ),
        ),
        // A16, A17
        (Required, Explicit | Implicit) | (Explicit | Implicit, Required) => {
            let missing = Outcome::breaks(
                "a message without the field is refused by the side that requires it",
            );
            Verdict::new(missing.clone(), missing, Outcome::Safe)
        }
        _ => {
            let packed = before.packed || after.packed;
            let wire = if before.is_delimited_by_length() {
                Outcome::when(
                    "there is at most one value; a singular reader takes the last, and merges messages",
                )
            } else if matches!(before.kind, FieldKind::Delimited(_)) {
                Outcome::when("there is at most one value; a singular reader merges them")
            } else if packed && (before.is_repeated() || after.is_repeated()) {
                // C3, C4: a singular reader has no use for a packed record.
                Outcome::breaks("the packed record of one side is an unknown field to the other")
            } else {
                Outcome::when("there is at most one value; a singular reader takes the last")
            };
            let wire = if before.cardinality == Required || after.cardinality == Required {
                wire.worst(Outcome::breaks(
                    "a message without the field is refused by the side that requires it",
                ))
            } else {
                wire
            };
            debug_assert!(before.cardinality == Repeated || after.cardinality == Repeated);
            Verdict::new(
                wire,
                Outcome::breaks("one side writes a list and the other a single value"),
                Outcome::breaks("the field is a list in generated code on one side only"),
            )
        }
    }
}

/// B14: a packed record of numbers against text or bytes. Both sides have wire type 2, so nothing tells them apart; JSON knows
/// nothing of packing.
fn is_packed_against_text(before: Shape<'_>, after: Shape<'_>) -> bool {
    before.packed && after.is_delimited_by_length()
        || after.packed && before.is_delimited_by_length()
}

/// C7, C8: maps are repeated entry messages on the wire.
fn map_change(before: Shape<'_>, after: Shape<'_>, structures: &Structures) -> Verdict {
    if before.is_map() && after.is_map() {
        let keys = match (before.key, after.key) {
            (Some(old), Some(new)) if old != new => {
                let mut verdict = scalar_change(old, new, true);
                if let Outcome::Conditional(_) = verdict.wire {
                    verdict.wire = Outcome::when(
                        "keys mean the same in both types; others become other keys and may collide",
                    );
                }
                // Keys are text in JSON, whatever their type.
                if verdict.json.rank() > 1 {
                    verdict.json = Outcome::when("keys are valid in both types");
                }
                verdict
            }
            _ => Verdict::SAFE,
        };
        return keys.worst(kind_change(before.values(), after.values(), structures));
    }
    let other = if before.is_map() { after } else { before };
    let held = other.kind.message().filter(|_| !other.is_repeated());
    let json = held
        .and_then(json_of_message_and_map)
        .unwrap_or(Outcome::breaks("a map is an object in JSON"));
    let source = Outcome::breaks("the field is a map in generated code on one side only");
    let wire = match other.kind {
        FieldKind::Message(_) if other.is_repeated() => Outcome::when(
            "the message has the shape of a map's entry and keys are unique; a map drops duplicates and order",
        ),
        FieldKind::Message(_) => Outcome::when("there is at most one entry"),
        FieldKind::Scalar(Scalar::Bytes) => Outcome::when("the bytes are encoded entries"),
        FieldKind::Scalar(Scalar::String) => {
            Outcome::silent("text is read as an encoded entry, or fails to parse")
        }
        _ if other.packed => Outcome::silent("numbers are read as an encoded entry"),
        _ => OTHER_WIRE_TYPE,
    };
    Verdict::new(wire, json, source)
}
