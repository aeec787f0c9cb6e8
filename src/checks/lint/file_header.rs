//! A file does not begin with a comment.
//!
//! ## Why
//! The first lines say what the file is for, and whose it is: licence, owner, what belongs here and what does not.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```
//! ```proto,good
//! // Orders of the web shop: what was bought, and where it is.
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;
use crate::syntax::Token;

pub(super) static RULE: Rule = Rule {
    group: Group::Docs,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::Protolint("FILE_HAS_COMMENT")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let gap = file.syntax().tokens().gap_before(Token(0));
    if !file.source().slice(gap).contains('/') {
        cx.report_file("the file does not begin with a comment".to_owned())
            .help("say in the first lines what the file is for");
    }
}
