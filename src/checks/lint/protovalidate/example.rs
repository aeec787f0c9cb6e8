//! `example` values, which have to satisfy the rules beside them.

use std::cmp::Ordering;

use super::bounds;
use super::cel::{self, Environment};
use super::ruled::Ruled;
use super::rules::{Rules, bytes_of};
use super::text_format;
use super::time::Moment;
use crate::checks::Cx;
use crate::schema::options::{OptionValue, Value};
use crate::schema::{Enum, FieldKind};

/// Reports each example of `typed` that breaks a rule of it, or an expression of `rules`, the rules around it.
pub(super) fn check(
    rules: &Rules<'_, '_>,
    typed: &Rules<'_, '_>,
    kind: &str,
    ruled: Ruled<'_>,
    environment: &Environment<'_>,
    cx: &mut Cx<'_>,
) {
    for (position, example) in typed.all("example").iter().enumerate() {
        let mut broken = Vec::new();
        standard(typed, kind, ruled, example, &mut broken);
        expressions(rules, example, environment, &mut broken);
        for rule in broken {
            cx.report(
                typed.place_of("example", Some(position)),
                format!(
                    "{} in `{}` of {} breaks `{rule}`",
                    shown(example),
                    typed.named("example"),
                    ruled.owner()
                ),
            )
            .help("correct the example or the rule: readers and generators of test data take it for right");
        }
    }
}

/// An example as a message shows it.
fn shown(example: &OptionValue<'_>) -> String {
    match example {
        OptionValue::Scalar(value) => match value {
            Value::Signed(number) => format!("`{number}`"),
            Value::Unsigned(number) => format!("`{number}`"),
            Value::Float(number) => format!("`{number}`"),
            Value::Double(number) => format!("`{number}`"),
            Value::Boolean(truth) => format!("`{truth}`"),
            Value::Enum(number) => format!("`{number}`"),
            Value::String(bytes) | Value::Bytes(bytes) => {
                format!("`{}`", bytes.escape_ascii())
            }
        },
        OptionValue::Enum(number, name) => match name {
            Some(name) => format!("`{name}`"),
            None => format!("`{number}`"),
        },
        OptionValue::Message(message) if message.message_type().field_named("paths").is_some() => {
            let paths = message.all("paths");
            let paths: Vec<&str> = paths.iter().filter_map(OptionValue::as_str).collect();
            format!("`{}`", paths.join(","))
        }
        OptionValue::Message(message) => {
            let Moment { seconds, nanos } = Moment::read(message);
            format!("`seconds: {seconds} nanos: {nanos}`")
        }
    }
}

/// The rules of a type that a value breaks, each by the name of its field.
fn standard(
    typed: &Rules<'_, '_>,
    kind: &str,
    ruled: Ruled<'_>,
    value: &OptionValue<'_>,
    broken: &mut Vec<String>,
) {
    let named = |rule: &str| format!("{kind}.{rule}");
    if typed
        .get("const")
        .is_some_and(|wanted| !is_same(&wanted, value))
    {
        broken.push(named("const"));
    }
    if is_out_of_bounds(typed, value) {
        let set = bounds::LOWER.iter().chain(&bounds::UPPER);
        let set: Vec<&str> = set.copied().filter(|rule| typed.has(rule)).collect();
        broken.push(named(&set.join("_")));
    }
    if kind != "any" {
        let list = typed.all("in");
        if !list.is_empty()
            && !list.iter().any(|wanted| is_same(wanted, value))
            && kind != "field_mask"
        {
            broken.push(named("in"));
        }
        if typed
            .all("not_in")
            .iter()
            .any(|other| is_same(other, value))
        {
            broken.push(named("not_in"));
        }
    }
    match kind {
        "float" | "double" if typed.is_true("finite") && !is_finite(value) => {
            broken.push(named("finite"));
        }
        "string" | "bytes" => text(typed, kind, value, broken),
        "enum" if typed.is_true("defined_only") => {
            if let FieldKind::Enum(node) = ruled.field.kind()
                && !is_defined(node, value)
            {
                broken.push(named("defined_only"));
            }
        }
        "field_mask" => mask(typed, value, broken),
        _ => {}
    }
}

/// Rules of strings and bytes.
fn text(typed: &Rules<'_, '_>, kind: &str, value: &OptionValue<'_>, broken: &mut Vec<String>) {
    let Some(bytes) = bytes_of(value) else { return };
    let lossy = String::from_utf8_lossy(&bytes);
    let length = if kind == "string" {
        lossy.chars().count() as u64
    } else {
        bytes.len() as u64
    };
    let size = bytes.len() as u64;
    let lengths: [(&str, u64, &[Ordering]); 6] = [
        ("len", length, &[Ordering::Equal]),
        ("min_len", length, &[Ordering::Equal, Ordering::Greater]),
        ("max_len", length, &[Ordering::Equal, Ordering::Less]),
        ("len_bytes", size, &[Ordering::Equal]),
        ("min_bytes", size, &[Ordering::Equal, Ordering::Greater]),
        ("max_bytes", size, &[Ordering::Equal, Ordering::Less]),
    ];
    for (rule, length, right) in lengths {
        if typed
            .count(rule)
            .is_some_and(|wanted| !right.contains(&length.cmp(&wanted)))
        {
            broken.push(format!("{kind}.{rule}"));
        }
    }
    let holds = |part: &[u8]| part.is_empty() || bytes.windows(part.len()).any(|at| at == part);
    let checks = [
        (
            "prefix",
            typed.bytes("prefix").map(|part| bytes.starts_with(&part)),
        ),
        (
            "suffix",
            typed.bytes("suffix").map(|part| bytes.ends_with(&part)),
        ),
        ("contains", typed.bytes("contains").map(|part| holds(&part))),
        (
            "not_contains",
            typed.bytes("not_contains").map(|part| !holds(&part)),
        ),
        (
            "pattern",
            typed
                .text("pattern")
                .and_then(|pattern| regex::Regex::new(&pattern).ok())
                .map(|pattern| pattern.is_match(&lossy)),
        ),
    ];
    for (rule, is_right) in checks {
        if is_right == Some(false) {
            broken.push(format!("{kind}.{rule}"));
        }
    }
    for rule in typed.set() {
        let is_right = match kind {
            "string" => text_format::is_right(&rule, &lossy),
            _ => text_format::are_bytes_right(&rule, &bytes),
        };
        if typed.is_true(&rule) && is_right == Some(false) {
            broken.push(format!("{kind}.{rule}"));
        }
    }
}

fn mask(typed: &Rules<'_, '_>, value: &OptionValue<'_>, broken: &mut Vec<String>) {
    let Some(message) = value.as_message() else {
        return;
    };
    let covers = |list: &OptionValue<'_>, path: &str| {
        list.as_str().is_some_and(|covering| {
            path == covering
                || path
                    .strip_prefix(covering)
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let (allowed, excluded) = (typed.all("in"), typed.all("not_in"));
    let paths = message.all("paths");
    let paths: Vec<&str> = paths.iter().filter_map(OptionValue::as_str).collect();
    let is_allowed = |path: &&str| allowed.iter().any(|list| covers(list, path));
    if !allowed.is_empty() && !paths.iter().all(is_allowed) {
        broken.push("field_mask.in".to_owned());
    }
    if paths
        .iter()
        .any(|path| excluded.iter().any(|list| covers(list, path)))
    {
        broken.push("field_mask.not_in".to_owned());
    }
}

/// Whether a value is beyond the bounds. Where the lower bound is above the upper one, what lies between them is out.
fn is_out_of_bounds(typed: &Rules<'_, '_>, value: &OptionValue<'_>) -> bool {
    let order = |rule: &str| {
        let bound = typed.get(rule)?;
        Some((ordering(value, &bound), bound))
    };
    let above = order("gt")
        .map(|(found, bound)| (found == Some(Ordering::Greater), bound))
        .or_else(|| order("gte").map(|(found, bound)| (found.is_some_and(Ordering::is_ge), bound)));
    let below = order("lt")
        .map(|(found, bound)| (found == Some(Ordering::Less), bound))
        .or_else(|| order("lte").map(|(found, bound)| (found.is_some_and(Ordering::is_le), bound)));
    match (above, below) {
        (None, None) => false,
        (Some((is_above, _)), None) => !is_above,
        (None, Some((is_below, _))) => !is_below,
        (Some((is_above, lower)), Some((is_below, upper))) => {
            if ordering(&lower, &upper).is_some_and(Ordering::is_lt) {
                !(is_above && is_below)
            } else {
                !(is_above || is_below)
            }
        }
    }
}

fn ordering(one: &OptionValue<'_>, other: &OptionValue<'_>) -> Option<Ordering> {
    match (one, other) {
        (OptionValue::Message(one), OptionValue::Message(other)) => {
            Some(Moment::read(one).cmp(&Moment::read(other)))
        }
        _ => bounds::compare(one, other),
    }
}

fn is_same(one: &OptionValue<'_>, other: &OptionValue<'_>) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => match (one.as_message(), other.as_message()) {
            (Some(a), Some(b)) if a.message_type().field_named("paths").is_some() => {
                let paths = |mask: &crate::schema::options::OptionMessage<'_>| {
                    let paths = mask.all("paths");
                    let mut paths: Vec<Option<Vec<u8>>> = paths.iter().map(bytes_of).collect();
                    paths.sort_unstable();
                    paths
                };
                paths(a) == paths(b)
            }
            _ => ordering(one, other) == Some(Ordering::Equal),
        },
    }
}

/// An enum's number; rules of enums hold theirs as integers.
fn number(value: &OptionValue<'_>) -> Option<i64> {
    match value {
        OptionValue::Enum(number, _) => Some(i64::from(*number)),
        OptionValue::Scalar(Value::Signed(number)) => Some(*number),
        _ => None,
    }
}

fn is_defined(node: Enum<'_>, value: &OptionValue<'_>) -> bool {
    let wanted = number(value);
    let mut values = node.values();
    values.any(|known| known.number().map(i64::from) == wanted)
}

fn is_finite(value: &OptionValue<'_>) -> bool {
    match value {
        OptionValue::Scalar(Value::Float(value)) => value.is_finite(),
        OptionValue::Scalar(Value::Double(value)) => value.is_finite(),
        _ => true,
    }
}

/// The expressions that a value breaks; those that need more than the value and CEL itself are left out.
fn expressions(
    rules: &Rules<'_, '_>,
    value: &OptionValue<'_>,
    environment: &Environment<'_>,
    broken: &mut Vec<String>,
) {
    let OptionValue::Scalar(value) = value else {
        return;
    };
    let mut check = |id: String, expression: &str| {
        if cel::is_satisfied(expression, value, environment) == Some(false) {
            broken.push(id);
        }
    };
    for part in rules.parts("cel") {
        let id = part.text("id").unwrap_or_default();
        check(id, &part.text("expression").unwrap_or_default());
    }
    for expression in rules.all("cel_expression") {
        let expression = expression.as_str().unwrap_or_default();
        check(expression.to_owned(), expression);
    }
}
