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
//! ## Fix
//! Renames a value that means nothing already: `ORDER_STATE_UNKNOWN` becomes `ORDER_STATE_UNSPECIFIED`. A value with a
//! meaning is left to you: another name would not take the meaning away. Safe while no baseline has the name.
//!
//! ## Options
//! `suffix`: what the name of every value with the number 0 has to end with; `_UNSPECIFIED` by default.

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::EnumValue;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
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
        let report = cx
            .report(
                name,
                format!("enum value `{name}` has the number 0 but not the suffix `{suffix}`"),
            )
            .label(
                value.number_span(),
                "the value of a field that was never set",
            )
            .help("keep 0 for a value that means `not known`, and give this one another number");
        if let Some(renamed) = renamed(name.text, suffix) {
            report.or_rename(name, renamed);
        }
    }
}

/// Words that say already that the value means nothing.
const MEANINGLESS: &[&str] = &[
    "DEFAULT",
    "INVALID",
    "NIL",
    "NONE",
    "NOT_SET",
    "NOT_SPECIFIED",
    "NULL",
    "UNDEFINED",
    "UNKNOWN",
    "UNSET",
];

/// The name with the suffix in place of a last word that means as little. None where the value has a meaning, which no
/// other name can take away from it.
fn renamed(name: &str, suffix: &str) -> Option<String> {
    let word = suffix.trim_start_matches('_');
    let stem = MEANINGLESS
        .iter()
        .find_map(|last| name.strip_suffix(last))?;
    match stem.strip_suffix('_') {
        Some(stem) => Some(format!("{stem}{suffix}")),
        None if stem.is_empty() && !word.is_empty() => Some(word.to_owned()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn only_what_means_nothing_is_renamed() {
        for (name, expected) in [
            ("STATE_UNKNOWN", Some("STATE_UNSPECIFIED")),
            ("NONE", Some("UNSPECIFIED")),
            ("STATE_NOT_SET", Some("STATE_UNSPECIFIED")),
            ("STATE_OPEN", None),
            ("ANONE", None),
        ] {
            let renamed = renamed(name, "_UNSPECIFIED");
            assert_eq!(renamed.as_deref(), expected, "{name}");
        }
    }
}
