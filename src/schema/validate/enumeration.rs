//! Enums: numbers, aliases, reserved numbers and names, and names that are one without their prefix.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::Validator;
use crate::schema::{Edition, Enum, EnumValue};
use crate::text::Span;

/// `EnumOptions.allow_alias`
const ALLOW_ALIAS: i32 = 2;

/// `EnumOptions.deprecated_legacy_json_field_conflicts`
const LEGACY_CONFLICTS: i32 = 6;

impl<'s> Validator<'s, '_> {
    pub(super) fn enumeration(&mut self, node: Enum<'s>) {
        let full_name = node.full_name();
        if let Some(first) = node.values().next()
            && !node.is_closed()
            && first.number().is_some_and(|number| number != 0)
        {
            let error = self.report(
                first.number_span(),
                format!("the first value of open enum `{full_name}` is not 0"),
                "put a value with number 0 first, such as `…_UNSPECIFIED = 0;`",
            );
            error.reason = Some("absent fields read as the value with number 0".to_owned());
        }
        self.aliases(node);
        self.enum_reserved(node);
        self.names_without_prefix(node);
    }

    fn aliases(&mut self, node: Enum<'s>) {
        let full_name = node.full_name();
        let setting = node.options().get(ALLOW_ALIAS);
        let allowed = node.options().boolean(ALLOW_ALIAS);
        let repeats = self.scratch.repeats.begin();
        for value in node.values() {
            repeats.add_number(value.number().unwrap_or_default());
        }
        let may_repeat = repeats.found();
        let mut numbers: FxHashMap<i32, EnumValue<'s>> = FxHashMap::default();
        let mut has_alias = false;
        for value in node.values().filter(|_| may_repeat) {
            let Some(number) = value.number() else {
                continue;
            };
            match numbers.entry(number) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    has_alias = true;
                    if allowed != Some(true) {
                        let first = *entry.get();
                        let source = self.file.source();
                        let error = self.report(
                            value.number_span(),
                            format!(
                                "values `{}` and `{}` of enum `{full_name}` have the number {number}",
                                first.name(),
                                value.name()
                            ),
                            "give one of them another number, or allow it with `option allow_alias = true;`",
                        );
                        *error = error.clone().with_label(
                            source,
                            first.number_span(),
                            "first used here",
                        );
                    }
                }
            }
        }
        if let Some(setting) = setting {
            if allowed == Some(false) {
                self.report(
                    setting.span(),
                    format!("`allow_alias = false` of enum `{full_name}` does nothing"),
                    "remove the option",
                );
            } else if allowed == Some(true) && !has_alias {
                self.report(
                    setting.span(),
                    format!("enum `{full_name}` allows aliases and has none"),
                    "remove the option",
                );
            }
        }
    }

    fn enum_reserved(&mut self, node: Enum<'s>) {
        if node.reserved_statements().next().is_none() {
            return;
        }
        let mut ranges: Vec<super::number::Range> = Vec::new();
        for written in node.reserved_ranges() {
            let Some(range) = self.range(written, i64::from(i32::MAX)) else {
                continue;
            };
            if range.end < range.start {
                self.reversed(range);
            }
            ranges.push(range);
        }
        self.overlaps((&ranges, "reserved range"), (&[], ""));
        let mut names: FxHashMap<String, Span> = FxHashMap::default();
        for (name, span) in node.reserved_names() {
            match names.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(span);
                }
                Entry::Occupied(entry) => {
                    let name = entry.key();
                    self.report(
                        span,
                        format!("the name `{name}` is reserved twice"),
                        "remove one of the two",
                    );
                }
            }
        }
        let source = self.file.source();
        for value in node.values() {
            let name = value.name();
            if let Some(number) = value.number().map(i64::from)
                && let Some(range) = ranges
                    .iter()
                    .find(|range| range.start <= number && number <= range.end)
            {
                let label = range.span;
                let error = self.report(
                    value.number_span(),
                    format!("value `{name}` has the number {number}, which is reserved"),
                    "give it another number: this one was in use once, and old data may hold it",
                );
                *error = error.clone().with_label(source, label, "reserved here");
            }
            if let Some(&label) = names.get(name.text) {
                let error = self.report(
                    name.span,
                    format!("value `{name}` has a reserved name"),
                    "rename it: JSON that was written with this name meant something else",
                );
                *error = error.clone().with_label(source, label, "reserved here");
            }
        }
    }

    /// Generated code of some languages drops the enum's name from its values', and their case.
    fn names_without_prefix(&mut self, node: Enum<'s>) {
        let is_tolerated = self.file.edition() == Edition::Proto2
            && node.options().boolean(LEGACY_CONFLICTS) == Some(true);
        if is_tolerated {
            return;
        }
        let prefix = node.name().text;
        let repeats = self.scratch.repeats.begin();
        for value in node.values() {
            repeats.add_bytes(squeezed(without_prefix(prefix, value.name().text)));
        }
        if !repeats.found() {
            return;
        }
        let mut names: FxHashMap<Vec<u8>, EnumValue<'s>> = FxHashMap::default();
        for value in node.values() {
            let name = squeezed(without_prefix(prefix, value.name().text)).collect();
            match names.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(entry) => {
                    let first = *entry.get();
                    if first.number() == value.number() || first.name().text == value.name().text {
                        continue;
                    }
                    let source = self.file.source();
                    let error = self.report(
                        value.name().span,
                        format!(
                            "values `{}` and `{}` of enum `{}` are one without the enum's name and case",
                            first.name(),
                            value.name(),
                            node.full_name()
                        ),
                        "rename one of them, or give both the same number with `allow_alias`",
                    );
                    *error = error
                        .clone()
                        .with_label(source, first.name().span, "the other value");
                }
            }
        }
    }
}

/// What is left of a value's name without the enum's; letter case and underscores do not matter. A name that is nothing
/// but the prefix stays whole.
fn without_prefix<'n>(prefix: &str, name: &'n str) -> &'n str {
    let mut rest = name.bytes().enumerate();
    let mut cut = 0;
    for expected in prefix.bytes().filter(|&byte| byte != b'_') {
        match rest.find(|&(_, byte)| byte != b'_') {
            Some((at, byte)) if byte.eq_ignore_ascii_case(&expected) => cut = at + 1,
            _ => return name,
        }
    }
    let left = name[cut..].trim_start_matches('_');
    if left.is_empty() { name } else { left }
}

/// A value's name as a member of an enum class: the first letter of each word is capital, all others are not, and
/// there are no underscores. Names are ASCII.
fn squeezed(name: &str) -> impl Iterator<Item = u8> {
    let mut begins_word = true;
    name.bytes().filter_map(move |byte| match byte {
        b'_' => {
            begins_word = true;
            None
        }
        _ if std::mem::take(&mut begins_word) => Some(byte.to_ascii_uppercase()),
        _ => Some(byte.to_ascii_lowercase()),
    })
}
