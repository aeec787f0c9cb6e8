//! The imports of a file are not sorted.
//!
//! ## Why
//! Two branches that each add an import at the end meet in a conflict, and a reader has to go through all of them to see whether one is
//! there. Groups that a blank line or a comment sets off are sorted each by itself.
//!
//! ## Examples
//! ```proto,bad
//! import "google/protobuf/timestamp.proto";
//! import "google/protobuf/any.proto";
//! message A {
//!   google.protobuf.Any any = 1;
//!   google.protobuf.Timestamp time = 2;
//! }
//! ```
//! ```proto,fixed
//! import "google/protobuf/any.proto";
//! import "google/protobuf/timestamp.proto";
//! message A {
//!   google.protobuf.Any any = 1;
//!   google.protobuf.Timestamp time = 2;
//! }
//! ```
//!
//! ## Fix
//! Sorts the lines of the group. Safe: the order of imports means nothing.

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::diagnostic::{Claim, Safety};
use crate::schema::File;
use crate::text::{Edit, Span};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[Other::Protolint("IMPORTS_SORTED")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let syntax = file.syntax();
    let mut group: Vec<(Vec<u8>, Span)> = Vec::new();
    for import in &syntax.tree().imports {
        let span = syntax.span(import.tokens);
        let is_next = group.last().is_some_and(|(_, last)| {
            let between = file.source().slice(Span::new(last.end, span.start));
            between.trim().is_empty() && between.matches('\n').count() == 1
        });
        if !is_next {
            check_group(&std::mem::take(&mut group), cx);
        }
        group.push((syntax.string_value(import.path), span));
    }
    check_group(&group, cx);
}

fn check_group(group: &[(Vec<u8>, Span)], cx: &mut Cx<'_>) {
    let Some(pair) = group.windows(2).find(|pair| pair[0].0 > pair[1].0) else {
        return;
    };
    let source = cx.file().source();
    let (before, after) = (source.slice(pair[0].1), source.slice(pair[1].1));
    let message = format!("import `{}` stands before `{}`", path(before), path(after));
    cx.report(pair[1].1, message)
        .help("sort the imports of the group")
        .fix(Safety::Safe, Claim::Imports, || {
            let mut sorted: Vec<&(Vec<u8>, Span)> = group.iter().collect();
            sorted.sort();
            let edits = group
                .iter()
                .zip(sorted)
                .filter(|(place, import)| place.1 != import.1)
                .map(|(place, import)| Edit::replace(place.1, source.slice(import.1)))
                .collect();
            ("sort the imports".to_owned(), edits)
        });
}

/// The path in the text of an import statement.
fn path(statement: &str) -> &str {
    statement.split(['"', '\'']).nth(1).unwrap_or(statement)
}
