//! A deprecated element does not say what to use in its place.
//!
//! ## Why
//! The compiler of each user prints a warning and quotes nothing. The comment is the only place where they can learn where to go.
//!
//! The comment has to hold `use`, `instead`, `replaced`, `prefer`, `see` or `no replacement`, in any case.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   // The state.
//!   string state = 1 [deprecated = true];
//! }
//! ```
//! ```proto,good
//! message Order {
//!   // Use `phase` instead.
//!   string state = 1 [deprecated = true];
//!   // No replacement: orders are no longer rated.
//!   int32 rating = 2 [deprecated = true];
//! }
//! ```

use super::deprecation::deprecated_elements;
use crate::checks::Cx;
use crate::checks::comment_lines::lines;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0192::deprecated-comment")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    for element in deprecated_elements(file) {
        let syntax = file.syntax();
        let says_where = [
            syntax.leading_comment(element.tokens.start),
            syntax.trailing_comment(element.tokens.last()),
        ]
        .into_iter()
        .flatten()
        .any(|comment| {
            lines(file.source(), comment.span).any(|(_, line)| {
                let line = line.to_lowercase();
                WORDS.iter().any(|word| line.contains(word))
            })
        });
        if !says_where {
            let (noun, name) = (element.noun, &element.name);
            cx.report(
                element.name_span,
                format!("{noun} `{name}` is deprecated, and no comment says what to use instead"),
            )
            .help("name the replacement in the comment: `// Use … instead.`, or say that there is none");
        }
    }
}

const WORDS: [&str; 12] = [
    "use ",
    "instead",
    "replaced",
    "prefer",
    "see ",
    "no replacement",
    "favor of",
    "favour of",
    "migrate",
    "moved to",
    "renamed",
    "superseded",
];
