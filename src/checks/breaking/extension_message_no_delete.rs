//! Numbers are no longer open to extensions.
//!
//! ## What breaks
//! Extensions with these numbers no longer compile, and what was stored under them becomes unknown.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! message User {
//!   extensions 100 to 199;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! message User {
//!   extensions 100 to 149;
//! }
//! ```
//! ```proto,after,good
//! syntax = "proto2";
//!
//! message User {
//!   extensions 100 to 149;
//!   extensions 150 to 299;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::ranges::{self, Ranges};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Message;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::ExtensionRange, &[Compare::Message(check)]),
};

pub(super) fn check<'s>(messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let current = Ranges::of(messages.after.extension_ranges());
    for range in messages.before.extension_ranges() {
        if current.cover(range) {
            continue;
        }
        cx.report(
            Place::Part(messages.after.file(), messages.after.span()),
            messages.before.file(),
            messages.before.full_name(),
            format!(
                "message `{}` no longer has all of the extension range {}",
                messages.after.full_name(),
                ranges::shown(range)
            ),
        )
        .help(
            "keep the range open; numbers that must not be used can be declared as reserved in it",
        );
    }
}
