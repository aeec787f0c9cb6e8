//! An extension is gone from its package.
//!
//! ## What breaks
//! Code that uses the extension no longer compiles. Moving it to another file of the package is allowed here.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! extend google.protobuf.FieldOptions {
//!   string owner = 50001;
//!   string team = 50002;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! extend google.protobuf.FieldOptions {
//!   string owner = 50001;
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
    packages::report_removed(
        diff,
        "extension",
        |package| &package.extensions,
        packages::place,
        cx,
    );
}
