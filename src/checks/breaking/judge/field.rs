//! Rows A to C: fields that changed, and fields and oneofs that are gone.

use super::super::aspect::Aspect;
use super::{breaks, language, silent, when};
use crate::compatibility::{
    Outcome, Shape, Structures, Verdict, are_partners, field_change, json_of_both, json_of_old,
    missing, oneof_change,
};
use crate::schema::diff::{Diff, Pair};
use crate::schema::{Cardinality, Field, Message, Oneof};

/// What `aspect` of a change to a field does.
pub(super) fn changed(pair: Pair<Field<'_>>, aspect: Aspect, structures: &Structures) -> Verdict {
    // JSON goes by the key: under another one nothing of the number's old meaning is read, and what is read instead is told of
    // the name.
    let by_key = |verdict: Verdict| {
        let is_one_key = pair.before.json_name() == pair.after.json_name();
        let json = if is_one_key {
            verdict.json
        } else {
            Outcome::Safe
        };
        Verdict { json, ..verdict }
    };
    match aspect {
        Aspect::Type | Aspect::Cardinality => by_key(field_change(
            Shape::of(pair.before),
            Shape::of(pair.after),
            structures,
        )),
        Aspect::Name => renamed(pair, structures),
        Aspect::Oneof => by_key(oneof_change(pair, structures)),
        // A15
        Aspect::Default => {
            let set =
                "the field is always set; where it is absent, the two sides read different values";
            Verdict::new(when(set), when(set), Outcome::Safe)
        }
        _ => language(),
    }
}

/// A10 to A12, and A9 where the name lives on under another number.
fn renamed(pair: Pair<Field<'_>>, structures: &Structures) -> Verdict {
    let (before, after) = (pair.before.name(), pair.after.name());
    let messages = pair.map(Field::containing_message);
    let (Some(old), Some(new)) = (messages.before, messages.after) else {
        return language();
    };
    let is_moved = before != after && new.field_named(&before).is_some();
    let source = if before == after || is_moved {
        Outcome::Safe
    } else {
        breaks(format!("`{before}` is gone from generated code"))
    };
    if pair.before.is_extension() {
        let json = breaks("the key in JSON is the extension's full name");
        return Verdict::new(Outcome::Safe, json, source);
    }
    let wire = if are_partners(pair) {
        Outcome::Safe
    } else {
        let number = pair.after.number().unwrap_or_default();
        let moved = if is_moved { &before } else { &after };
        silent(format!(
            "number {number} is `{before}` on one side and `{after}` on the other, and `{moved}` has another number"
        ))
    };
    let messages = Pair {
        before: old,
        after: new,
    };
    let json = json_of_both(pair, messages, structures);
    let key = pair.before.json_name();
    let json = if key == pair.after.json_name() && before != after {
        // A11
        json.worst(when(format!(
            "JSON is written with `{key}`, not with the name in the schema"
        )))
    } else {
        json
    };
    Verdict::new(wire, json, source)
}

/// A2, A3, and A20 where an extension has taken over.
pub(super) fn removed(
    field: Field<'_>,
    messages: Pair<Message<'_>>,
    diff: &Diff<'_>,
    structures: &Structures,
) -> Verdict {
    let number = field.number().unwrap_or_default();
    let name = field.name();
    if let Some(extension) = diff.extension_of(messages.after, number) {
        let verdict = field_change(Shape::of(field), Shape::of(extension), structures);
        let json = format!(
            "the key in JSON was `{}` and is now `[{}]`",
            field.json_name(),
            extension.full_name()
        );
        return Verdict::new(
            verdict.wire,
            breaks(json),
            breaks(format!("`{name}` is an extension in generated code")),
        );
    }
    let after = messages.after;
    let number_reserved = after.reserves_number(number);
    let name_reserved = after.reserves_name(&name);
    let wire = if field.cardinality() == Cardinality::Required {
        breaks(format!(
            "readers of the baseline refuse a message without `{name}`"
        ))
    } else if after.field_named(&name).is_some() {
        breaks(format!(
            "`{name}` has another number now, so its old values are lost"
        ))
    } else if number_reserved {
        Outcome::Safe
    } else {
        when(format!(
            "number {number} is never used again; it is not reserved"
        ))
    };
    let key = field.json_name();
    let unknown = if name_reserved {
        when(format!("readers ignore the unknown key `{key}`"))
    } else {
        when(format!(
            "readers ignore the unknown key `{key}`, and the name is never used again"
        ))
    };
    let json = match json_of_old(field, after, structures) {
        Outcome::Conditional(_) => unknown,
        json => unknown.worst(json),
    };
    Verdict::new(
        wire,
        json,
        breaks(format!("`{name}` is gone from generated code")),
    )
}

/// A16, A17: a field is required on one side, and `other` is the message of the other.
pub(in super::super) fn required(field: Field<'_>, other: Message<'_>) -> Verdict {
    Verdict {
        json: missing(field, other),
        ..super::required()
    }
}

/// C16: the fields of a oneof that is gone can all be set.
pub(super) fn oneof_removed(oneof: Oneof<'_>, messages: Pair<Message<'_>>) -> Verdict {
    let source = breaks("the oneof is gone from generated code");
    let numbers = oneof.fields().filter_map(Field::number);
    let today: Vec<_> = numbers
        .map(|number| messages.after.field_numbered(number))
        .collect();
    let survivors = today.iter().flatten().count();
    // C15: all of them may be in a oneof of another name.
    let homes: Vec<_> = today
        .iter()
        .map(|field| field.and_then(Field::oneof))
        .collect();
    let home = homes.first().copied().flatten();
    let renamed = home.is_some() && homes.iter().all(|other| *other == home);
    if survivors <= 1 || renamed {
        return Verdict::new(Outcome::Safe, Outcome::Safe, source);
    }
    Verdict::new(
        when("at most one of its fields is set; old readers keep only the last"),
        when("at most one of its fields is set; old readers refuse several"),
        source,
    )
}
