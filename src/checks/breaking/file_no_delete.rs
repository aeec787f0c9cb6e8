//! A file is gone.
//!
//! ## What breaks
//! Everybody who imports the file, or the code generated for it, fails to compile.
//!
//! ## Examples
//! ```proto,before
//! // A file `acme/user.proto` with
//! message User {
//!   string name = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::FileRemoved(check)]),
};

fn check<'s>(file: File<'s>, cx: &mut BreakingCx<'s>) {
    cx.report(
        Place::Nowhere,
        file,
        file.path(),
        format!("file `{}` was removed", file.path()),
    )
    .help("keep the file; if its declarations moved, let it import their new place publicly");
}
