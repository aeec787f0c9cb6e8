//! A string is checked to be UTF-8 on one side only.
//!
//! ## What breaks
//! A reader that checks refuses the whole message when one string is not UTF-8. A writer that does not check may have written
//! such a string.
//!
//! ## Examples
//! ```proto,before
//! edition = "2023";
//!
//! message User {
//!   string name = 1 [features.utf8_validation = NONE];
//! }
//! ```
//! ```proto,after,bad
//! edition = "2023";
//!
//! message User {
//!   string name = 1;
//! }
//! ```

use super::compare::{Aspect, Compare};
use super::field_same_utf8_validation::{check, check_entry};
use crate::checks::rule::{Check, FixSafety, Group, Rule};

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Type,
        &[Compare::Field(check), Compare::MapEntry(check_entry)],
    ),
};
