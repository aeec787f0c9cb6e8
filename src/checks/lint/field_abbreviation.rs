//! A field spells a word out that everybody abbreviates.
//!
//! ## Why
//! `config`, `id`, `info`, `spec` and `stats` are what people look for and type. An API with both `id` and `identifier` makes them guess.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string identifier = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   string id = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Field;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::ApiLinter("0140::abbreviations")],
    check: Check::Lint(Visit::Field(check)),
};

const SHORT: &[(&str, &str)] = &[
    ("configuration", "config"),
    ("identifier", "id"),
    ("information", "info"),
    ("specification", "spec"),
    ("statistics", "stats"),
];

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let name = field.name();
    let long = SHORT
        .iter()
        .find(|(long, _)| name.split('_').any(|word| word == *long));
    if let Some((long, short)) = long {
        let expected: Vec<&str> = name
            .split('_')
            .map(|word| if word == *long { short } else { word })
            .collect();
        cx.report(
            field.written_name(),
            format!("field `{name}` spells out `{long}`, which is `{short}` everywhere else"),
        )
        .rename(field.written_name(), expected.join("_"));
    }
}
