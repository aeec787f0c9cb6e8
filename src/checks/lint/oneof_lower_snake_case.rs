//! The name of a oneof is not in lower_snake_case.
//!
//! ## Why
//! A oneof becomes a field, a method or a type, depending on the language. Generators find its words by the underscores.
//!
//! ## Examples
//! ```proto,bad
//! message Payment {
//!   oneof paymentMethod {
//!     string card = 1;
//!   }
//! }
//! ```
//! ```proto,good
//! message Payment {
//!   oneof payment_method {
//!     string card = 1;
//!   }
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::Oneof;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("ONEOF_NAMES_LOWER_SNAKE_CASE")],
    check: Check::Lint(Visit::Oneof(check)),
};

fn check(oneof: Oneof<'_>, cx: &mut Cx<'_>) {
    let name = oneof.name();
    if !case::is_lower_snake(name.text) {
        let expected = case::lower_snake(name.text);
        cx.report(
            name,
            format!("oneof name `{name}` is not in lower_snake_case"),
        )
        .rename(name, expected);
    }
}
