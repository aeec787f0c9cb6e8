//! Nothing of an imported file is used.
//!
//! ## Why
//! Whoever needs this file has to build the imported one too: more generated code, more dependencies, more reasons to
//! build again. Public imports are left alone, they are there for others.
//!
//! ## Examples
//! ```proto,bad
//! // file: a.proto
//! syntax = "proto3";
//! import "b.proto";
//! message A {}
//! // file: b.proto
//! syntax = "proto3";
//! message B {}
//! ```
//! ```proto,fixed
//! // file: a.proto
//! syntax = "proto3";
//! message A {}
//! // file: b.proto
//! syntax = "proto3";
//! message B {}
//! ```
//!
//! ## Fix
//! Removes the line. Safe: an unused import contributes nothing.

use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::checks::{Cx, statement};
use crate::diagnostic::{Claim, Safety};
use crate::schema::File;
use crate::syntax::tree::{Import, ImportKind};
use crate::text::Edit;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[Other::ApiLinter("0191::unused-imports")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let unused: Vec<&Import> = file.unused_imports().collect();
    for (import, to) in file.import_statements() {
        let is_unused = unused.iter().any(|unused| std::ptr::eq(*unused, import));
        let Some(to) = to.filter(|_| is_unused && import.kind != ImportKind::Public) else {
            continue;
        };
        let span = file.syntax().span(import.tokens);
        cx.report(span, format!("nothing of `{}` is used", to.path()))
            .help("remove the import")
            .fix(Safety::Safe, Claim::Imports, || {
                let lines = statement::whole_lines(file.source(), span);
                let line = statement::with_one_blank_line(file.source().text(), lines);
                ("remove the import".to_owned(), vec![Edit::delete(line)])
            });
    }
}
