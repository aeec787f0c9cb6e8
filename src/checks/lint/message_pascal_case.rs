//! The name of a message is not in PascalCase.
//!
//! ## Why
//! Generators carry the name over to each language or convert it; only PascalCase comes out alike everywhere. A reader
//! tells types from fields by their case.
//!
//! Runs of capitals are left alone: both `HttpRequest` and `HTTPRequest` pass.
//!
//! ## Examples
//! ```proto,bad
//! message order_line {}
//! ```
//! ```proto,good
//! message OrderLine {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Message;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("MESSAGE_NAMES_UPPER_CAMEL_CASE")],
    check: Check::Lint(Visit::Message(check)),
};

fn check(message: Message<'_>, cx: &mut Cx<'_>) {
    let name = message.name();
    if !case::is_pascal(name.text) {
        let expected = case::pascal(name.text);
        cx.report(name, format!("message name `{name}` is not in PascalCase"))
            .rename(name, expected);
    }
}
