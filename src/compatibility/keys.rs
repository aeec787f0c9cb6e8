//! JSON goes by keys. A field is read by the one whose key it was written with, whatever its number is, and a reader takes a
//! field's name in the schema for its key too.
//!
//! Two fields of two messages are *partners* where they are one to people: by name, or, where the names are on one side only,
//! by number. A value that arrives at another field than the partner is read as something else.

use super::oneof::oneof_change;
use super::structure::one_sided;
use super::{Outcome, Shape, Structures, field_change};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Field, Message};

/// What the baseline writes and today's schema reads, or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Forth,
    Back,
}

/// What happens in JSON to the field of the baseline and to that of today: to their values, and to messages without them where
/// one of the two is required.
pub fn json_of_both(
    fields: Pair<Field<'_>>,
    messages: Pair<Message<'_>>,
    structures: &Structures,
) -> Outcome {
    json_of_old(fields.before, messages.after, structures).worst(json_of_new(
        messages.before,
        fields.after,
        structures,
    ))
}

/// What happens in JSON to a field of the baseline, read by today's message.
pub fn json_of_old(before: Field<'_>, after: Message<'_>, structures: &Structures) -> Outcome {
    written(before, after, Way::Forth, structures).worst(missing(before, after))
}

/// What happens in JSON to a field of today, read by the baseline's message.
pub fn json_of_new(before: Message<'_>, after: Field<'_>, structures: &Structures) -> Outcome {
    written(after, before, Way::Back, structures).worst(missing(after, before))
}

/// A16 and A17: whether messages of the other side may lack what this side requires.
pub fn missing(field: Field<'_>, writer: Message<'_>) -> Outcome {
    if field.cardinality() != Cardinality::Required {
        return Outcome::Safe;
    }
    let is_written =
        read_by(field, writer).any(|other| other.cardinality() == Cardinality::Required);
    if is_written {
        return Outcome::Safe;
    }
    Outcome::breaks("a message without the field is refused by the side that requires it")
}

/// Whether two fields are one to people, in their messages.
pub fn are_partners(fields: Pair<Field<'_>>) -> bool {
    let after = fields.after.containing_message();
    after.and_then(|after| partner(fields.before, after)) == Some(fields.after)
}

/// The field that reads what is written for another message's `field`.
pub fn reading_in_json<'r>(field: Field<'_>, reader: Message<'r>) -> Option<Field<'r>> {
    field_of_key(reader, &field.json_name())
}

/// The field that a reader of JSON puts a key's value into.
pub fn field_of_key<'r>(reader: Message<'r>, key: &str) -> Option<Field<'r>> {
    (reader.field_with_json_name(key)).or_else(|| reader.field_named(key))
}

/// The field that is the same one to people.
fn partner<'r>(field: Field<'_>, reader: Message<'r>) -> Option<Field<'r>> {
    if let Some(named) = reader.field_named(&field.name()) {
        return Some(named);
    }
    let numbered = reader.field_numbered(field.number()?)?;
    let is_known = field
        .containing_message()
        .is_some_and(|writer| writer.field_named(&numbered.name()).is_some());
    (!is_known).then_some(numbered)
}

fn written(field: Field<'_>, reader: Message<'_>, way: Way, structures: &Structures) -> Outcome {
    let key = field.json_name();
    let partner_there = partner(field, reader);
    let Some(taker) = reading_in_json(field, reader) else {
        return match (partner_there, way) {
            (Some(other), Way::Forth) => moved_key(&key, &other.json_name()),
            (Some(other), Way::Back) => moved_key(&other.json_name(), &key),
            (None, _) => one_sided(&field.name(), field.cardinality()).json,
        };
    };
    let pair = match way {
        Way::Forth => Pair {
            before: field,
            after: taker,
        },
        Way::Back => Pair {
            before: taker,
            after: field,
        },
    };
    let shapes = pair.map(Shape::of);
    let change = field_change(shapes.before, shapes.after, structures)
        .json
        .worst(oneof_change(pair, structures).json);
    let partner_here = field
        .containing_message()
        .and_then(|writer| partner(taker, writer));
    let is_partner = partner_there == Some(taker);
    // What is written for a second field may be read by the same one, under its other key.
    let reads_another = || {
        let writer = field.containing_message();
        writer.is_some_and(|writer| read_by(taker, writer).any(|other| other != field))
    };
    let is_renamed = partner_there.is_none() && partner_here.is_none() && !reads_another();
    if is_partner || is_renamed {
        return change;
    }
    match change {
        Outcome::Break(_) => change,
        _ => Outcome::Silent(
            format!(
                "`{key}` is the key of `{}` on one side and of `{}` on the other",
                pair.before.name(),
                pair.after.name()
            )
            .into(),
        ),
    }
}

/// The fields of another message that are read by `field` in JSON: one, or one more under its second key.
fn read_by<'w>(field: Field<'_>, writer: Message<'w>) -> impl Iterator<Item = Field<'w>> {
    let reader = field.containing_message();
    let keys = [field.json_name(), field.name().into_owned()];
    keys.into_iter().filter_map(move |key| {
        let taker = field_of_key(reader?, &key)?;
        (taker == field).then(|| writer.field_with_json_name(&key))?
    })
}

fn moved_key(before: &str, after: &str) -> Outcome {
    Outcome::Break(format!("the key in JSON was `{before}` and is now `{after}`").into())
}
