//! Numbers are no longer open to extensions.
//!
//! ## What breaks
//! Extensions with these numbers cannot be declared any more, so that their values are unknown to readers.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! message Event {
//!   extensions 100 to 200;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! message Event {
//!   extensions 100 to 150;
//! }
//! ```

use super::compare::{Aspect, Compare};
use super::extension_message_no_delete::check;
use crate::checks::rule::{Check, FixSafety, Group, Rule};

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::ExtensionRange, &[Compare::Message(check)]),
};
