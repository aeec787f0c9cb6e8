//! A message can no longer be found by its full name.
//!
//! ## What breaks
//! An `Any` names what it holds by its full name. Once no message has that name, what was stored or sent can no longer be
//! unpacked, nor be written as JSON.
//!
//! ## Examples
//! ```proto,before
//! message OrderPlaced {
//!   string id = 1;
//! }
//!
//! message OrderPaid {
//!   string id = 1;
//! }
//! ```
//! ```proto,after,bad
//! message OrderPlaced {
//!   string id = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, nested_name, surviving_place};
use super::judge::{breaks, when};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::Verdict;
use crate::schema::Message;

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::MessageRemoved(check)]),
};

fn check<'s>(message: Message<'s>, cx: &mut BreakingCx<'s>) {
    let file = message.file();
    let name = message.full_name();
    let place = match cx.after().file_named(file.path()) {
        Some(after) => surviving_place(after, nested_name(name, file.package())),
        None => Place::Nowhere,
    };
    let condition = || when(format!("no `Any` holds a `{name}`"));
    cx.report(
        place,
        file,
        name,
        format!("no message is called `{name}` any more"),
    )
    .verdict(Verdict::new(
        condition(),
        condition(),
        breaks(format!("`{name}` is gone from generated code")),
    ))
    .before(file, message.name().span, "declared here in the baseline")
    .help("keep it, marked with `option deprecated = true;`, until nothing holds it");
}
