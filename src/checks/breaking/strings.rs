//! The strings that rules on UTF-8 look at: fields, and the keys and values of maps, which are fields of the map's entry.

use super::compare::symbol;
use super::field_type::key_symbol;
use crate::schema::diff::Pair;
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;
use crate::text::Span;

/// A string on both sides.
pub(super) struct Strings<'s> {
    /// The fields, or the maps.
    pub(super) fields: Pair<Field<'s>>,
    /// What it is called in findings.
    pub(super) symbol: String,
    /// What it is called in messages.
    pub(super) noun: String,
    /// Where it is shown, unless an option of its own says more.
    pub(super) span: Span,
    /// Whether an option of the field is one of its own. The entry of a map has none that is written down.
    pub(super) has_options: bool,
}

/// A field that is a string.
pub(super) fn of_field<'s>(fields: Pair<Field<'s>>) -> Option<Strings<'s>> {
    let is_string =
        |field: Field<'s>| field.kind() == FieldKind::Scalar(Scalar::String) && !field.is_map();
    (is_string(fields.before) && is_string(fields.after)).then(|| Strings {
        fields,
        symbol: symbol(fields.before),
        noun: format!("string `{}`", fields.after.name()),
        span: fields.after.span(),
        has_options: true,
    })
}

/// The keys and the values of a map, those that are strings.
pub(super) fn of_entry<'s>(fields: Pair<Field<'s>>) -> impl Iterator<Item = Strings<'s>> {
    let name = fields.after.name();
    let part = |is_string: fn(Field<'s>) -> bool, symbol: String, noun: String| {
        (is_string(fields.before) && is_string(fields.after)).then(|| Strings {
            fields,
            symbol,
            noun,
            span: fields.after.type_span(),
            has_options: false,
        })
    };
    let keys = part(
        |field| field.map_key() == Some(Scalar::String),
        key_symbol(fields.before),
        format!("each key of map `{name}`"),
    );
    let values = part(
        |field| field.kind() == FieldKind::Scalar(Scalar::String),
        format!("{}.value", symbol(fields.before)),
        format!("each value of map `{name}`"),
    );
    keys.into_iter().chain(values)
}
