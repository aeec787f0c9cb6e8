//! A field has a number that another field had in the past.
//!
//! ## What breaks
//! Bytes written for the old field are read as the new one, or make the whole message fail. The baseline does not show it:
//! the old field is long gone.
//!
//! The whole history of the repository is looked at, up to the baseline: an error where the old holder was in a release (a tag
//! that matches `release_tags`), else a warning. A revert, or the return of the same name and type, is no finding.
//!
//! ## Examples
//! ```proto,before
//! message Policy {
//!   string name = 1;
//!   int32 fee = 11;
//! }
//! ```
//! ```proto,before
//! message Policy {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! message Policy {
//!   string name = 1;
//!   bool create_missing_edge = 11;
//! }
//! ```

use super::compare::{Aspect, Compare};
use crate::checks::rule::{Check, FixSafety, Group, Rule};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Number, &[Compare::History]),
};
