//! A message lost its standard `descriptor()` accessor.
//!
//! ## What breaks
//! Generated code no longer has the accessor, and code that calls it does not compile.
//!
//! ## Examples
//! ```proto,before
//! message User {
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   option no_standard_descriptor_accessor = true;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Message;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Option, &[Compare::Message(check)]),
};

fn check<'s>(messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let removed = messages.map(|message| message.options().boolean(ACCESSOR).unwrap_or(false));
    if removed.before || !removed.after {
        return;
    }
    let place = messages
        .after
        .options()
        .get(ACCESSOR)
        .map_or(messages.after.span(), |option| option.span());
    cx.report(
        Place::Part(messages.after.file(), place),
        messages.before.file(),
        messages.before.full_name(),
        format!(
            "message `{}` no longer has the standard descriptor accessor",
            messages.after.full_name()
        ),
    )
    .help("remove `no_standard_descriptor_accessor`");
}

/// `MessageOptions.no_standard_descriptor_accessor`
const ACCESSOR: i32 = 2;
