//! The fields of a message are not in the order of their numbers.
//!
//! ## Why
//! A new field takes the number after the last one. Where the last one is not the highest, the next author reads the wrong number or
//! has to look for it. Fields of a oneof are held against each other only.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string note = 2;
//!   string id = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   string id = 1;
//!   string note = 2;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::{Field, File};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::Protolint("FIELD_NUMBERS_ORDER_ASCENDING")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    for message in file.all_messages() {
        check_order(message.fields().filter(|field| field.oneof().is_none()), cx);
        for oneof in message.oneofs() {
            check_order(oneof.fields(), cx);
        }
    }
}

fn check_order<'s>(fields: impl Iterator<Item = Field<'s>>, cx: &mut Cx<'_>) {
    let mut highest: Option<(i32, Field<'s>)> = None;
    for field in fields {
        let Some(number) = field.number() else {
            continue;
        };
        match highest {
            Some((above, other)) if number < above => {
                let (name, other_name) = (field.name(), other.name());
                cx.report(
                    field.number_span(),
                    format!(
                        "field `{name}` has number {number}, after `{other_name}` with {above}"
                    ),
                )
                .label(other.number_span(), "this is higher")
                .help("put the fields in the order of their numbers; never change a number for it");
            }
            _ => highest = Some((number, field)),
        }
    }
}
