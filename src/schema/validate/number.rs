//! Field numbers, reserved numbers and extension ranges of messages.

use super::Validator;
use crate::schema::{Field, Message};
use crate::syntax::tree::NumberRange;
use crate::text::Span;

/// The largest field number there is: 2^29 - 1.
const MAX_NUMBER: i64 = 536_870_911;

/// The largest number of an extension of a message set.
const MAX_MESSAGE_SET_NUMBER: i64 = 2_147_483_646;

/// The largest number that an extension of the message can have.
pub(super) fn largest_extension(message: Message<'_>) -> i64 {
    if message.is_message_set() {
        MAX_MESSAGE_SET_NUMBER
    } else {
        MAX_NUMBER
    }
}

/// The most fields a message can have.
const MAX_FIELDS: usize = 65_535;

/// A range with both ends included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) span: Span,
}

impl Range {
    fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    fn shown(self) -> String {
        if self.start == self.end {
            self.start.to_string()
        } else {
            format!("{} to {}", self.start, self.end)
        }
    }
}

impl<'s> Validator<'s, '_> {
    /// A range as it is written; `max` stands for `most`.
    pub(super) fn range(&self, range: &NumberRange, most: i64) -> Option<Range> {
        let start = range.start.value?;
        let end = match range.end {
            None => start,
            Some(_) if range.is_max => most,
            Some(end) => end.value?,
        };
        Some(Range {
            start,
            end,
            span: self.file.syntax().span(range.tokens),
        })
    }

    pub(super) fn message_numbers(&mut self, message: Message<'s>) {
        let mut fields = std::mem::take(&mut self.scratch.numbers);
        fields.clear();
        self.numbers_of(message, &mut fields);
        self.scratch.numbers = fields;
    }

    fn numbers_of(&mut self, message: Message<'s>, fields: &mut Vec<(i64, Field<'s>)>) {
        for field in message.fields() {
            if let Some(number) = field.node().number.value {
                self.field_number(field, number, MAX_NUMBER);
                fields.push((number, field));
            }
        }
        if fields.len() > MAX_FIELDS {
            self.report(
                message.name().span,
                format!(
                    "message `{}` has {} fields, more than {MAX_FIELDS}",
                    message.full_name(),
                    fields.len()
                ),
                "split it",
            );
        }
        if message.is_message_set() {
            self.message_set(message);
        }
        if !fields.is_sorted_by(|a, b| a.0 < b.0) {
            fields.sort_by_key(|&(number, _)| number);
            let free = fields.last().map_or(1, |last| last.0.saturating_add(1));
            for pair in fields.windows(2) {
                if pair[0].0 == pair[1].0 {
                    self.number_twice(message, pair[0].1, pair[1].1, free);
                }
            }
        }
        if message.items().len() == fields.len() && message.reserved_statements().next().is_none() {
            return;
        }
        let reserved = self.reserved_ranges(message);
        let extensions = self.extension_ranges(message, largest_extension(message));
        if reserved.is_empty() && extensions.is_empty() {
            return;
        }
        self.overlaps(
            (&extensions, "extension range"),
            (&reserved, "reserved range"),
        );
        for &(number, field) in &*fields {
            let holds = |range: &&Range| range.start <= number && number <= range.end;
            if let Some(range) = reserved.iter().find(holds) {
                let name = field.name();
                self.taken(
                    field,
                    format!("field `{name}` has the number {number}, which is reserved"),
                    *range,
                    "give it another number: this one was in use once, and old data may hold it",
                );
            }
            if let Some(range) = extensions.iter().find(holds) {
                let name = field.name();
                self.taken(
                    field,
                    format!("field `{name}` has the number {number}, which is open to extensions"),
                    *range,
                    "give it another number, or narrow the extension range",
                );
            }
        }
    }

    /// A number that no field can have. `largest` depends on whether the message is a message set.
    pub(super) fn field_number(&mut self, field: Field<'_>, number: i64, largest: i64) {
        if (1..=largest.min(18_999)).contains(&number) {
            return;
        }
        let name = field.name();
        let span = field.number_span();
        if number <= 0 {
            self.report(
                span,
                format!("the number of field `{name}` is {number}"),
                "numbers begin at 1",
            );
        } else if number > largest && number <= i64::from(i32::MAX) {
            self.report(
                span,
                format!("the number of field `{name}` is {number}, more than {largest}"),
                "use a smaller number",
            );
        } else if (19_000..=19_999).contains(&number) {
            self.report(
                span,
                format!("the number of field `{name}` is {number}: 19000 to 19999 belong to protobuf itself"),
                "use another number",
            );
        }
    }

    fn number_twice(&mut self, message: Message<'_>, one: Field<'_>, other: Field<'_>, free: i64) {
        let (first, second) = if one.span().start <= other.span().start {
            (one, other)
        } else {
            (other, one)
        };
        let number = second.number().unwrap_or_default();
        let source = self.file.source();
        let label = first.number_span();
        let error = self.report(
            second.number_span(),
            format!(
                "fields `{}` and `{}` of message `{}` have the number {number}",
                first.name(),
                second.name(),
                message.full_name()
            ),
            format!("give the new one another number, such as {free}"),
        );
        *error = error.clone().with_label(source, label, "first used here");
    }

    fn reserved_ranges(&mut self, message: Message<'s>) -> Vec<Range> {
        let mut ranges: Vec<Range> = Vec::new();
        for written in message.reserved_ranges() {
            let Some(range) = self.range(written, MAX_NUMBER) else {
                continue;
            };
            if range.start <= 0 {
                self.report(
                    range.span,
                    format!("{} is reserved", range.start),
                    "numbers begin at 1",
                );
            } else if range.end < range.start || range.end == i64::from(i32::MAX) {
                self.reversed(range);
            }
            ranges.push(range);
        }
        self.overlaps((&ranges, "reserved range"), (&[], ""));
        ranges
    }

    /// Compares ranges with those before them, and with all of `others`. Each is told of a few only, so that thousands of
    /// equal ones do not give millions of errors.
    pub(super) fn overlaps(&mut self, ranges: (&[Range], &str), others: (&[Range], &str)) {
        const TOLD: usize = 8;
        let (ranges, what) = ranges;
        let (others, other_what) = others;
        let mut all: Vec<Range> = ranges.iter().chain(others).copied().collect();
        all.sort_unstable_by_key(|range| range.start);
        let is_ordered = |range: &Range| range.start <= range.end;
        let is_apart = |pair: &[Range]| pair[0].end < pair[1].start;
        if all.iter().all(is_ordered) && all.windows(2).all(is_apart) {
            return;
        }
        for (at, &range) in ranges.iter().enumerate() {
            let earlier = ranges[..at].iter().map(|&earlier| (earlier, what));
            let found: Vec<(Range, &str)> = earlier
                .chain(others.iter().map(|&other| (other, other_what)))
                .filter(|&(other, _)| range.overlaps(other))
                .take(TOLD)
                .collect();
            for (other, other_what) in found {
                self.overlap(range, what, other, other_what);
            }
        }
    }

    fn extension_ranges(&mut self, message: Message<'s>, largest: i64) -> Vec<Range> {
        let mut ranges = Vec::new();
        for written in message.extension_ranges() {
            let Some(range) = self.range(written, largest) else {
                continue;
            };
            if range.start <= 0 {
                self.report(
                    range.span,
                    format!("an extension range begins at {}", range.start),
                    "numbers begin at 1",
                );
            } else if range.end < range.start {
                self.reversed(range);
            } else if range.end > largest {
                self.report(
                    range.span,
                    format!("an extension range ends at {}, beyond {largest}", range.end),
                    "write `to max`",
                );
            }
            ranges.push(range);
        }
        ranges
    }

    pub(super) fn reversed(&mut self, range: Range) {
        self.report(
            range.span,
            format!(
                "the range {} to {} ends before it begins, or beyond all numbers",
                range.start, range.end
            ),
            "write the smaller number first, and `max` for no end",
        );
    }

    fn overlap(&mut self, range: Range, what: &str, other: Range, other_what: &str) {
        let source = self.file.source();
        let error = self.report(
            range.span,
            format!(
                "{what} {} overlaps with the {other_what} {}",
                range.shown(),
                other.shown()
            ),
            "remove what both hold from one of them",
        );
        *error = error
            .clone()
            .with_label(source, other.span, "the other one");
    }

    fn taken(&mut self, field: Field<'_>, message: String, range: Range, help: &str) {
        let source = self.file.source();
        let error = self.report(field.number_span(), message, help);
        *error = error.clone().with_label(source, range.span, "here");
    }

    fn message_set(&mut self, message: Message<'s>) {
        if self.file.edition() == crate::schema::Edition::Proto3 {
            self.report(
                message.name().span,
                format!(
                    "message `{}` is a message set, which proto3 does not have",
                    message.full_name()
                ),
                "remove `message_set_wire_format`",
            );
        }
        for field in message.fields() {
            self.report(
                field.written_name().span,
                format!("field `{}` is in a message set", field.name()),
                "a message set holds extensions only",
            );
        }
    }
}
