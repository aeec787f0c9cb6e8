//! Lengths of strings and bytes, and how many elements there are.

use super::bounds;
use super::ruled::Ruled;
use super::rules::Rules;
use crate::checks::Cx;

/// The most bytes that one character takes in UTF-8.
const MOST_BYTES: u64 = 4;

/// Rules of strings.
pub(super) fn string(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    bounds::constant(rules, ruled, cx);
    exact(rules, ruled, "len", ["min_len", "max_len"], cx);
    exact(rules, ruled, "len_bytes", ["min_bytes", "max_bytes"], cx);
    range(rules, ruled, ("min_len", "max_len"), "len", cx);
    range(rules, ruled, ("min_bytes", "max_bytes"), "len_bytes", cx);
    let (least, most) = (rules.count("min_len"), rules.count("max_bytes"));
    if let (Some(characters), Some(bytes)) = (least, most)
        && characters > bytes
    {
        contradiction(rules, ruled, ("min_len", "max_bytes"), cx);
    }
    let (least, most) = (rules.count("min_bytes"), rules.count("max_len"));
    if let (Some(bytes), Some(characters)) = (least, most)
        && bytes > characters.saturating_mul(MOST_BYTES)
    {
        contradiction(rules, ruled, ("min_bytes", "max_len"), cx);
    }
    parts(rules, ruled, cx);
    pattern(rules, ruled, cx);
    let is_unenforced =
        rules.has("strict") && !rules.is_true("strict") && !rules.has("well_known_regex");
    if is_unenforced {
        let message = format!(
            "`{}` of {} is set without `{}`",
            rules.named("strict"),
            ruled.owner(),
            rules.named("well_known_regex")
        );
        rules.report(
            cx,
            "strict",
            message,
            "remove it: it says how that expression is read, and there is none",
        );
    }
}

/// Rules of bytes.
pub(super) fn bytes(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    bounds::constant(rules, ruled, cx);
    exact(rules, ruled, "len", ["min_len", "max_len"], cx);
    range(rules, ruled, ("min_len", "max_len"), "len", cx);
    if let Some(most) = rules.count("max_len") {
        for field in ["prefix", "suffix", "contains"] {
            let length = rules.bytes(field).map_or(0, |bytes| bytes.len() as u64);
            if length > most {
                too_long(
                    rules,
                    ruled,
                    field,
                    ("max_len", most),
                    (length, "bytes"),
                    cx,
                );
            }
        }
    }
    pattern(rules, ruled, cx);
}

/// The least and the greatest number of elements or pairs.
pub(super) fn counts(
    rules: &Rules<'_, '_>,
    ruled: Ruled<'_>,
    (least, most): (&str, &str),
    cx: &mut Cx<'_>,
) {
    if let (Some(low), Some(high)) = (rules.count(least), rules.count(most))
        && low > high
    {
        contradiction(rules, ruled, (least, most), cx);
    }
}

/// An exact length makes bounds of it redundant.
fn exact(rules: &Rules<'_, '_>, ruled: Ruled<'_>, exact: &str, bounds: [&str; 2], cx: &mut Cx<'_>) {
    if !rules.has(exact) {
        return;
    }
    for bound in bounds.into_iter().filter(|bound| rules.has(bound)) {
        let message = format!(
            "`{}` of {} says nothing that `{}` does not",
            rules.named(bound),
            ruled.owner(),
            rules.named(exact)
        );
        rules.report(cx, bound, message, "remove it");
    }
}

fn range(
    rules: &Rules<'_, '_>,
    ruled: Ruled<'_>,
    (least, most): (&str, &str),
    exact: &str,
    cx: &mut Cx<'_>,
) {
    let (Some(low), Some(high)) = (rules.count(least), rules.count(most)) else {
        return;
    };
    if low > high {
        contradiction(rules, ruled, (least, most), cx);
    } else if low == high {
        for bound in [least, most] {
            let message = format!(
                "`{}` and `{}` of {} are equal",
                rules.named(least),
                rules.named(most),
                ruled.owner()
            );
            let help = format!("write `{exact} = {low}`");
            rules.report(cx, bound, message, help);
        }
    }
}

/// No value is long enough for the one and short enough for the other.
fn contradiction(
    rules: &Rules<'_, '_>,
    ruled: Ruled<'_>,
    (least, most): (&str, &str),
    cx: &mut Cx<'_>,
) {
    let (low, high) = (rules.count(least), rules.count(most));
    for bound in [least, most] {
        let message = format!(
            "no value of {} fits `{least} = {}` and `{most} = {}` of `{}`",
            ruled.owner(),
            low.unwrap_or_default(),
            high.unwrap_or_default(),
            rules.name
        );
        rules.report(
            cx,
            bound,
            message,
            "correct one of the two; every message is refused otherwise",
        );
    }
}

/// What a string begins with, ends with or contains.
fn parts(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    let excluded = rules.text("not_contains").filter(|text| !text.is_empty());
    for field in ["prefix", "suffix", "contains"] {
        let Some(text) = rules.text(field) else {
            continue;
        };
        let characters = text.chars().count() as u64;
        if let Some(most) = rules.count("max_len")
            && characters > most
        {
            too_long(
                rules,
                ruled,
                field,
                ("max_len", most),
                (characters, "characters"),
                cx,
            );
        }
        let bytes = text.len() as u64;
        if let Some(most) = rules.count("max_bytes")
            && bytes > most
        {
            too_long(
                rules,
                ruled,
                field,
                ("max_bytes", most),
                (bytes, "bytes"),
                cx,
            );
        }
        if let Some(excluded) = &excluded
            && text.contains(excluded.as_str())
        {
            let message = format!(
                "`{}` of {} contains `{excluded}`, which `{}` excludes",
                rules.named(field),
                ruled.owner(),
                rules.named("not_contains")
            );
            rules.report(
                cx,
                field,
                message,
                "correct one of the two; every message is refused otherwise",
            );
        }
    }
}

fn too_long(
    rules: &Rules<'_, '_>,
    ruled: Ruled<'_>,
    field: &str,
    (bound, most): (&str, u64),
    (length, unit): (u64, &str),
    cx: &mut Cx<'_>,
) {
    let message = format!(
        "`{}` of {} has {length} {unit}, more than `{bound} = {most}`",
        rules.named(field),
        ruled.owner()
    );
    rules.report(
        cx,
        field,
        message,
        "correct one of the two; every message is refused otherwise",
    );
}

fn pattern(rules: &Rules<'_, '_>, ruled: Ruled<'_>, cx: &mut Cx<'_>) {
    let Some(pattern) = rules.text("pattern") else {
        return;
    };
    if let Err(error) = regex::Regex::new(&pattern) {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default();
        let message = format!(
            "`{}` of {} is no regular expression: {}",
            rules.named("pattern"),
            ruled.owner(),
            reason.trim_start_matches("error: ")
        );
        rules.report(
            cx,
            "pattern",
            message,
            "write it as RE2 has it (no look-around, no back-references): https://github.com/google/re2/wiki/Syntax",
        );
    }
}
