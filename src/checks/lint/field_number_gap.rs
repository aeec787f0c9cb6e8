//! A message skips a number that is neither used nor reserved.
//!
//! ## Why
//! A gap is what a removed field leaves that nobody reserved. The next author takes the free number, and old bytes decode into the new
//! field. Numbers from 1 up to the highest used one count; jumps of more than 32 are taken for a plan.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   string id = 1;
//!   string note = 3;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   reserved 2;
//!   reserved "coupon";
//!   string id = 1;
//!   string note = 3;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::Message;
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Message(check)),
};

/// The widest gap that is taken for a removed field.
const WIDEST: i64 = 32;

fn check(message: Message<'_>, cx: &mut Cx<'_>) {
    let mut taken: Vec<(i64, i64, Option<Span>)> = message
        .fields()
        .filter_map(|field| {
            let number = i64::from(field.number()?);
            Some((number, number, Some(field.number_span())))
        })
        .collect();
    if taken.is_empty() {
        return;
    }
    for range in message.reserved_ranges().chain(message.extension_ranges()) {
        let Some(start) = range.start.value else {
            return;
        };
        let end = match (range.is_max, range.end) {
            (true, _) => i64::MAX,
            (false, Some(end)) => end.value.unwrap_or(start),
            (false, None) => start,
        };
        taken.push((start, end, None));
    }
    taken.sort_unstable_by_key(|(start, ..)| *start);
    let mut next = 1;
    for (start, end, field) in taken {
        let gap = start - next;
        if let Some(span) = field
            && (1..=WIDEST).contains(&gap)
        {
            let (name, last) = (message.name(), start - 1);
            let (numbers, range) = if gap == 1 {
                (format!("number {next} is"), next.to_string())
            } else {
                (
                    format!("numbers {next} to {last} are"),
                    format!("{next} to {last}"),
                )
            };
            cx.report(
                span,
                format!("{numbers} neither used nor reserved in message `{name}`"),
            )
            .help(format!(
                "add `reserved {range};` and the names that were removed"
            ));
        }
        next = next.max(end.saturating_add(1));
    }
}
