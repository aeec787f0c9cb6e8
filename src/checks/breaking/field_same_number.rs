//! A field of that name has another number.
//!
//! ## What breaks
//! The number is all that bytes know of a field. What was written under the old number is lost, or read as the field that
//! has it now, without any error where the types fit. No rule on numbers sees it: each number is still there.
//!
//! ## Examples
//! ```proto,before
//! message Transfer {
//!   int64 from = 1;
//!   int64 to = 2;
//! }
//! ```
//! ```proto,after,bad
//! message Transfer {
//!   int64 to = 1;
//!   int64 from = 2;
//! }
//! ```
//! ```proto,after,good
//! message Transfer {
//!   int64 to = 2;
//!   int64 from = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::judge::{breaks, silent};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Shape, Structures, Verdict, field_change, json_of_both};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message};

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Number, &[Compare::Message(check)]),
};

fn check<'s>(messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    for before in messages.before.fields() {
        let name = before.name();
        let Some(after) = messages.after.field_named(&name) else {
            continue;
        };
        let (Some(old), Some(new)) = (before.number(), after.number()) else {
            continue;
        };
        if old == new {
            continue;
        }
        let taker = messages.after.field_numbered(old);
        let (aspect, now) = match taker {
            Some(taker) => (Aspect::Name, format!("; {old} is now `{}`", taker.name())),
            None => (Aspect::Existence, String::new()),
        };
        let verdict = verdict(Pair { before, after }, messages, taker, cx.structures());
        cx.report(
            Place::Part(after.file(), after.number_span()),
            before.file(),
            symbol(before),
            format!("field `{name}` had number {old} and now has {new}{now}"),
        )
        .aspect(aspect)
        .verdict(verdict)
        .before(
            before.file(),
            before.number_span(),
            "the baseline has this number",
        )
        .help(format!("give `{name}` number {old} again"));
    }
}

/// A8, and A9 where another field has the number now.
fn verdict(
    fields: Pair<Field<'_>>,
    messages: Pair<Message<'_>>,
    taker: Option<Field<'_>>,
    structures: &Structures,
) -> Verdict {
    let of = |after| field_change(Shape::of(fields.before), Shape::of(after), structures);
    let name = fields.before.name();
    let lost = || {
        breaks(format!(
            "`{name}` is looked for under another number, so its values are lost"
        ))
    };
    let wire = match taker {
        None => lost(),
        Some(taker) => match of(taker).wire {
            Outcome::Break(_) => lost(),
            _ => silent(format!(
                "`{name}` is read as `{}`, without an error",
                taker.name()
            )),
        },
    };
    let json = json_of_both(fields, messages, structures);
    Verdict::new(wire, json, of(fields.after).source)
}
