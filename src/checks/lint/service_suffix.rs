//! The name of a service does not end with `Service`.
//!
//! ## Why
//! Generated code has several types for a service: a client, a server, a stub. With the suffix its name never clashes
//! with a message of the same name, and a reader of a URL or a log sees what it is.
//!
//! ## Examples
//! ```proto,bad
//! service Orders {}
//! ```
//! ```proto,good
//! service OrderService {}
//! ```
//!
//! ## Options
//! `suffix`: what the name has to end with; `Service` by default.

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Service;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("SERVICE_NAMES_END_WITH")],
    check: Check::Lint(Visit::Service(check)),
};

fn check(service: Service<'_>, cx: &mut Cx<'_>) {
    let suffix = &cx.options().service_suffix.suffix;
    let name = service.name();
    if !name.text.ends_with(suffix.as_str()) {
        cx.report(
            name,
            format!("service name `{name}` lacks the suffix `{suffix}`"),
        )
        .rename(name, format!("{name}{suffix}"));
    }
}
