//! A closed enum that a required field uses has a new value.
//!
//! ## What breaks
//! A reader of the baseline does not list the new value, puts it among the unknown fields, and then refuses the whole message:
//! the required field is missing.
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
use crate::schema::diff::{NumberedValues, Pair};
use crate::schema::{Cardinality, Enum, Field, FieldKind, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::EnumNumberAdded(check)]),
};

fn check<'s>(added: &NumberedValues<'s>, enums: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let Some(value) = added.values.first() else {
        return;
    };
    if !enums.before.is_closed() {
        return;
    }
    let needs_it = |field: &Field<'s>| {
        field.cardinality() == Cardinality::Required
            && field.kind() == FieldKind::Enum(enums.before)
    };
    let schema = enums.before.file().schema();
    let Some(field) = schema.files().flat_map(File::all_fields).find(needs_it) else {
        return;
    };
    let name = value.name().text;
    let field = field.full_name();
    let refused = || {
        breaks(format!(
            "readers of the baseline refuse a message whose `{field}` is `{name}`"
        ))
    };
    cx.report(
        Place::Part(value.file(), value.name().span),
        enums.before.file(),
        format!("{}#{}", enums.before.full_name(), added.number),
        format!(
            "closed enum `{}` has a new value `{name}`, and `{field}` is required",
            enums.after.full_name()
        ),
    )
    .verdict(Verdict::new(refused(), refused(), Outcome::Safe))
    .help("write the new value only once every reader knows it, or into a new optional field");
}
