//! The parts of a file are not in the usual order.
//!
//! ## Why
//! Readers look for the package at the top, then for imports and options, then for services and types. Google's style guide has that
//! order, and formatters keep it. <https://protobuf.dev/programming-guides/style/#file-structure>
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto3";
//! message Order {}
//! package acme.shop.v1;
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.shop.v1;
//! message Order {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;
use crate::syntax::tree::Item;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("ORDER"),
        Other::ApiLinter("0191::file-layout"),
    ],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let syntax = file.syntax();
    let tree = syntax.tree();
    let mut last = 0;
    let mut reported = None;
    let mut last_noun = "syntax";
    for item in tree.file_items() {
        let (rank, noun, tokens) = match *item {
            Item::Package(index) => (1, "package statement", tree[index].tokens),
            Item::Import(index) => (2, "import", tree[index].tokens),
            Item::Option(index) => (3, "option", tree[index].tokens),
            Item::Message(_) | Item::Enum(_) | Item::Service(_) | Item::Extend(_) => {
                (last, last_noun) = (4, "definition");
                continue;
            }
            _ => continue,
        };
        if rank < last {
            // One finding for all imports that come too late.
            if reported.replace(rank) == Some(rank) {
                continue;
            }
            cx.report(
                syntax.span(tokens),
                format!("the {noun} stands after the first {last_noun}"),
            )
            .help("put `syntax`, `package`, imports, options and definitions in this order");
        } else {
            (last, last_noun) = (rank, noun);
        }
    }
}
