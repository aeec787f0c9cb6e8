//! The JSON name of a field is read as another field.
//!
//! ## What breaks
//! JSON knows a field by its key alone. Where `json_name` gives the key of one field to another, what was written for the
//! first is refused or read as the second, whatever numbers and names are reserved. A reader takes the name of a field in the
//! schema for its key too.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string mail = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   reserved 1;
//!   reserved "mail";
//!   repeated string mails = 2 [json_name = "mail"];
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   reserved 1;
//!   reserved "mail";
//!   repeated string mails = 2;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict, json_of_new, json_of_old, reading_in_json};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message};

pub(super) static RULE: Rule = Rule {
    group: Group::Json,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Name,
        &[Compare::FieldRemoved(removed), Compare::FieldAdded(added)],
    ),
};

/// What is written for a field that is gone, and read by one that is left.
fn removed<'s>(before: Field<'s>, messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let is_moved = messages.after.field_named(&before.name()).is_some();
    if let Some(after) = reading_in_json(before, messages.after)
        && !is_moved
    {
        let json = json_of_old(before, messages.after, cx.structures());
        report(&before.json_name(), Pair { before, after }, json, cx);
    }
}

/// What is written for a field that has come, and read by one that keeps its own key.
fn added<'s>(after: Field<'s>, messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let is_moved = messages.before.field_named(&after.name()).is_some();
    if let Some(before) = reading_in_json(after, messages.before)
        && !is_moved
        && reading_in_json(before, messages.after) != Some(after)
    {
        let json = json_of_new(messages.before, after, cx.structures());
        report(&after.json_name(), Pair { before, after }, json, cx);
    }
}

fn report<'s>(key: &str, fields: Pair<Field<'s>>, json: Outcome, cx: &mut BreakingCx<'s>) {
    if json.rank() == 0 {
        return;
    }
    let Pair { before, after } = fields;
    let file = after.file();
    let place = after
        .json_name_setting()
        .map_or(after.span(), |setting| file.syntax().span(setting.tokens));
    cx.report(
        Place::Part(file, place),
        before.file(),
        symbol(after),
        format!(
            "the JSON name `{key}` was that of field `{}` and is now that of field `{}`",
            before.name(),
            after.name()
        ),
    )
    .before(before.file(), before.span(), "the baseline has this field")
    .verdict(Verdict::new(Outcome::Safe, json, Outcome::Safe))
    .help(format!("give `{}` a key of its own", after.name()));
}
