//! A required field was added or removed.
//!
//! ## What breaks
//! A reader that requires a field refuses every message without it: what was written before it was required, or after
//! it no longer is.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! message User {
//!   optional string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! message User {
//!   optional string name = 1;
//!   required string email = 2;
//! }
//! ```

use rustc_hash::FxHashSet;

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::judge;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message};
use crate::syntax::tree::FieldLabel;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Cardinality, &[Compare::Message(check)]),
};

fn check<'s>(messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let required = messages.map(|message| -> Vec<Field<'s>> {
        message
            .fields()
            .filter(|field| field.label() == Some(FieldLabel::Required))
            .collect()
    });
    let numbers = Pair {
        before: numbers(&required.before),
        after: numbers(&required.after),
    };
    let full_name = messages.after.full_name();
    for before in &required.before {
        if !numbers.after.contains(&before.number()) {
            let name = before.name();
            cx.report(
                Place::Part(messages.after.file(), messages.after.span()),
                messages.before.file(),
                symbol(*before),
                format!("message `{full_name}` no longer has the required field `{name}`"),
            )
            .before(
                before.file(),
                before.span(),
                "required here in the baseline",
            )
            .verdict(judge::required_field(*before, messages.after))
            .help("keep the field required as long as old readers may see the message");
        }
    }
    for after in &required.after {
        if !numbers.before.contains(&after.number()) {
            let name = after.name();
            cx.report(
                Place::Part(after.file(), after.span()),
                messages.before.file(),
                symbol(*after),
                format!("message `{full_name}` has a new required field `{name}`"),
            )
            .verdict(judge::required_field(*after, messages.before))
            .help("make it optional, and check for it in code");
        }
    }
}

fn numbers(fields: &[Field<'_>]) -> FxHashSet<Option<i32>> {
    fields.iter().map(|field| field.number()).collect()
}
