//! The name of an enum value is not in UPPER_SNAKE_CASE.
//!
//! ## Why
//! Values are constants and look like constants in every language; generators that strip the enum's name or change the
//! case rely on the underscores between words.
//!
//! ## Examples
//! ```proto,bad
//! enum OrderState {
//!   OrderStateUnspecified = 0;
//! }
//! ```
//! ```proto,good
//! enum OrderState {
//!   ORDER_STATE_UNSPECIFIED = 0;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::EnumValue;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[
        Other::Protolint("ENUM_FIELD_NAMES_UPPER_SNAKE_CASE"),
        Other::ApiLinter("0126::upper-snake-values"),
    ],
    check: Check::Lint(Visit::EnumValue(check)),
};

fn check(value: EnumValue<'_>, cx: &mut Cx<'_>) {
    let name = value.name();
    if !case::is_upper_snake(name.text) {
        let expected = case::upper_snake(name.text);
        cx.report(
            name,
            format!("enum value name `{name}` is not in UPPER_SNAKE_CASE"),
        )
        .rename(name, expected);
    }
}
