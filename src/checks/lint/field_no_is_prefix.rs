//! The name of a boolean field begins with `is_`.
//!
//! ## Why
//! Accessors of many languages put `is` or `get` before the name themselves: `isIsOpen()`. `open` and `isOpen()` read well, and the
//! exceptions are words that a language reserves.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   bool is_open = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   bool open = 1;
//! }
//! ```

use super::keywords;
use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    if field.kind() != FieldKind::Scalar(Scalar::Bool) {
        return;
    }
    let name = field.name();
    let Some(rest) = name.strip_prefix("is_").filter(|rest| !rest.is_empty()) else {
        return;
    };
    // `is_new` is fine: without the prefix the name could not be used in generated code.
    if keywords::languages(rest).next().is_none() {
        cx.report(
            field.written_name(),
            format!("boolean field `{name}` begins with `is_`"),
        )
        .rename(field.written_name(), rest);
    }
}
