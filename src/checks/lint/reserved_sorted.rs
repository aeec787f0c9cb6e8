//! The numbers of a `reserved` statement are not in order, or could be one range.
//!
//! ## Why
//! A reader looks for the next free number. Unsorted lists hide gaps, and `2, 3, 4` takes longer to read than `2 to 4`.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   reserved 9, 2, 3;
//!   reserved "a", "b", "c";
//!   string id = 1;
//! }
//! ```
//! ```proto,fixed
//! message Order {
//!   reserved 2 to 3, 9;
//!   reserved "a", "b", "c";
//!   string id = 1;
//! }
//! ```
//!
//! ## Fix
//! Writes the ranges in order, those together that belong together. Safe: the same numbers are reserved.

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::diagnostic::Safety;
use crate::schema::File;
use crate::text::Edit;

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let syntax = file.syntax();
    let tree = syntax.tree();
    for statement in &tree.reserved {
        let ranges = &tree[statement.ranges];
        let mut numbers: Vec<(i64, Option<i64>)> = Vec::new();
        for range in ranges {
            let (Some(start), end) = (range.start.value, range.end) else {
                return;
            };
            numbers.push(match (range.is_max, end) {
                (true, _) => (start, None),
                (false, Some(end)) => (start, end.value),
                (false, None) => (start, Some(start)),
            });
        }
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
            continue;
        };
        let merged = merged(&numbers);
        if merged == numbers {
            continue;
        }
        let text: Vec<String> = merged.into_iter().map(written).collect();
        let text = text.join(", ");
        let span = syntax.span(first.tokens).to(syntax.span(last.tokens));
        let has_comment = file.source().slice(span).contains('/');
        let report = cx
            .report(
                span,
                "reserved numbers are not in order or not put together".to_owned(),
            )
            .help(format!("write `{text}`"));
        if !has_comment {
            report.fix(Safety::Safe, || {
                (format!("write `{text}`"), vec![Edit::replace(span, text)])
            });
        }
    }
}

/// The ranges in order, adjacent and overlapping ones as one; no end stands for `max`.
fn merged(numbers: &[(i64, Option<i64>)]) -> Vec<(i64, Option<i64>)> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by_key(|(start, _)| *start);
    let mut merged: Vec<(i64, Option<i64>)> = Vec::new();
    for (start, end) in sorted {
        match merged.last_mut() {
            Some((_, None)) => {}
            Some((_, Some(last))) if start <= last.saturating_add(1) => match end {
                Some(end) => *last = end.max(*last),
                None => {
                    let from = merged.pop().map_or(start, |(from, _)| from);
                    merged.push((from, None));
                }
            },
            _ => merged.push((start, end)),
        }
    }
    merged
}

fn written((start, end): (i64, Option<i64>)) -> String {
    match end {
        None => format!("{start} to max"),
        Some(end) if end == start => start.to_string(),
        Some(end) => format!("{start} to {end}"),
    }
}
