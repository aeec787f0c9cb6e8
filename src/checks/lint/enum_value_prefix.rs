//! An enum value does not carry its enum's name as a prefix.
//!
//! ## Why
//! Enum values live in the scope around the enum, not in the enum itself. Two enums of one package can therefore not
//! both declare `ACTIVE`: the second author meets a compile error, and then a rename of something already published.
//!
//! ## Examples
//! ```proto,bad
//! enum OrderState {
//!   UNSPECIFIED = 0;
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
    same_as: &[Other::Protolint("ENUM_FIELD_NAMES_PREFIX")],
    check: Check::Lint(Visit::Enum(check)),
};

fn check(node: Enum<'_>, cx: &mut Cx<'_>) {
    let prefix = case::upper_snake(node.name().text) + "_";
    for value in node.values() {
        let name = value.name();
        if !name.text.starts_with(&prefix) {
            // Where trees lack prefixes, most findings are these, and `concat` allocates once.
            let message = [
                "enum value `",
                name.text,
                "` lacks the prefix `",
                &prefix,
                "`",
            ]
            .concat();
            cx.report(name, message)
                .label(node.name(), "the prefix comes from this name")
                .rename(name, prefixed(name.text, &prefix));
        }
    }
}

/// The name with the prefix; words that the name has already are not repeated: `STATE_ACTIVE` in `OrderState` becomes
/// `ORDER_STATE_ACTIVE`.
fn prefixed(name: &str, prefix: &str) -> String {
    let name = case::upper_snake(name);
    let shared = prefix
        .match_indices('_')
        .map(|(at, _)| &prefix[at + 1..])
        .find_map(|tail| name.strip_prefix(tail).filter(|_| !tail.is_empty()));
    [prefix, shared.unwrap_or(&name)].concat()
}

#[cfg(test)]
mod tests {
    use super::prefixed;

    #[test]
    fn words_are_not_repeated() {
        assert_eq!(prefixed("ACTIVE", "ORDER_STATE_"), "ORDER_STATE_ACTIVE");
        assert_eq!(
            prefixed("STATE_ACTIVE", "ORDER_STATE_"),
            "ORDER_STATE_ACTIVE"
        );
    }
}
