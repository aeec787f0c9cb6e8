//! The JSON name of a field changed.
//!
//! ## What breaks
//! JSON that is stored, or that other versions send, has the old key: it is refused, or its value is dropped.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string mail = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string mail = 1 [json_name = "email"];
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   string address = 1 [json_name = "mail"];
//! }
//! ```

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
    if fields.before.is_extension() || fields.after.is_extension() {
        return;
    }
    let names = fields.map(Field::json_name);
    if names.before == names.after {
        return;
    }
    let file = fields.after.file();
    let place = fields
        .after
        .json_name_setting()
        .map_or(fields.after.span(), |setting| {
            file.syntax().span(setting.tokens)
        });
    cx.report(
        Place::Part(file, place),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "the JSON name of field `{}` was `{}` and is now `{}`",
            fields.after.name(),
            names.before,
            names.after
        ),
    )
    .help(format!(
        "keep the key with `[json_name = \"{}\"]`",
        names.before
    ));
}
