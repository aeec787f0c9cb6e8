//! An extension is gone.
//!
//! ## What breaks
//! What was written as the extension is unknown to readers. Where the number is not kept from being used again, the next
//! extension with it reads what was written for this one.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! message Event {
//!   extensions 100 to 200;
//! }
//!
//! extend Event {
//!   optional string source = 100;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! message Event {
//!   extensions 100 to 200;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, surviving_place, symbol};
use super::judge::{breaks, when};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Shape, Verdict, field_change};
use crate::schema::Field;

pub(super) static RULE: Rule = Rule {
    group: Group::WireOnly,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::ExtensionRemoved(check)]),
};

fn check<'s>(extension: Field<'s>, cx: &mut BreakingCx<'s>) {
    let (Some(number), Some(extendee)) = (extension.number(), extension.containing_message())
    else {
        return;
    };
    let name = extension.full_name();
    let after = cx.after();
    let taker = after
        .message(extendee.full_name())
        .and_then(|message| message.field_numbered(number));
    let wire = match taker {
        // A20: a field of the message has taken over.
        Some(taker) => field_change(Shape::of(extension), Shape::of(taker), cx.structures()).wire,
        None => when(format!(
            "number {number} of `{}` is never used again",
            extendee.full_name()
        )),
    };
    let place = match after.file_named(extension.file().path()) {
        Some(file) => match extension.scope() {
            Some(scope) => surviving_place(file, &format!("{}.", scope.name().text)),
            None => Place::File(file),
        },
        None => Place::Nowhere,
    };
    cx.report(
        place,
        extension.file(),
        symbol(extension),
        format!(
            "extension `{name}` with number {number} of `{}` is gone",
            extendee.full_name()
        ),
    )
    .verdict(Verdict::new(
        wire,
        breaks(format!("the key `[{name}]` is refused")),
        breaks(format!("`{name}` is gone from generated code")),
    ))
    .before(
        extension.file(),
        extension.span(),
        "declared here in the baseline",
    )
    .help("keep it, or declare its number as reserved in the extension range");
}
