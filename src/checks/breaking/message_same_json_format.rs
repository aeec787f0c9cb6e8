//! JSON is no longer guaranteed for a message.
//!
//! ## What breaks
//! With `LEGACY_BEST_EFFORT` names may clash in JSON, and readers do what they can. What was written before may no
//! longer be read.
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
//!   option features.json_format = LEGACY_BEST_EFFORT;
//!   string name = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::options::{self, Feature};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::features::JsonFormat;
use crate::schema::{Field, Message};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Option,
        &[Compare::Message(check), Compare::MapEntry(check_entry)],
    ),
};

fn check<'s>(pair: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let place = options::feature_place(
        pair.after.options(),
        Feature::MESSAGE_JSON_FORMAT,
        pair.after.span(),
    );
    compare(pair, place, cx);
}

/// The entry of a map is a message that has the features of the one around it.
fn check_entry<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let messages = fields.map(Field::containing_message);
    if let (Some(before), Some(after)) = (messages.before, messages.after) {
        compare(Pair { before, after }, fields.after.type_span(), cx);
    }
}

fn compare<'s>(pair: Pair<Message<'s>>, place: Span, cx: &mut BreakingCx<'s>) {
    let formats = pair.map(|node| node.features().json_format);
    if formats.before != JsonFormat::Allow || formats.is_same() {
        return;
    }
    cx.report(
        Place::Part(pair.after.file(), place),
        pair.before.file(),
        pair.before.full_name(),
        format!(
            "JSON of message `{}` was guaranteed and is now made by best effort",
            pair.after.full_name()
        ),
    )
    .verdict(Verdict::new(
        Outcome::Safe,
        Outcome::Conditional("no two names are the same in JSON".into()),
        Outcome::Safe,
    ))
    .help("keep `json_format = ALLOW`");
}
