//! A word in a field's name begins with a digit.
//!
//! ## Why
//! JSON names drop the underscore before a digit: `address_2` and `address2` both become `address2`, and generators that convert the
//! name back do not find the field.
//!
//! ## Examples
//! ```proto,bad
//! message Place {
//!   string line_2 = 1;
//! }
//! ```
//! ```proto,good
//! message Place {
//!   string line2 = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::ApiLinter("0140::numbers")],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let name = field.name();
    let starts_with_digit = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let Some(word) = name.split('_').find(|word| starts_with_digit(word)) else {
        return;
    };
    let joined = joined(&name);
    let report = cx
        .report(
            field.written_name(),
            format!("the word `{word}` in field name `{name}` begins with a digit"),
        )
        .help(
            "join the digits with the word before them, or choose a word that says what they count",
        );
    if let Some(joined) = joined {
        report.or_rename(field.written_name(), joined);
    }
}

/// The name with each word that begins with a digit joined to the one before it. None where that would run two numbers
/// together: `v1_2` is not `v12`.
fn joined(name: &str) -> Option<String> {
    let mut joined = String::with_capacity(name.len());
    for word in name.split('_') {
        let is_digit = |c: char| c.is_ascii_digit();
        if !word.starts_with(is_digit) {
            if !joined.is_empty() {
                joined.push('_');
            }
        } else if joined.is_empty() || joined.ends_with(is_digit) {
            return None;
        }
        joined.push_str(word);
    }
    Some(joined)
}
