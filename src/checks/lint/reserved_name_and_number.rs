//! A message or enum reserves numbers but no names, or names but no numbers.
//!
//! ## Why
//! Both are in use somewhere: the number in stored bytes, the name in JSON, in logs and in code. A name that is free again comes back
//! with another number and another meaning, and JSON readers take one for the other.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   reserved 2;
//!   string id = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   reserved 2;
//!   reserved "coupon";
//!   string id = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{File, Name};
use crate::syntax::tree::Reserved;

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    for message in file.all_messages() {
        let statements = message.reserved_statements();
        let name = message.name();
        check_statements("message", name, statements, cx);
    }
    for node in file.all_enums() {
        check_statements("enum", node.name(), node.reserved_statements(), cx);
    }
}

fn check_statements<'s>(
    noun: &str,
    name: Name<'_>,
    statements: impl Iterator<Item = &'s Reserved> + Clone,
    cx: &mut Cx<'_>,
) {
    let has_numbers = statements
        .clone()
        .any(|statement| !statement.ranges.is_empty());
    let has_names = statements
        .clone()
        .any(|statement| !statement.names.is_empty());
    let Some(first) = statements
        .into_iter()
        .next()
        .filter(|_| has_numbers != has_names)
    else {
        return;
    };
    let (has, lacks) = if has_numbers {
        ("numbers", "names")
    } else {
        ("names", "numbers")
    };
    let span = cx.file().syntax().span(first.tokens);
    cx.report(
        span,
        format!("{noun} `{name}` reserves {has} but no {lacks}"),
    )
    .help(format!("reserve the {lacks} of what was removed, too"));
}
