//! A field moved into, out of, or between oneofs.
//!
//! ## What breaks
//! Setting a member of a oneof clears the others: messages in which several of the fields are set lose all but the
//! last. Generated code changes shape.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string mail = 1;
//!   oneof contact {
//!     string phone = 2;
//!   }
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   oneof contact {
//!     string mail = 1;
//!     string phone = 2;
//!   }
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Oneof, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    if fields.before.is_extension() || fields.after.is_extension() {
        return;
    }
    let oneofs = fields.map(|field| field.oneof().map(|oneof| oneof.name().text));
    if oneofs.is_same() {
        return;
    }
    let name = fields.after.name();
    let message = match (oneofs.before, oneofs.after) {
        (None, Some(after)) => format!("field `{name}` moved into oneof `{after}`"),
        (Some(before), None) => format!("field `{name}` moved out of oneof `{before}`"),
        (before, after) => format!(
            "field `{name}` moved from oneof `{}` to oneof `{}`",
            before.unwrap_or_default(),
            after.unwrap_or_default()
        ),
    };
    cx.report(
        Place::Part(fields.after.file(), fields.after.span()),
        fields.before.file(),
        symbol(fields.before),
        message,
    )
    .help("move it back, and add a new field where the new shape is needed");
}
