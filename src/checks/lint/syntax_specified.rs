//! A file does not say which syntax it is written in.
//!
//! ## Why
//! Without a `syntax` or `edition` statement a file is proto2. What is meant as proto3 then has closed enums, fields that
//! are written unpacked, and no check of UTF-8: other bytes for the same text.
//!
//! ## Examples
//! ```proto,bad
//! package acme.shop.v1;
//! message Order {}
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.shop.v1;
//! message Order {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::diagnostic::{Claim, Safety};
use crate::schema::File;
use crate::syntax::Token;
use crate::syntax::tree::Item;
use crate::text::Edit;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[
        Other::Protolint("SYNTAX_CONSISTENT"),
        Other::ApiLinter("0191::proto-version"),
    ],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    if file.syntax_span().is_none() {
        cx.report_file(
            "the file has no `syntax` or `edition` statement, so it is read as proto2".to_owned(),
        )
        .help("begin it with `syntax = \"proto2\";`, or with what it is meant to be")
        .fix(Safety::Safe, Claim::Nothing, || {
            let statement = "syntax = \"proto2\";";
            let edit = Edit::insert(place(file), format!("{statement}\n\n"));
            (
                format!("write `{statement}`, which is what it is read as"),
                vec![edit],
            )
        });
    }
}

/// Where the statement goes: behind the comments at the head of the file. One that leads a definition belongs to that.
fn place(file: File<'_>) -> u32 {
    let syntax = file.syntax();
    let first = Token(0);
    let is_definition = matches!(
        syntax.tree().file_items().first(),
        Some(Item::Message(_) | Item::Enum(_) | Item::Service(_) | Item::Extend(_))
    );
    match syntax.leading_comment(first) {
        Some(comment) if is_definition => comment.span.start,
        _ => syntax.tokens().span(first).start,
    }
}
