//! A message is gone from its file.
//!
//! ## What breaks
//! Code that uses the message no longer compiles, and an `Any` that holds it can no longer be unpacked. A message
//! that only moved to another file still breaks code that is generated file by file.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string name = 1;
//! }
//!
//! message Address {
//!   string city = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   string name = 1;
//! }
//!
//! message Address {
//!   option deprecated = true;
//!   string city = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, surviving_place};
use super::removed;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::File;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::File(check)]),
};

fn check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
    for (nested, full_name, span) in removed::messages(files.before, files.after) {
        cx.report(
            surviving_place(files.after, &nested),
            files.before,
            full_name,
            format!("message `{nested}` was removed from this file"),
        )
        .before(files.before, span, "declared here in the baseline")
        .help("keep it, marked with `option deprecated = true;`");
    }
}
