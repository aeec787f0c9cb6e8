//! A small message has a field with a number above 15.
//!
//! ## Why
//! Numbers up to 15 take one byte on the wire with their type, those above take two. In a message that is sent often and has few fields
//! that is a good part of it.
//!
//! ## Examples
//! ```proto,bad
//! message Point {
//!   int32 x = 1;
//!   int32 y = 100;
//! }
//! ```
//! ```proto,good
//! message Point {
//!   int32 x = 1;
//!   int32 y = 2;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Message;

pub(super) static RULE: Rule = Rule {
    group: Group::Hint,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Message(check)),
};

/// Numbers up to this one take one byte with the wire type.
const ONE_BYTE: i32 = 15;

fn check(message: Message<'_>, cx: &mut Cx<'_>) {
    let fields = message.fields().count();
    let is_reserved = message.reserved_statements().next().is_some();
    if fields > ONE_BYTE.unsigned_abs() as usize || is_reserved {
        return;
    }
    for field in message.fields() {
        let Some(number) = field.number().filter(|&number| number > ONE_BYTE) else {
            continue;
        };
        let name = field.name();
        cx.report(
            field.number_span(),
            format!(
                "field `{name}` has number {number} although numbers up to {ONE_BYTE} are free"
            ),
        )
        .help("take a lower number while the message is new; never change one that is in use");
    }
}
