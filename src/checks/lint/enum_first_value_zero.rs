//! The first value of an enum is not number 0.
//!
//! ## Why
//! A field that was never set reads as the enum's first value. When that is a value with a meaning, nobody can tell it
//! from an absent one, and the enum cannot become open, as proto3 and editions have it, without a change of behaviour.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto2";
//! enum Color {
//!   COLOR_RED = 1;
//! }
//! ```
//! ```proto,good
//! syntax = "proto2";
//! enum Color {
//!   COLOR_UNSPECIFIED = 0;
//!   COLOR_RED = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Enum;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Enum(check)),
};

fn check(node: Enum<'_>, cx: &mut Cx<'_>) {
    let Some(first) = node.values().next() else {
        return;
    };
    let Some(number) = first.number().filter(|&number| number != 0) else {
        return;
    };
    let (value, name) = (first.name(), node.name());
    cx.report(
        first.number_span(),
        format!("the first value of enum `{name}`, `{value}`, has the number {number}, not 0"),
    )
    .help("begin the enum with a value of number 0 that means nothing in particular");
}
