//! A field knows of its absence on one side only.
//!
//! ## What breaks
//! A field without presence drops zeros: what was set to zero is read as absent after a round trip, and what was absent is
//! read as zero.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   optional int32 age = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   int32 age = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Field};

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Cardinality, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let now = match (fields.before.cardinality(), fields.after.cardinality()) {
        (Cardinality::Explicit, Cardinality::Implicit) => "knew of its absence and no longer does",
        (Cardinality::Implicit, Cardinality::Explicit) => {
            "did not know of its absence and now does"
        }
        _ => return,
    };
    // Moving into or out of a oneof is told as such.
    if fields.before.oneof().is_some() != fields.after.oneof().is_some() {
        return;
    }
    cx.report(
        Place::Part(fields.after.file(), fields.after.span()),
        fields.before.file(),
        symbol(fields.before),
        format!("field `{}` {now}", fields.after.name()),
    )
    .help("keep the presence with `optional` or `features.field_presence`");
}
