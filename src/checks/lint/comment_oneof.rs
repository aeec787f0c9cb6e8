//! A oneof has no comment.
//!
//! ## Why
//! Generated code carries the comment along, and for most users that is the only documentation there is.
//!
//! The comment stands right above, without a blank line between. A comment that only silences a rule does not count.
//!
//! ## Examples
//! ```proto,bad
//! message Payment {
//!   oneof method {
//!     string card = 1;
//!   }
//! }
//! ```
//! ```proto,good
//! message Payment {
//!   // How the customer pays; at least one has to be set.
//!   oneof method {
//!     string card = 1;
//!   }
//! }
//! ```

use crate::checks::Cx;
use crate::checks::comment_lines::is_documented;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Oneof;

pub(super) static RULE: Rule = Rule {
    group: Group::Docs,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Oneof(check)),
};

fn check(oneof: Oneof<'_>, cx: &mut Cx<'_>) {
    if !is_documented(cx.file().syntax(), oneof.node().tokens.start) {
        let name = oneof.name();
        cx.report(oneof.span(), format!("oneof `{name}` has no comment"))
            .help("say in a comment above it what is chosen, and what it means that none is set");
    }
}
