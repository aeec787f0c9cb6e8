//! An enum value has a number that another value had in the past.
//!
//! ## What breaks
//! What was stored as the old value is read as the new one, without any error.
//!
//! The whole history of the repository is looked at, up to the baseline: an error where the old holder was in a release (a tag
//! that matches `release_tags`), else a warning. A revert, or the return of the same name and type, is no finding.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_DRAFT = 1;
//! }
//! ```
//! ```proto,before
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//! }
//! ```
//! ```proto,after,bad
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_PAID = 1;
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
