//! The verdict on a change that a rule reported: which row of the table it is.

use std::borrow::Cow;

use super::compare::Aspect;
use super::removed::holds;
use crate::compatibility::{Outcome, Shape, Structures, Verdict, enum_change, field_change};
use crate::schema::diff::{Change, Diff, NumberedValues, Pair};
use crate::schema::{Cardinality, Enum, Field, File, Message, Method, Oneof, Schema};

/// What `aspect` of a change does on each surface.
pub(super) fn verdict(
    change: &Change<'_>,
    aspect: Aspect,
    diff: &Diff<'_>,
    structures: &Structures,
) -> Verdict {
    let after = diff.after();
    match change {
        Change::Field(pair) | Change::Extension(pair) => field(*pair, aspect, structures),
        Change::MapEntry(pair) => match aspect {
            Aspect::Option => language(),
            _ => field(*pair, Aspect::Type, structures),
        },
        Change::FieldRemoved(field, messages) => field_removed(*field, *messages, diff, structures),
        Change::EnumNumber(pair, enums) => enum_value_renamed(pair, *enums),
        Change::EnumNumberRemoved(removed, enums) => enum_number_removed(removed, *enums),
        Change::Enum(pair) => match aspect {
            Aspect::Reserved => reserved_removed(),
            _ => enum_change(pair.before, pair.after),
        },
        Change::Message(_) => match aspect {
            Aspect::Reserved => reserved_removed(),
            Aspect::ExtensionRange => Verdict::new(
                breaks("extensions with these numbers become unknown"),
                breaks("extensions with these numbers are refused"),
                breaks("extensions with these numbers no longer compile"),
            ),
            Aspect::Cardinality => required(),
            _ => language(),
        },
        Change::OneofRemoved(oneof, messages) => oneof_removed(*oneof, *messages),
        Change::Method(pair) => method(*pair, aspect, structures),
        Change::MethodRemoved(..) | Change::ServiceRemoved(..) => path_gone(),
        Change::File(pair) => match aspect {
            Aspect::Package => package(pair.before),
            Aspect::Syntax => Verdict::new(
                Outcome::Safe,
                Outcome::Safe,
                when(
                    "no features of the syntax are relied upon; what they change is told field by field",
                ),
            ),
            Aspect::Option => language(),
            _ => moved_or_gone(pair.before, after),
        },
        Change::FileRemoved(file) => moved_or_gone(*file, after),
        _ => language(),
    }
}

pub(super) fn when(condition: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Conditional(condition.into())
}

pub(super) fn breaks(what: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Break(what.into())
}

pub(super) fn silent(what: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Silent(what.into())
}

/// E13, A19: only the code of a language changes.
pub(super) fn language() -> Verdict {
    Verdict::new(
        Outcome::Safe,
        Outcome::Safe,
        breaks("generated code changes in the language that reads this"),
    )
}

fn field(pair: Pair<Field<'_>>, aspect: Aspect, structures: &Structures) -> Verdict {
    // JSON goes by the key: under another one nothing of the number's old meaning is read.
    let by_key = |verdict: Verdict| {
        let is_one_key = pair.before.json_name() == pair.after.json_name();
        Verdict {
            json: if is_one_key {
                verdict.json
            } else {
                Outcome::Safe
            },
            ..verdict
        }
    };
    let change = || field_change(Shape::of(pair.before), Shape::of(pair.after), structures);
    match aspect {
        Aspect::Type => by_key(change()),
        Aspect::Cardinality => {
            let verdict = by_key(change());
            let json = required_by_key(pair);
            Verdict {
                json: verdict.json.worst(json),
                ..verdict
            }
        }
        Aspect::Name => renamed(pair, structures),
        Aspect::Oneof => oneof_by_key(pair),
        // A15
        Aspect::Default => Verdict::new(
            when(
                "the field is always set; where it is absent, the two sides read different values",
            ),
            when(
                "the field is always set; where it is absent, the two sides read different values",
            ),
            Outcome::Safe,
        ),
        _ => language(),
    }
}

fn oneof_name(field: Field<'_>) -> Option<&str> {
    field.oneof().map(|oneof| oneof.name().text)
}

/// A16 and A17 in JSON, where a field that is required has the number of one with another key.
fn required_by_key(pair: Pair<Field<'_>>) -> Outcome {
    let messages = pair.map(Field::containing_message);
    let (Some(before), Some(after)) = (messages.before, messages.after) else {
        return Outcome::Safe;
    };
    if pair.before.json_name() == pair.after.json_name() {
        return Outcome::Safe;
    }
    let sides = [(pair.before, after), (pair.after, before)];
    let required = sides
        .into_iter()
        .filter(|(field, _)| field.cardinality() == Cardinality::Required);
    required.fold(Outcome::Safe, |worst, (field, other)| {
        worst.worst(required_field(field, other).json)
    })
}

/// C9 to C13, in JSON for the fields that have the keys of both sides: under the number there may be another one.
fn oneof_by_key(pair: Pair<Field<'_>>) -> Verdict {
    let verdict = oneof(pair);
    if pair.before.json_name() == pair.after.json_name() {
        return verdict;
    }
    let (old, new) = (pair.before, pair.after);
    let today = keyed(old, new).map(|after| Pair { before: old, after });
    let baseline = keyed(new, old).map(|before| Pair { before, after: new });
    let moved = [today, baseline]
        .into_iter()
        .flatten()
        .filter(|pair| oneof_name(pair.before) != oneof_name(pair.after));
    let json = moved.fold(Outcome::Safe, |worst, pair| worst.worst(oneof(pair).json));
    Verdict { json, ..verdict }
}

/// The field beside `other` that has the key of `field`.
fn keyed<'s>(field: Field<'_>, other: Field<'s>) -> Option<Field<'s>> {
    let key = field.json_name();
    let mut fields = other.containing_message()?.fields();
    fields.find(|field| field.json_name() == key)
}

/// A10 to A12, and A9 where the old name lives on under another number.
fn renamed(pair: Pair<Field<'_>>, structures: &Structures) -> Verdict {
    let (before, after) = (pair.before.name(), pair.after.name());
    let holder = pair.after.containing_message();
    let is_moved =
        before != after && holder.is_some_and(|message| message.field_named(&before).is_some());
    let source = if before == after || is_moved {
        Outcome::Safe
    } else {
        breaks(format!("`{before}` is gone from generated code"))
    };
    let wire = if is_moved {
        let number = pair.after.number().unwrap_or_default();
        silent(format!(
            "number {number} is `{before}` on one side and `{after}` on the other, and `{before}` has another number"
        ))
    } else {
        Outcome::Safe
    };
    let (old, new) = (pair.before.json_name(), pair.after.json_name());
    let json = match holder {
        _ if pair.before.is_extension() => breaks("the key in JSON is the extension's full name"),
        _ if old == new && before == after => Outcome::Safe,
        _ if old == new => when(format!(
            "JSON is written with `{old}`, not with the name in the schema"
        )),
        Some(message) => structures.by_key(pair.before, message),
        None => breaks(format!("the key in JSON was `{old}` and is now `{new}`")),
    };
    Verdict::new(wire, json, source)
}

/// C9 to C13.
pub(super) fn oneof(pair: Pair<Field<'_>>) -> Verdict {
    let source = breaks("the field is part of another type in generated code");
    let members = |oneof: Oneof<'_>| oneof.fields().count();
    let was_single = pair.before.oneof().is_none_or(|oneof| members(oneof) == 1);
    let is_single = pair.after.oneof().is_none_or(|oneof| members(oneof) == 1);
    if was_single && is_single {
        let cardinalities = pair.map(Field::cardinality);
        if cardinalities.is_same() {
            return Verdict::new(Outcome::Safe, Outcome::Safe, source);
        }
        return Verdict::new(
            when("nobody tells a zero from an absent value"),
            when("nobody tells a zero from an absent value"),
            source,
        );
    }
    // C12: members were there before this field came.
    let joins_others = match (pair.before.containing_message(), pair.after.oneof()) {
        (Some(before), Some(oneof)) => oneof.fields().any(|member| {
            member
                .number()
                .and_then(|number| before.field_numbered(number))
                .is_some_and(|old| {
                    old.oneof()
                        .is_some_and(|old| old.name().text == oneof.name().text)
                })
        }),
        _ => false,
    };
    if joins_others {
        return Verdict::new(
            breaks("setting one member clears the others: only the last of several is kept"),
            breaks("several members of a oneof at once are refused"),
            source,
        );
    }
    Verdict::new(
        when("at most one of the oneof's fields is set; of several only the last is kept"),
        when("at most one of the oneof's fields is set; several are refused"),
        source,
    )
}

/// A2, A3, and A20 where an extension has taken over.
fn field_removed(
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
    let number_reserved = after.reserved_ranges().any(|range| holds(range, number));
    let name_reserved = after.reserved_names().any(|(held, _)| held == name);
    let wire = if field.cardinality() == Cardinality::Required {
        breaks(format!(
            "readers of the baseline refuse a message without `{name}`"
        ))
    } else if after.fields().any(|other| other.name() == name) {
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
    let json = if name_reserved {
        when(format!(
            "readers ignore the unknown key `{}`",
            field.json_name()
        ))
    } else {
        when(format!(
            "readers ignore the unknown key `{}`, and the name is never used again",
            field.json_name()
        ))
    };
    Verdict::new(
        wire,
        json,
        breaks(format!("`{name}` is gone from generated code")),
    )
}

/// D5 to D7
fn enum_value_renamed(pair: &Pair<NumberedValues<'_>>, enums: Pair<Enum<'_>>) -> Verdict {
    let number = pair.before.number;
    let lost: Vec<&str> = pair
        .before
        .values
        .iter()
        .map(|value| value.name().text)
        .filter(|name| {
            !pair
                .after
                .values
                .iter()
                .any(|value| value.name().text == *name)
        })
        .collect();
    let moved = lost.iter().find(|name| {
        enums
            .after
            .values()
            .any(|value| value.name().text == **name)
    });
    if let Some(name) = moved {
        return Verdict::new(
            silent(format!(
                "number {number} was `{name}`, which has another number now"
            )),
            Outcome::Safe,
            Outcome::Safe,
        );
    }
    let lost = lost.join("`, `");
    Verdict::new(
        Outcome::Safe,
        breaks(format!("`{lost}` is refused")),
        breaks(format!("`{lost}` is gone from generated code")),
    )
}

/// D4
fn enum_number_removed(removed: &NumberedValues<'_>, enums: Pair<Enum<'_>>) -> Verdict {
    let number = removed.number;
    let is_moved = removed.values.iter().any(|value| {
        enums
            .after
            .values()
            .any(|other| other.name().text == value.name().text)
    });
    let reserved = enums
        .after
        .reserved_ranges()
        .any(|range| holds(range, number));
    let wire = if is_moved {
        silent(format!(
            "the value has another number now; {number} is read as an unlisted one"
        ))
    } else if enums.after.is_closed() {
        when(format!(
            "nobody sends {number}; a closed enum puts it among the unknown fields"
        ))
    } else if reserved {
        Outcome::Safe
    } else {
        when(format!(
            "number {number} is never used again; it is not reserved"
        ))
    };
    let names: Vec<&str> = removed
        .values
        .iter()
        .map(|value| value.name().text)
        .collect();
    let names = names.join("`, `");
    if is_moved {
        return Verdict::new(wire, Outcome::Safe, Outcome::Safe);
    }
    Verdict::new(
        wire,
        breaks(format!("`{names}` is refused")),
        breaks(format!("`{names}` is gone from generated code")),
    )
}

/// A7
fn reserved_removed() -> Verdict {
    Verdict::new(
        when("what was reserved is never used again"),
        when("what was reserved is never used again"),
        Outcome::Safe,
    )
}

/// A16, A17
pub(super) fn required() -> Verdict {
    let missing = || breaks("a message without the field is refused by the side that requires it");
    Verdict::new(missing(), missing(), Outcome::Safe)
}

/// The same for one field, which a side without the requirement may still require under another number: JSON goes by
/// keys.
pub(super) fn required_field(field: Field<'_>, other: Message<'_>) -> Verdict {
    let key = field.json_name();
    let same = other.fields().find(|field| field.json_name() == key);
    let verdict = required();
    if same.is_some_and(|same| same.cardinality() == Cardinality::Required) {
        return Verdict {
            json: Outcome::Safe,
            ..verdict
        };
    }
    verdict
}

/// C16: the fields of a oneof that is gone can all be set.
fn oneof_removed(oneof: Oneof<'_>, messages: Pair<Message<'_>>) -> Verdict {
    let source = breaks("the oneof is gone from generated code");
    let survivors = oneof
        .fields()
        .filter_map(Field::number)
        .filter(|&number| messages.after.field_numbered(number).is_some())
        .count();
    // C15: all of them may be in a oneof of another name.
    let renamed = messages.after.oneofs().any(|after| {
        oneof
            .fields()
            .filter_map(Field::number)
            .all(|number| after.fields().any(|field| field.number() == Some(number)))
    });
    if survivors <= 1 || renamed {
        return Verdict::new(Outcome::Safe, Outcome::Safe, source);
    }
    Verdict::new(
        when("at most one of its fields is set; old readers keep only the last"),
        when("at most one of its fields is set; old readers refuse several"),
        source,
    )
}

/// E4
pub(super) fn path_gone() -> Verdict {
    Verdict::new(
        breaks("the gRPC path is gone: calls fail with UNIMPLEMENTED"),
        when("nobody calls it through an HTTP binding"),
        breaks("the method is gone from generated code"),
    )
}

/// E6, E7, E9
fn method(pair: Pair<Method<'_>>, aspect: Aspect, structures: &Structures) -> Verdict {
    let messages = match aspect {
        Aspect::Request => pair.map(Method::input),
        Aspect::Response => pair.map(Method::output),
        _ => {
            return Verdict::new(
                when("nobody retries or caches calls because of it"),
                when("nobody calls it with GET"),
                Outcome::Safe,
            );
        }
    };
    let streaming = match aspect {
        Aspect::Request => pair.map(Method::is_client_streaming),
        _ => pair.map(Method::is_server_streaming),
    };
    let source = breaks("the method has another signature in generated code");
    if !streaming.is_same() {
        return Verdict::new(
            breaks("a call of the other kind of stream fails"),
            breaks("a call of the other kind of stream fails"),
            source,
        );
    }
    match (messages.before, messages.after) {
        (Some(before), Some(after)) if before.full_name() != after.full_name() => {
            let mut verdict = structures.compare(Pair { before, after });
            verdict.source = source;
            verdict
        }
        _ => Verdict::new(Outcome::Safe, Outcome::Safe, source),
    }
}

/// E1 to E3
fn package(before: File<'_>) -> Verdict {
    let source = breaks("all names of the file change in generated code");
    if before.services().len() > 0 {
        return Verdict::new(
            breaks("the gRPC paths of its services change: calls fail with UNIMPLEMENTED"),
            when(
                "its services are only called through HTTP bindings, and its messages are in no `Any`",
            ),
            source,
        );
    }
    Verdict::new(
        when("its messages are in no `Any`, whose type URLs hold the package"),
        when("its messages are in no `Any`"),
        source,
    )
}

/// E12, and E4 or worse where the declarations are gone altogether.
fn moved_or_gone(before: File<'_>, after: &Schema) -> Verdict {
    let services_gone = before
        .services()
        .any(|service| after.symbol(service.full_name()).is_none());
    let types_gone = before
        .all_messages()
        .any(|message| after.symbol(message.full_name()).is_none());
    let wire = if services_gone {
        breaks("gRPC paths are gone: calls fail with UNIMPLEMENTED")
    } else if types_gone {
        when("no `Any` holds what is gone")
    } else {
        Outcome::Safe
    };
    let json = if services_gone || types_gone {
        when("no `Any` holds what is gone, and nobody calls it")
    } else {
        Outcome::Safe
    };
    Verdict::new(
        wire,
        json,
        breaks("code that imports the file or what was generated for it no longer compiles"),
    )
}
