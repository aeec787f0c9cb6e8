//! An enum is gone from its package.
//!
//! ## What breaks
//! Code that uses the enum no longer compiles. Moving it to another file of the package is allowed here.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! enum Color {
//!   COLOR_UNSPECIFIED = 0;
//! }
//!
//! enum Shape {
//!   SHAPE_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! enum Color {
//!   COLOR_UNSPECIFIED = 0;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare};
use super::packages;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Diff;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::Whole(check)]),
};

fn check<'s>(diff: &Diff<'s>, cx: &mut BreakingCx<'s>) {
    packages::report_removed(diff, "enum", |package| &package.enums, packages::place, cx);
}
