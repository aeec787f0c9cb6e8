//! A service has no comment.
//!
//! ## Why
//! Generated code carries the comment along, and for most users that is the only documentation there is.
//!
//! The comment stands right above, without a blank line between. A comment that only silences a rule does not count.
//!
//! ## Examples
//! ```proto,bad
//! service OrderService {}
//! ```
//! ```proto,good
//! // Orders of the signed-in customer.
//! service OrderService {}
//! ```

use crate::checks::Cx;
use crate::checks::comment_lines::is_documented;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Service;

pub(super) static RULE: Rule = Rule {
    group: Group::Docs,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("SERVICES_HAVE_COMMENT"),
        Other::ApiLinter("0192::has-comments"),
    ],
    check: Check::Lint(Visit::Service(check)),
};

fn check(service: Service<'_>, cx: &mut Cx<'_>) {
    if !is_documented(cx.file().syntax(), service.node().tokens.start) {
        let name = service.name();
        cx.report(service.span(), format!("service `{name}` has no comment"))
            .help("say in a comment above it what it is for");
    }
}
