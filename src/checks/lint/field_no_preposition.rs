//! The name of a field holds a preposition.
//!
//! ## Why
//! A preposition is a sign that the name is a phrase, or that it says what another field says for one case only. Turned around it is
//! shorter, and sorts next to its kin.
//!
//! ## Examples
//! ```proto,bad
//! message Error {
//!   string reason_for_error = 1;
//! }
//! ```
//! ```proto,good
//! message Error {
//!   string error_reason = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;
use crate::text::{case, english};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::RenameByHand,
    same_as: &[
        Other::Protolint("FIELD_NAMES_EXCLUDE_PREPOSITIONS"),
        Other::ApiLinter("0140::prepositions"),
    ],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let name = field.written_name();
    if let Some(word) = english::preposition(case::words(name.text)) {
        cx.report(
            name,
            format!("field name `{name}` holds the preposition `{word}`"),
        )
        .help("turn the phrase around: `order_reason`, not `reason_for_order`");
    }
}
