//! A comment silences a rule and does not say why.
//!
//! ## Why
//! In a year nobody knows whether the exception was a decision or a way to get the build through, and nobody dares to
//! take it away.
//!
//! ## Examples
//! ```proto,bad
//! // protogov:allow(MESSAGE_PASCAL_CASE)
//! message order {}
//! ```
//! ```proto,good
//! // protogov:allow(MESSAGE_PASCAL_CASE) the name is printed on receipts
//! message order {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::checks::suppression::{Named, Suppression};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Suppressions(check)),
};

fn check(suppression: &Suppression, _: &dyn Fn(&str) -> bool, cx: &mut Cx<'_>) {
    let is_named = matches!(&suppression.rules, Named::Ids(ids) if !ids.is_empty());
    if is_named && suppression.reason.is_empty() {
        cx.report(
            suppression.span,
            "the comment allows a finding and gives no reason".to_owned(),
        )
        .help("say after the rule why it does not count here");
    }
}
