//! The name of a field is not in lower_snake_case.
//!
//! ## Why
//! JSON names and accessors are made from the underscores: `order_id` is `orderId` in JSON and `getOrderId` in Java. From
//! `orderID` generators make different things in different languages, and two names that look different can
//! collide.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string orderID = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   string order_id = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[
        Other::Protolint("FIELD_NAMES_LOWER_SNAKE_CASE"),
        Other::ApiLinter("0140::lower-snake"),
    ],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let name = field.name();
    if case::is_lower_snake(&name) {
        return;
    }
    let expected = case::lower_snake(&name);
    let noun = if field.is_extension() {
        "extension"
    } else {
        "field"
    };
    cx.report(
        field.written_name(),
        format!("{noun} name `{name}` is not in lower_snake_case"),
    )
    .rename(field.written_name(), expected);
}
