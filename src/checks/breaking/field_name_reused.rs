//! A field has a name that a field of another kind had in the past.
//!
//! ## What breaks
//! JSON and text hold names: what was written for the old field is read as the new one, or refused.
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
//!   string fee = 12;
//! }
//! ```

use super::compare::{Aspect, Compare};
use crate::checks::rule::{Check, FixSafety, Group, Rule};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Name, &[Compare::History]),
};
