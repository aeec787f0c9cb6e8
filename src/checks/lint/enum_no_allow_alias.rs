//! An enum gives two names to one number.
//!
//! ## Why
//! JSON writes names, so it matters which of the two is printed: the first declared, until somebody sorts the
//! file. Readers that know only the other name still parse it, but nothing tells them that both are one value.
//!
//! ## Examples
//! ```proto,bad
//! enum Color {
//!   option allow_alias = true;
//!   COLOR_UNSPECIFIED = 0;
//!   COLOR_GREY = 1;
//!   COLOR_GRAY = 1;
//! }
//! ```
//! ```proto,good
//! enum Color {
//!   COLOR_UNSPECIFIED = 0;
//!   COLOR_GREY = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Enum;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Enum(check)),
};

/// `google.protobuf.EnumOptions.allow_alias`
const ALLOW_ALIAS: i32 = 2;

fn check(node: Enum<'_>, cx: &mut Cx<'_>) {
    let options = node.options();
    let Some(set) = options.get(ALLOW_ALIAS) else {
        return;
    };
    if options.boolean(ALLOW_ALIAS) == Some(true) {
        let name = node.name();
        cx.report(
            set.span(),
            format!("enum `{name}` allows several names for one number"),
        )
        .help("keep one name for each number and remove the option");
    }
}
