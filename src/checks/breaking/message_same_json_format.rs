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
use crate::schema::Message;
use crate::schema::diff::Pair;
use crate::schema::features::JsonFormat;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Option, &[Compare::Message(check)]),
};

fn check<'s>(pair: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let formats = pair.map(|node| node.features().json_format);
    if formats.before != JsonFormat::Allow || formats.is_same() {
        return;
    }
    let place = options::feature_place(
        pair.after.options(),
        Feature::MESSAGE_JSON_FORMAT,
        pair.after.span(),
    );
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
