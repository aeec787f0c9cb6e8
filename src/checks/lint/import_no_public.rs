//! An import is public, so it passes on what it imports.
//!
//! ## Why
//! A public import passes on all names of the imported file. Files come to depend on names that they do not import, so
//! that the import can never be removed, and generators for several languages (Go, Rust) do not pass anything on.
//!
//! ## Examples
//! ```proto,bad
//! // file: a.proto
//! syntax = "proto3";
//! import public "b.proto";
//! // file: b.proto
//! syntax = "proto3";
//! ```
//! ```proto,good
//! // file: a.proto
//! syntax = "proto3";
//! import "b.proto";
//! // file: b.proto
//! syntax = "proto3";
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::File;
use crate::syntax::tree::{Import, ImportKind};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Import(check)),
};

fn check<'s>(import: &'s Import, _: Option<File<'s>>, cx: &mut Cx<'s>) {
    if import.kind == ImportKind::Public {
        let file = cx.file().syntax();
        let path = file.joined(import.path);
        cx.report(
            file.span(import.tokens),
            format!("import of `{}` is public", path.trim_matches(['"', '\''])),
        )
        .help("import the file where its names are used, and remove `public`");
    }
}
