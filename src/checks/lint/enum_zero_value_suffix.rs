//! An enum value with the number 0 does not say that it means nothing.
//!
//! ## Why
//! Zero is what a field reads as that was never set, or that an older writer did not know. A value with a meaning in that
//! place makes absence look like a decision.
//!
//! ## Examples
//! ```proto,bad
//! enum OrderState {
//!   ORDER_STATE_OPEN = 0;
//! }
//! ```
//! ```proto,good
//! enum OrderState {
//!   ORDER_STATE_UNSPECIFIED = 0;
//!   ORDER_STATE_OPEN = 1;
//! }
//! ```
//!
//! ## Options
//! `suffix`: what the name of every value with the number 0 has to end with; `_UNSPECIFIED` by default.

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::EnumValue;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("ENUM_FIELD_NAMES_ZERO_VALUE_END_WITH"),
        Other::ApiLinter("0126::unspecified"),
    ],
    check: Check::Lint(Visit::EnumValue(check)),
};

fn check(value: EnumValue<'_>, cx: &mut Cx<'_>) {
    let suffix = &cx.options().enum_zero_value_suffix.suffix;
    let name = value.name();
    if value.number() == Some(0) && !name.text.ends_with(suffix.as_str()) {
        cx.report(
            name,
            format!("enum value `{name}` has the number 0 but not the suffix `{suffix}`"),
        )
        .label(
            value.number_span(),
            "the value of a field that was never set",
        )
        .help("keep 0 for a value that means `not known`, and give this one another number");
    }
}
