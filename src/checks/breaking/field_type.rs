//! What the rules on field types share: which types count as one.

use super::compare::{BreakingCx, Place, symbol};
use crate::schema::diff::Pair;
use crate::schema::{Enum, Field, FieldKind};
use crate::syntax::tree::Scalar;

/// Which types count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Types {
    /// None: each stands alone, and types of another name are others.
    Same,
    /// Those whose bytes are read by each other.
    Wire,
    /// Those whose bytes and JSON are read by each other.
    WireJson,
}

/// Reports a change to a type that counts as another; of a map that of its keys and values.
pub(super) fn check<'s>(fields: Pair<Field<'s>>, types: Types, cx: &mut BreakingCx<'s>) {
    let kinds = fields.map(held);
    if let Some(message) = difference(kinds, types) {
        let name = fields.after.name();
        let symbol = symbol(fields.before);
        report(
            fields,
            symbol,
            cx,
            format!("the type of field `{name}` {message}"),
        );
    }
}

/// The same for the keys and values of a map.
pub(super) fn check_entry<'s>(fields: Pair<Field<'s>>, types: Types, cx: &mut BreakingCx<'s>) {
    let name = fields.after.name();
    let keys = fields.map(|field| field.map_key().map_or(Held::Unknown, Held::Scalar));
    if let Some(message) = difference(keys, types) {
        report(
            fields,
            key_symbol(fields.before),
            cx,
            format!("the key type of map `{name}` {message}"),
        );
    }
    let values = fields.map(|field| kind(field.kind()));
    if let Some(message) = difference(values, types) {
        report(
            fields,
            format!("{}.value", symbol(fields.before)),
            cx,
            format!("the value type of map `{name}` {message}"),
        );
    }
}

/// The symbol of a map's keys.
pub(super) fn key_symbol(field: Field<'_>) -> String {
    format!("{}.key", symbol(field))
}

fn report<'s>(fields: Pair<Field<'s>>, symbol: String, cx: &mut BreakingCx<'s>, message: String) {
    cx.report(
        Place::Part(fields.after.file(), fields.after.type_span()),
        fields.before.file(),
        symbol,
        message,
    )
    .before(
        fields.before.file(),
        fields.before.type_span(),
        "the baseline has this type",
    )
    .help("keep the type, and add a new field with a new number for the new one");
}

/// A type as a descriptor has it: a map is a message of its own.
#[derive(Debug, Clone, Copy)]
enum Held<'s> {
    Scalar(Scalar),
    Message(&'s str),
    Group(&'s str),
    Enum(Enum<'s>),
    Map(Field<'s>),
    Unknown,
}

fn held(field: Field<'_>) -> Held<'_> {
    if field.is_map() {
        Held::Map(field)
    } else {
        kind(field.kind())
    }
}

fn kind(kind: FieldKind<'_>) -> Held<'_> {
    match kind {
        FieldKind::Scalar(scalar) => Held::Scalar(scalar),
        FieldKind::Message(message) => Held::Message(message.full_name()),
        FieldKind::Delimited(message) => Held::Group(message.full_name()),
        FieldKind::Enum(node) => Held::Enum(node),
        FieldKind::Unknown => Held::Unknown,
    }
}

/// How a type is named in a message.
fn shown(held: Held<'_>) -> String {
    match held {
        Held::Scalar(scalar) => scalar.keyword().to_owned(),
        Held::Message(name) => name.to_owned(),
        Held::Group(name) => format!("group {name}"),
        Held::Enum(node) => node.full_name().to_owned(),
        Held::Map(_) => "map".to_owned(),
        Held::Unknown => "unknown".to_owned(),
    }
}

fn difference(kinds: Pair<Held<'_>>, types: Types) -> Option<String> {
    let same = match (kinds.before, kinds.after) {
        (Held::Unknown, _) | (_, Held::Unknown) => true,
        (Held::Scalar(before), Held::Scalar(after)) => is_one_scalar(before, after, types),
        (Held::Message(before), Held::Message(after))
        | (Held::Group(before), Held::Group(after)) => before == after,
        (Held::Enum(before), Held::Enum(after)) => {
            before.full_name() == after.full_name()
                || types != Types::Same && is_part_of(before, after)
        }
        // The entry of a map is named after its field in its message.
        (Held::Map(before), Held::Map(after)) => before.name() == after.name(),
        _ => false,
    };
    (!same).then(|| {
        format!(
            "was `{}` and is now `{}`",
            shown(kinds.before),
            shown(kinds.after)
        )
    })
}

fn is_one_scalar(before: Scalar, after: Scalar, types: Types) -> bool {
    let group: fn(Scalar) -> u8 = match types {
        Types::Same => |scalar| scalar as u8,
        Types::Wire => wire_group,
        Types::WireJson => wire_json_group,
    };
    group(before) == group(after)
        || types == Types::Wire && (before, after) == (Scalar::String, Scalar::Bytes)
}

/// buf's groups of types whose bytes are read by each other.
const fn wire_group(scalar: Scalar) -> u8 {
    match scalar {
        Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => 0,
        Scalar::Sint32 | Scalar::Sint64 => 1,
        Scalar::Fixed32 | Scalar::Sfixed32 => 2,
        Scalar::Fixed64 | Scalar::Sfixed64 => 3,
        _ => 100 + scalar as u8,
    }
}

/// buf's groups of types whose bytes and JSON are read by each other.
const fn wire_json_group(scalar: Scalar) -> u8 {
    match scalar {
        Scalar::Int32 | Scalar::Uint32 => 0,
        Scalar::Int64 | Scalar::Uint64 => 1,
        Scalar::Fixed32 | Scalar::Sfixed32 => 2,
        Scalar::Fixed64 | Scalar::Sfixed64 => 3,
        _ => 100 + scalar as u8,
    }
}

/// Whether the enums have one short name and each earlier value is still there with its number.
fn is_part_of(before: Enum<'_>, after: Enum<'_>) -> bool {
    before.name().text == after.name().text
        && before.values().all(|value| {
            let other = after.value_named(value.name().text);
            other.is_some_and(|other| other.number() == value.number())
        })
}
