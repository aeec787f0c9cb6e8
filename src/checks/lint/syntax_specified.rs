//! A file does not say which syntax it is written in.
//!
//! ## Why
//! Without a `syntax` or `edition` statement a file is proto2. What is meant as proto3 then has closed enums, fields that
//! are written unpacked, and no check of UTF-8: other bytes for the same text.
//!
//! ## Examples
//! ```proto,bad
//! package acme.shop.v1;
//! message Order {}
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.shop.v1;
//! message Order {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("SYNTAX_CONSISTENT"),
        Other::ApiLinter("0191::proto-version"),
    ],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    if file.syntax_span().is_none() {
        cx.report_file(
            "the file has no `syntax` or `edition` statement, so it is read as proto2".to_owned(),
        )
        .help("begin it with `syntax = \"proto2\";`, or with what it is meant to be");
    }
}
