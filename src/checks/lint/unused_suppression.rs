//! A comment silences a rule that finds nothing there.
//!
//! ## Why
//! What it once excused is gone, or it never was where the comment stands. Left in place, it silences the next mistake, and
//! a reader believes that there is something to excuse.
//!
//! Only rules that are on can be told to find nothing; a comment that names no rule at all is reported too. Of several
//! rules each is looked at by itself. `buf:lint:ignore` goes by the same ids; comments of other tools may be there for
//! rules of theirs.
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
//! Removes the line, or the rules from it that find nothing. Safe: comments do not change what is generated but for documentation.

use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::checks::suppression::{Named, Suppression};
use crate::checks::{Cx, rule, rules};
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
    let is_used = |id: &str| suppression.used.iter().any(|code| code.0 == id);
    let ids: Vec<&str> = match &suppression.rules {
        Named::Ids(ids) => ids.iter().map(String::as_str).collect(),
        // buf goes by our ids; what else the line says is a reason.
        Named::Prefix(text) if suppression.used.is_empty() => {
            let named = rules().iter().map(|rule| rule.id().as_str());
            let named = named.filter(|id| text.starts_with(id));
            match named.max_by_key(|id| id.len()) {
                Some(id) => vec![id],
                None => return,
            }
        }
        // Comments of other tools are there for other tools.
        _ => return,
    };
    if let Some(id) = ids.iter().find(|id| rule(id).is_none()) {
        cx.report(
            suppression.span,
            format!("the comment allows `{id}`, which is no rule"),
        )
        .help("check the spelling; `protogov rules` lists all of them");
        return;
    }
    let (unused, kept): (Vec<&str>, Vec<&str>) =
        ids.iter().partition(|id| is_on(id) && !is_used(id));
    if unused.is_empty() && !ids.is_empty() {
        return;
    }
    let message = match unused.as_slice() {
        [] => "the comment allows no rule at all".to_owned(),
        ids => format!(
            "`{}` finds nothing that this comment could allow",
            ids.join("`, `")
        ),
    };
    let help = match kept.as_slice() {
        [] => "remove the comment, or move it to the element that it is about",
        _ => "take it out of the comment, or move it to the element that it is about",
    };
    let source = cx.file().source();
    let line = source.lines().line(suppression.span.start);
    let (start, end) = (
        source.lines().start_of(line),
        source.lines().start_of(line + 1),
    );
    let whole = source.slice(Span::new(start, end));
    let is_alone = whole.trim_start().starts_with("//") && end > start;
    let report = cx.report(suppression.span, message).help(help);
    if !is_alone {
        return;
    }
    report.fix(Safety::Safe, Claim::Comments, || match kept.as_slice() {
        [] => (
            "remove the comment".to_owned(),
            vec![Edit::delete(Span::new(start, end))],
        ),
        kept => {
            let (before, rest) = whole.split_once('(').unwrap_or((whole, ""));
            let (_, after) = rest.split_once(')').unwrap_or(("", rest));
            let text = format!("{before}({}){after}", kept.join(", "));
            (
                format!("allow only `{}`", kept.join("`, `")),
                vec![Edit::replace(Span::new(start, end), text)],
            )
        }
    });
}
