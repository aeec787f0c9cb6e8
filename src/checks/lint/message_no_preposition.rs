//! The name of a message holds a preposition.
//!
//! ## Why
//! A preposition is a sign that the name is a phrase, or that it says what another message says for one case only. Turned around it is
//! shorter, and sorts next to its kin.
//!
//! ## Examples
//! ```proto,bad
//! message HistoryOfOrder {}
//! ```
//! ```proto,good
//! message OrderHistory {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Message;
use crate::text::{case, english};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::RenameByHand,
    same_as: &[Other::Protolint("MESSAGE_NAMES_EXCLUDE_PREPOSITIONS")],
    check: Check::Lint(Visit::Message(check)),
};

fn check(message: Message<'_>, cx: &mut Cx<'_>) {
    let name = message.name();
    if let Some(word) = english::preposition(case::words(name.text)) {
        cx.report(
            name,
            format!("message name `{name}` holds the preposition `{word}`"),
        )
        .help("turn the phrase around: `order_reason`, not `reason_for_order`");
    }
}
