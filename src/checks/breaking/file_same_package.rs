//! The package of a file changed.
//!
//! ## What breaks
//! The full name of everything in the file changes: gRPC paths, type URLs in `Any`, and the names in generated code.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto3";
//!
//! package acme.v1;
//!
//! message User {
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto3";
//!
//! package acme.v2;
//!
//! message User {
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::File;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Package, &[Compare::File(check)]),
};

fn check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
    let packages = files.map(File::package);
    if packages.is_same() {
        return;
    }
    let place = files
        .after
        .package_span()
        .map_or(Place::File(files.after), |span| {
            Place::Part(files.after, span)
        });
    cx.report(
        place,
        files.before,
        files.before.path(),
        match (packages.before, packages.after) {
            ("", after) => format!("this file had no package and is now in `{after}`"),
            (before, "") => format!("the package of this file was `{before}` and is gone"),
            (before, after) => {
                format!("the package of this file was `{before}` and is now `{after}`")
            }
        },
    )
    .help("keep the package; a new version of it belongs in a new file");
}
