//! The name of a service is not in PascalCase.
//!
//! ## Why
//! The name is part of the URL that clients call and becomes a type in each language. Only PascalCase is converted alike
//! everywhere.
//!
//! ## Examples
//! ```proto,bad
//! service order_service {}
//! ```
//! ```proto,good
//! service OrderService {}
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Service;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("SERVICE_NAMES_UPPER_CAMEL_CASE")],
    check: Check::Lint(Visit::Service(check)),
};

fn check(service: Service<'_>, cx: &mut Cx<'_>) {
    let name = service.name();
    if !case::is_pascal(name.text) {
        let expected = case::pascal(name.text);
        cx.report(name, format!("service name `{name}` is not in PascalCase"))
            .rename(name, expected);
    }
}
