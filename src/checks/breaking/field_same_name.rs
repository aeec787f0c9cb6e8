//! A field was renamed.
//!
//! ## What breaks
//! JSON and text formats hold names: what was written with the old name is refused. Code that names the field no
//! longer compiles; field masks and HTTP paths with the old name fail.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string mail = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string email = 1;
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   string mail = 1;
//! }
//! ```

use std::borrow::Cow;

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Name, &[Compare::Field(check)]),
};

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let names = fields.map(|field| {
        if field.is_extension() {
            Cow::Owned(field.full_name())
        } else {
            field.name()
        }
    });
    if names.is_same() {
        return;
    }
    let number = fields.after.number().unwrap_or_default();
    cx.report(
        Place::Part(fields.after.file(), fields.after.written_name().span),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "field {number} was called `{}` and is now called `{}`",
            names.before, names.after
        ),
    )
    .help("keep the old name; to change only what readers of the code see, deprecate the field and add a new one");
}
