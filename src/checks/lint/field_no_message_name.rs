//! The name of a field repeats the name of its message.
//!
//! ## Why
//! The field is always seen with its message: `order.order_state` says no more than `order.state`.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string order_state = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   string state = 1;
//!   string order_id = 2;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Field, FieldKind};
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let Some(message) = field.scope().filter(|_| !field.is_extension()) else {
        return;
    };
    let name = field.name();
    // Compared word by word, so that nothing is built for the many fields that are fine.
    let mut words = name.split('_');
    let owner = message.name();
    let repeats = case::words(owner.text).all(|word| {
        words
            .next()
            .is_some_and(|own| own.eq_ignore_ascii_case(word))
    });
    let rest: Vec<&str> = words.collect();
    // `order_id` in `Order` is the key that other messages refer to by the same name.
    let is_key = matches!(
        rest.as_slice(),
        [] | ["id" | "ids" | "uuid" | "name" | "type"]
    );
    // `group_rule` of type `GroupRule` has its name from there.
    let is_named_after_type = || {
        let of_type = match field.kind() {
            FieldKind::Message(message) | FieldKind::Delimited(message) => message.name().text,
            FieldKind::Enum(node) => node.name().text,
            _ => return false,
        };
        let words = case::words(of_type).map(str::to_ascii_lowercase);
        words.collect::<Vec<_>>().join("_") == name
    };
    if repeats && !is_key && !is_named_after_type() {
        let rest = rest.join("_");
        cx.report(
            field.written_name(),
            format!("field name `{name}` repeats the name of message `{owner}`"),
        )
        .rename(field.written_name(), rest);
    }
}
