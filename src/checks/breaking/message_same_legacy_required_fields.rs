//! A field that has to be set was added or removed.
//!
//! ## What breaks
//! In editions `features.field_presence = LEGACY_REQUIRED` is what `required` was: a reader refuses every message without the
//! field. buf's rule looks at the keyword only.
//!
//! ## Examples
//! ```proto,before
//! edition = "2023";
//!
//! message User {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! edition = "2023";
//!
//! message User {
//!   string name = 1;
//!   string mail = 2 [features.field_presence = LEGACY_REQUIRED];
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::judge;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Field, Message};
use crate::syntax::tree::FieldLabel;

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Existence,
        &[Compare::FieldAdded(added), Compare::FieldRemoved(removed)],
    ),
};

/// Whether a field has to be set although it has no `required`.
fn is_meant(field: Field<'_>) -> bool {
    field.cardinality() == Cardinality::Required && field.label() != Some(FieldLabel::Required)
}

fn added<'s>(field: Field<'s>, messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    if !is_meant(field) {
        return;
    }
    cx.report(
        Place::Part(field.file(), field.span()),
        messages.before.file(),
        symbol(field),
        format!(
            "message `{}` has a new required field `{}`",
            messages.after.full_name(),
            field.name()
        ),
    )
    .verdict(judge::required_field(field, messages.before))
    .help("make it optional, and check for it in code");
}

fn removed<'s>(field: Field<'s>, messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    if !is_meant(field) {
        return;
    }
    cx.report(
        Place::Part(messages.after.file(), messages.after.span()),
        field.file(),
        symbol(field),
        format!(
            "message `{}` no longer has the required field `{}`",
            messages.after.full_name(),
            field.name()
        ),
    )
    .verdict(judge::required_field(field, messages.after))
    .before(field.file(), field.span(), "required here in the baseline")
    .help("keep the field required as long as old readers may see the message");
}
