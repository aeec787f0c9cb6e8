//! Which fields exclude a field has changed.
//!
//! ## What breaks
//! Of the members of a oneof only the last that was written is read. Fields that could be set together and are now in one
//! oneof, or the other way round, lose values without any error.
//!
//! ## Examples
//! ```proto,before
//! message Contact {
//!   string mail = 1;
//!   string phone = 2;
//! }
//! ```
//! ```proto,after,bad
//! message Contact {
//!   oneof way {
//!     string mail = 1;
//!     string phone = 2;
//!   }
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::oneof_change;
use crate::schema::Field;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Oneof, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let Pair { before, after } = fields;
    if before.is_extension() || after.is_extension() {
        return;
    }
    let oneofs = fields.map(|field| field.oneof().map(|oneof| oneof.name().text));
    // A oneof with one member excludes nothing, and neither does another name for it.
    if oneofs.is_same() || oneof_change(fields, cx.structures()).wire.rank() == 0 {
        return;
    }
    let name = after.name();
    let message = match oneofs.after {
        Some(oneof) => format!("field `{name}` now excludes the other fields of oneof `{oneof}`"),
        None => format!("field `{name}` excluded other fields and no longer does"),
    };
    cx.report(
        Place::Part(after.file(), after.span()),
        before.file(),
        symbol(before),
        message,
    )
    .help("move it back, and add a new field where the new shape is needed");
}
