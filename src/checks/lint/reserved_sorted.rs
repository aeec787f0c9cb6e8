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

use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::checks::{Cx, number_ranges};
use crate::diagnostic::{Claim, Safety};
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
        let Some(numbers) = number_ranges::of_statement(tree, statement) else {
            return;
        };
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else {
            continue;
        };
        let merged = number_ranges::merged(&numbers);
        if merged == numbers {
            continue;
        }
        let text = number_ranges::written(&merged);
        let span = syntax.span(first.tokens).to(syntax.span(last.tokens));
        let has_comment = file.source().slice(span).contains('/');
        let report = cx
            .report(
                span,
                "reserved numbers are not in order or not put together".to_owned(),
            )
            .help(format!("write `{text}`"));
        if !has_comment {
            report.fix(Safety::Safe, Claim::Reserved, || {
                (format!("write `{text}`"), vec![Edit::replace(span, text)])
            });
        }
    }
}
