//! Something is gone that was not deprecated for long enough.
//!
//! ## What breaks
//! Nothing that a removal does not break anyway; but nobody was warned. `deprecated` shows in generated code, and the time until
//! the removal is the time that users have to move on.
//!
//! The rule is silent until it is told how many days that is. Since when something is deprecated is read from the history up
//! to the baseline; a baseline without history, and a shallow clone that ends within that time, say nothing.
//!
//! ## Options
//! ```toml
//! [rules.NO_DELETE_WITHOUT_DEPRECATION]
//! days = 180
//! severity = "error"
//! ```
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string name = 1;
//!   string nick = 2 [deprecated = true];
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string name = 1;
//!   reserved 2;
//!   reserved "nick";
//! }
//! ```

use super::compare::{Aspect, Compare};
use crate::checks::rule::{Check, FixSafety, Group, Rule};

pub(super) static RULE: Rule = Rule {
    group: Group::Source,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::History]),
};
