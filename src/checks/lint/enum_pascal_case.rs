//! The name of an enum is not in PascalCase.
//!
//! ## Why
//! Generators carry the name over to each language or convert it; only PascalCase comes out alike everywhere. A reader
//! tells types from fields by their case.
//!
//! Runs of capitals are left alone: both `HttpCode` and `HTTPCode` pass.
//!
//! ## Examples
//! ```proto,bad
//! enum order_state {
//!   ORDER_STATE_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,good
//! enum OrderState {
//!   ORDER_STATE_UNSPECIFIED = 0;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Enum;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("ENUM_NAMES_UPPER_CAMEL_CASE")],
    check: Check::Lint(Visit::Enum(check)),
};

fn check(node: Enum<'_>, cx: &mut Cx<'_>) {
    let name = node.name();
    if !case::is_pascal(name.text) {
        let expected = case::pascal(name.text);
        cx.report(name, format!("enum name `{name}` is not in PascalCase"))
            .rename(name, expected);
    }
}
