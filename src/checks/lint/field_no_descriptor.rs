//! A field is called `descriptor`.
//!
//! ## Why
//! Generated classes of several languages have a member `descriptor` or `Descriptor` of their own, which gives access to
//! the message's type. A field of that name hides it or does not compile. Letter case and underscores at the
//! ends make no difference.
//!
//! ## Examples
//! ```proto,bad
//! message Product {
//!   string descriptor = 1;
//! }
//! ```
//! ```proto,good
//! message Product {
//!   string description = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Field;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::RenameByHand,
    same_as: &[],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let name = field.name();
    if name.trim_matches('_').eq_ignore_ascii_case("descriptor") {
        cx.report(
            field.written_name(),
            format!("field name `{name}` is taken by generated code"),
        )
        .help("choose another word, such as `description`");
    }
}
