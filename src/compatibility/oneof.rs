//! Rows C9 to C16: a field moves into a oneof, out of one, or from one to another.

use super::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message};

/// What it does to one field that it is in another oneof, or in one on one side only. Safe where nothing moved.
pub fn oneof_change(pair: Pair<Field<'_>>) -> Verdict {
    let names = pair.map(|field| field.oneof().map(|oneof| oneof.name().text));
    if names.is_same() {
        return Verdict::SAFE;
    }
    Verdict::new(
        outcome(
            pair,
            |field, other| other.field_numbered(field.number()?),
            [
                "setting one member clears the others: only the last of several is kept",
                "at most one of the oneof's fields is set; of several only the last is kept",
            ],
        ),
        outcome(
            pair,
            |field, other| other.field_named(&field.name()),
            [
                "several members of a oneof at once are refused",
                "at most one of the oneof's fields is set; several are refused",
            ],
        ),
        Outcome::breaks("the field is part of another type in generated code"),
    )
}

/// The outcome where `find` tells which fields of two messages are the same, in words for a oneof that was there already
/// and for one that was not.
fn outcome(
    pair: Pair<Field<'_>>,
    find: impl for<'s> Fn(Field<'_>, Message<'s>) -> Option<Field<'s>>,
    [joined, met]: [&'static str; 2],
) -> Outcome {
    let Pair { before, after } = pair;
    let (Some(old), Some(new)) = (before.containing_message(), after.containing_message()) else {
        return Outcome::Safe;
    };
    let mates =
        |field: Field<'_>, other: Message<'_>, excluded_there: &dyn Fn(Field<'_>) -> bool| {
            let members = field.oneof().into_iter().flat_map(|oneof| oneof.fields());
            members
                .filter(|member| member.number() != field.number())
                .filter_map(|member| find(member, other))
                .any(|member| !excluded_there(member))
        };
    let is_with = |field: Field<'_>, member: Field<'_>| {
        field.oneof().is_some() && field.oneof() == member.oneof()
    };
    let meets = mates(after, old, &|member| is_with(before, member));
    let parts = mates(before, new, &|member| is_with(after, member));
    let name = after.oneof().map(|oneof| oneof.name().text);
    let joins = mates(after, old, &|member| {
        is_with(before, member) || member.oneof().map(|oneof| oneof.name().text) != name
    });
    if joins {
        // C12: a member was there before this field came.
        Outcome::breaks(joined)
    } else if meets || parts {
        Outcome::when(met)
    } else if before.cardinality() == after.cardinality() {
        Outcome::Safe
    } else {
        Outcome::when("nobody tells a zero from an absent value")
    }
}
