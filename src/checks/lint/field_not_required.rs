//! A field has to be set, always and by everyone.
//!
//! ## Why
//! A required field can never be removed and never be left out: a reader that knows it refuses the whole message. It has
//! taken down services whose writers were one release ahead. Whether a value is needed is for the application to check.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto2";
//! message Order {
//!   required string id = 1;
//! }
//! ```
//! ```proto,good
//! syntax = "proto2";
//! message Order {
//!   optional string id = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::{Cardinality, Field};

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::Protolint("PROTO3_FIELDS_AVOID_REQUIRED")],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    if field.cardinality() == Cardinality::Required {
        let name = field.name();
        cx.report(
            field.written_name(),
            format!("field `{name}` is required, so it can never be removed or left out"),
        )
        .help("make it `optional` and check in the application that it is set");
    }
}
