//! A comment silences a rule that finds nothing there.
//!
//! ## Why
//! What it once excused is gone, or it never was where the comment stands. Left in place, it silences the next mistake, and
//! a reader believes that there is something to excuse.
//!
//! Only rules that are on can be told to find nothing; a comment that names no rule at all is reported too.
//!
//! ## Examples
//! ```proto,bad
//! // An order.
//! // protogov:allow(MESSAGE_PASCAL_CASE) the old system calls it so
//! message Order {}
//! ```
//! ```proto,fixed
//! // An order.
//! message Order {}
//! ```
//!
//! ## Fix
//! Removes the line. Safe: comments do not change what is generated but for documentation.

use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::checks::suppression::{Named, Suppression};
use crate::checks::{Cx, rule};
use crate::diagnostic::{Claim, Safety};
use crate::text::{Edit, Span};

pub(super) static RULE: Rule = Rule {
    group: Group::Suppression,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[],
    check: Check::Lint(Visit::Suppressions(check)),
};

fn check(suppression: &Suppression, is_on: &dyn Fn(&str) -> bool, cx: &mut Cx<'_>) {
    // Comments of other tools are there for other tools.
    let Named::Ids(ids) = &suppression.rules else {
        return;
    };
    if let Some(id) = ids.iter().find(|id| rule(id).is_none()) {
        cx.report(
            suppression.span,
            format!("the comment allows `{id}`, which is no rule"),
        )
        .help("check the spelling; `protogov rules` lists all of them");
        return;
    }
    if suppression.is_used || !ids.iter().all(|id| is_on(id)) {
        return;
    }
    let message = match ids.as_slice() {
        [] => "the comment allows no rule at all".to_owned(),
        ids => format!(
            "`{}` finds nothing that this comment could allow",
            ids.join("`, `")
        ),
    };
    let source = cx.file().source();
    let line = source.lines().line(suppression.span.start);
    let (start, end) = (
        source.lines().start_of(line),
        source.lines().start_of(line + 1),
    );
    let whole = source.slice(Span::new(start, end));
    let is_alone = whole.trim_start().starts_with("//") && end > start;
    let report = cx
        .report(suppression.span, message)
        .help("remove the comment, or move it to the element that it is about");
    if is_alone {
        report.fix(Safety::Safe, Claim::Comments, || {
            (
                "remove the comment".to_owned(),
                vec![Edit::delete(Span::new(start, end))],
            )
        });
    }
}
