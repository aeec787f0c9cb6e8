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
//! ```proto,fixed
//! syntax = "proto3";
//!
//! package acme.shop.v1;
//! message Order {}
//! ```
//!
//! ## Fix
//! Moves what comes too late, with its comments, behind what it belongs to; nothing changes its order among its like.
//! Safe: where statements stand means nothing.

use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::checks::{Cx, statement};
use crate::diagnostic::{Claim, Safety};
use crate::schema::File;
use crate::syntax::tree::Item;
use crate::syntax::{TokenRange, Tree};
use crate::text::{Edit, Span};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::Safe,
    same_as: &[
        Other::Protolint("ORDER"),
        Other::ApiLinter("0191::file-layout"),
    ],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let syntax = file.syntax();
    let tree = syntax.tree();
    let mut is_offered = false;
    let mut last = 0;
    let mut reported = None;
    let mut last_noun = "syntax";
    for item in tree.file_items() {
        let (rank, noun, tokens) = match ranked(tree, *item) {
            Some((4, noun, _)) => {
                (last, last_noun) = (4, noun);
                continue;
            }
            Some(part) => part,
            None => continue,
        };
        if rank < last {
            // One finding for all imports that come too late.
            if reported.replace(rank) == Some(rank) {
                continue;
            }
            // One fix for the whole file.
            let wants_fix = cx.wants_fixes() && !std::mem::replace(&mut is_offered, true);
            let moves = wants_fix.then(|| edits(file)).flatten();
            let report = cx
                .report(
                    syntax.span(tokens),
                    format!("the {noun} stands after the first {last_noun}"),
                )
                .help("put `syntax`, `package`, imports, options and definitions in this order");
            if let Some(edits) = moves {
                report.fix(Safety::Safe, Claim::Nothing, || {
                    ("put the parts of the file in order".to_owned(), edits)
                });
            }
        } else {
            (last, last_noun) = (rank, noun);
        }
    }
}

/// The place of a part in the usual order, what it is called, and its tokens.
fn ranked(tree: &Tree, item: Item) -> Option<(u8, &'static str, TokenRange)> {
    Some(match item {
        Item::Package(index) => (1, "package statement", tree[index].tokens),
        Item::Import(index) => (2, "import", tree[index].tokens),
        Item::Option(index) => (3, "option", tree[index].tokens),
        Item::Message(index) => (4, "definition", tree[index].tokens),
        Item::Enum(index) => (4, "definition", tree[index].tokens),
        Item::Service(index) => (4, "definition", tree[index].tokens),
        Item::Extend(index) => (4, "definition", tree[index].tokens),
        _ => return None,
    })
}

/// Moves what comes too late behind the last part before it that may stand there. None where parts share a line, or there
/// is no part that anything could come behind.
fn edits(file: File<'_>) -> Option<Vec<Edit>> {
    let syntax = file.syntax();
    let source = file.source();
    let tree = syntax.tree();
    let parts: Vec<(u8, TokenRange)> = tree
        .file_items()
        .iter()
        .filter_map(|&item| ranked(tree, item))
        .map(|(rank, _, tokens)| (rank, tokens))
        .collect();
    let mut kept: Vec<(u8, TokenRange)> = Vec::new();
    kept.extend(tree.syntax.as_ref().map(|statement| (0, statement.tokens)));
    let mut late: Vec<(u8, TokenRange)> = Vec::new();
    let mut highest = 0;
    for &(rank, tokens) in &parts {
        if rank < highest {
            late.push((rank, tokens));
        } else {
            highest = rank;
            kept.push((rank, tokens));
        }
    }
    // Of two parts that go to one place, the one that comes first in the order goes first.
    late.sort_by_key(|&(rank, tokens)| (rank, tokens.start));
    let mut edits = Vec::new();
    let mut moved: Vec<Span> = Vec::new();
    let mut last_rank = None;
    for (rank, tokens) in late {
        let (before, anchor) = kept.iter().rfind(|(other, _)| *other <= rank)?;
        let place = statement::after_line(syntax, anchor.last())?;
        let span = statement::with_comments(syntax, tokens)?;
        let text = source.slice(span);
        let is_first = last_rank.replace(rank) != Some(rank) && *before != rank;
        let gap = if is_first { "\n" } else { "" };
        edits.push(Edit::insert(place, format!("{gap}{text}")));
        moved.push(span);
    }
    // Parts that stood together leave together, with one of the blank lines around them.
    moved.sort_unstable();
    let mut gaps: Vec<Span> = Vec::new();
    for span in moved {
        match gaps.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => gaps.push(span),
        }
    }
    let whole = |span| Edit::delete(statement::with_one_blank_line(source.text(), span));
    edits.extend(gaps.into_iter().map(whole));
    (!edits.is_empty()).then_some(edits)
}
