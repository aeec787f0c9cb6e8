//! A closed enum that a required field uses has other values.
//!
//! ## What breaks
//! A reader that does not list a value puts it among the unknown fields, and then refuses the whole message: the required
//! field is missing. So readers of the baseline refuse a new value, and those of today one that is gone.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! enum Kind {
//!   KIND_A = 0;
//! }
//!
//! message Event {
//!   required Kind kind = 1;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! enum Kind {
//!   KIND_A = 0;
//!   KIND_B = 1;
//! }
//!
//! message Event {
//!   required Kind kind = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge::breaks;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Enum, EnumValue, Field, FieldKind, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::Enum(check)]),
};

fn check<'s>(enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    if let Some(field) = required_field(enums.before) {
        for (number, value) in only_in(enums.after, enums.before) {
            added((number, value), &field, enums, cx);
        }
    }
    if let Some(field) = required_field(enums.after) {
        for (number, value) in only_in(enums.before, enums.after) {
            removed((number, value), &field, enums, cx);
        }
    }
}

/// The numbers that one enum has and the other has not, each with its first value.
fn only_in<'s>(node: Enum<'s>, other: Enum<'s>) -> impl Iterator<Item = (i32, EnumValue<'s>)> {
    node.values().filter_map(move |value| {
        let number = value.number()?;
        let is_first = node.value_numbered(number) == Some(value);
        (is_first && other.value_numbered(number).is_none()).then_some((number, value))
    })
}

fn added<'s>(
    (number, value): (i32, EnumValue<'s>),
    field: &str,
    enums: Pair<Enum<'s>>,
    cx: &mut BreakingCx<'s>,
) {
    let name = value.name().text;
    let message = format!(
        "closed enum `{}` has a new value `{name}`, and `{field}` is required",
        enums.after.full_name()
    );
    cx.report(
        Place::Part(value.file(), value.name().span),
        enums.before.file(),
        format!("{}#{}", enums.before.full_name(), number),
        message,
    )
    .verdict(refused("the baseline", value, field, enums.before))
    .help("write the new value only once every reader knows it, or into a new optional field");
}

fn removed<'s>(
    (number, value): (i32, EnumValue<'s>),
    field: &str,
    enums: Pair<Enum<'s>>,
    cx: &mut BreakingCx<'s>,
) {
    let name = value.name().text;
    let message = format!(
        "closed enum `{}` has lost the value `{name}`, and `{field}` is required",
        enums.after.full_name()
    );
    cx.report(
        Place::Part(enums.after.file(), enums.after.span()),
        enums.before.file(),
        format!("{}#{}", enums.before.full_name(), number),
        message,
    )
    .verdict(refused("today's schema", value, field, enums.after))
    .help("keep the value, marked with `[deprecated = true]`");
}

/// A required field that holds the enum, if it is closed.
fn required_field(node: Enum<'_>) -> Option<String> {
    if !node.is_closed() {
        return None;
    }
    let needs_it = |field: &Field<'_>| {
        field.cardinality() == Cardinality::Required && field.kind() == FieldKind::Enum(node)
    };
    let schema = node.file().schema();
    let field = schema.files().flat_map(File::all_fields).find(needs_it)?;
    Some(field.full_name())
}

fn refused(reader: &str, value: EnumValue<'_>, field: &str, node: Enum<'_>) -> Verdict {
    let name = value.name().text;
    let refused = || {
        breaks(format!(
            "readers of {reader} refuse a message whose `{field}` is `{name}`"
        ))
    };
    let is_named = node.value_named(name).is_some();
    let json = if is_named { Outcome::Safe } else { refused() };
    Verdict::new(refused(), json, Outcome::Safe)
}
