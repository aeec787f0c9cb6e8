//! The cardinality of a field changed.
//!
//! ## What breaks
//! Whether a field is a list, a map, required, or knows of its absence decides its type in generated code, and often
//! how its bytes are read.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   optional string name = 1;
//! }
//! ```

use super::cardinality::{self, Groups};
use super::compare::{Aspect, BreakingCx, Compare};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Cardinality, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    cardinality::check(fields, Groups::Each, cx);
}
