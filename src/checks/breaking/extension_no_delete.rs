//! An extension is gone from its file.
//!
//! ## What breaks
//! Code that uses the extension no longer compiles, and what was stored under its number becomes unknown.
//!
//! ## Examples
//! ```proto,before
//! import "google/protobuf/descriptor.proto";
//!
//! extend google.protobuf.FieldOptions {
//!   string owner = 50001;
//! }
//! ```
//! ```proto,after,bad
//! import "google/protobuf/descriptor.proto";
//! ```

use rustc_hash::FxHashSet;

use super::compare::{Aspect, BreakingCx, Compare, in_package, nested_name, surviving_place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Field, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Existence, &[Compare::File(check)]),
};

fn check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
    let kept: FxHashSet<String> = files.after.all_extensions().map(Field::full_name).collect();
    for before in files.before.all_extensions() {
        let full_name = before.full_name();
        let nested = nested_name(&full_name, files.before.package()).to_owned();
        let name = in_package(files.after.package(), &nested);
        if kept.contains(&name) {
            continue;
        }
        cx.report(
            surviving_place(files.after, &nested),
            files.before,
            full_name,
            format!("extension `{nested}` was removed from this file"),
        )
        .before(files.before, before.span(), "declared here in the baseline")
        .help("keep it, marked with `[deprecated = true]`");
    }
}
