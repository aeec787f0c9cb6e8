//! The syntax of a file changed.
//!
//! ## What breaks
//! What is implied changes with it: presence, packed encoding, open or closed enums, checks of strings. All editions
//! count as one syntax here; what their features change has rules of its own.
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
//! syntax = "proto3";
//!
//! message User {
//!   optional string name = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Edition, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Syntax, &[Compare::File(check)]),
};

fn check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
    let syntaxes = files.map(|file| syntax(file.edition()));
    if syntaxes.is_same() {
        return;
    }
    let place = files
        .after
        .syntax_span()
        .map_or(Place::File(files.after), |span| {
            Place::Part(files.after, span)
        });
    cx.report(
        place,
        files.before,
        files.before.path(),
        format!(
            "the syntax of this file was {} and is now {}",
            syntaxes.before, syntaxes.after
        ),
    )
    .help("keep the syntax, or move to an edition with features that keep the old behaviour");
}

const fn syntax(edition: Edition) -> &'static str {
    match edition {
        Edition::Proto2 => "proto2",
        Edition::Proto3 => "proto3",
        Edition::Edition2023 | Edition::Edition2024 => "an edition",
    }
}
