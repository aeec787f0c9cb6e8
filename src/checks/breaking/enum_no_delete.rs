//! An enum is gone from its file.
//!
//! ## What breaks
//! Code that uses the enum no longer compiles, and fields of its type cannot keep it. An enum that only moved to
//! another file still breaks code that is generated file by file.
//!
//! ## Examples
//! ```proto,before
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_LOST = 1;
//! }
//!
//! message M {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! message M {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,good
//! enum Status {
//!   STATUS_UNSPECIFIED = 0;
//!   STATUS_LOST = 1;
//! }
//!
//! message M {
//!   string name = 1;
//! }
//! ```

use rustc_hash::FxHashSet;

use super::compare::{Aspect, BreakingCx, Compare, in_package, nested_name, surviving_place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Enum, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::File(check)]),
};

fn check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
    let kept: FxHashSet<&str> = files.after.all_enums().map(Enum::full_name).collect();
    for before in files.before.all_enums() {
        let nested = nested_name(before.full_name(), files.before.package());
        let name = in_package(files.after.package(), nested);
        if kept.contains(name.as_str()) {
            continue;
        }
        cx.report(
            surviving_place(files.after, nested),
            files.before,
            before.full_name(),
            format!("enum `{nested}` was removed from this file"),
        )
        .before(
            files.before,
            before.name().span,
            "declared here in the baseline",
        )
        .help("keep it, marked with `option deprecated = true;`");
    }
}
