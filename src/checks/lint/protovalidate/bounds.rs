//! Constants, and the bounds of numbers.

use std::cmp::Ordering;

use super::ruled::Ruled;
use super::rules::Rules;
use crate::checks::Cx;
use crate::schema::options::{OptionValue, Value};

/// The lower bounds of rules that have an order, and the upper ones.
pub(super) const LOWER: [&str; 2] = ["gt", "gte"];
pub(super) const UPPER: [&str; 2] = ["lt", "lte"];

/// A constant leaves no other rule anything to say.
pub(super) fn constant(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    if rules.has("const") && rules.set().len() > 1 {
        let message = format!(
            "`{}` of {} leaves the other rules of `{}` nothing to say",
            rules.named("const"),
            ruled.owner(),
            rules.name
        );
        rules.report(cx, "const", message, "remove the other rules, or `const`");
    }
}

/// Rules of integers and floats.
pub(super) fn number(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    constant(rules, ruled, cx);
    not_a_number(rules, ruled, cx);
    equal(
        rules,
        ruled,
        |lower, upper| {
            let (lower, upper) = (rules.get(lower)?, rules.get(upper)?);
            Some(compare(&lower, &upper)? == Ordering::Equal)
        },
        cx,
    );
}

/// Reports bounds that are equal, as `is_equal` finds them.
pub(super) fn equal(
    rules: &Rules<'_, '_>,
    ruled: Ruled<'_>,
    is_equal: impl Fn(&str, &str) -> Option<bool>,
    cx: &mut Cx<'_>,
) {
    for lower in LOWER {
        for upper in UPPER {
            if is_equal(lower, upper) != Some(true) {
                continue;
            }
            let both = format!("`{}` and `{}`", rules.named(lower), rules.named(upper));
            let (what, help) = if (lower, upper) == ("gte", "lte") {
                ("leave one value", "use `const` in their place")
            } else {
                (
                    "leave no value",
                    "correct one of the two; every message is refused otherwise",
                )
            };
            for bound in [lower, upper] {
                let message = format!("{both} of {} are equal and {what}", ruled.owner());
                rules.report(cx, bound, message, help);
            }
        }
    }
}

/// How two numbers of one type compare.
pub(super) fn compare(one: &OptionValue<'_>, other: &OptionValue<'_>) -> Option<Ordering> {
    match (one, other) {
        (OptionValue::Scalar(one), OptionValue::Scalar(other)) => match (one, other) {
            (Value::Signed(one), Value::Signed(other)) => Some(one.cmp(other)),
            (Value::Unsigned(one), Value::Unsigned(other)) => Some(one.cmp(other)),
            (Value::Float(one), Value::Float(other)) => one.partial_cmp(other),
            (Value::Double(one), Value::Double(other)) => one.partial_cmp(other),
            (Value::Boolean(one), Value::Boolean(other)) => Some(one.cmp(other)),
            (Value::String(one), Value::String(other))
            | (Value::Bytes(one), Value::Bytes(other)) => Some(one.cmp(other)),
            _ => None,
        },
        _ => None,
    }
}

/// Comparisons with NaN are false, whatever the value is.
fn not_a_number(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    for rule in ["const", "gt", "gte", "lt", "lte"] {
        if rules.get(rule).as_ref().is_some_and(is_nan) {
            let message = format!(
                "`{}` of {} is NaN, which no value equals or is beside",
                rules.named(rule),
                ruled.owner()
            );
            rules.report(cx, rule, message, "remove it, or write a number");
        }
    }
    for rule in ["in", "not_in"] {
        for (position, value) in rules.all(rule).iter().enumerate() {
            if is_nan(value) {
                let message = format!(
                    "`{}` of {} has NaN, which no value equals",
                    rules.named(rule),
                    ruled.owner()
                );
                cx.report(rules.place_of(rule, Some(position)), message)
                    .help("remove it: it has no effect");
            }
        }
    }
}

fn is_nan(value: &OptionValue<'_>) -> bool {
    match value {
        OptionValue::Scalar(Value::Float(value)) => value.is_nan(),
        OptionValue::Scalar(Value::Double(value)) => value.is_nan(),
        _ => false,
    }
}
