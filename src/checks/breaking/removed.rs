//! What the rules on removed fields and enum values share: whether the removal is reserved, and how it is told.

use rustc_hash::FxHashSet;

use super::compare::{BreakingCx, Place, nested_name};
use crate::schema::diff::{NumberedValues, Pair, map_entry_name};
use crate::schema::{Enum, Field, File, Message};
use crate::text::Span;

/// What makes a removal acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reserving {
    /// Nothing does.
    Nothing,
    /// The name is reserved.
    Name,
    /// The number is reserved.
    Number,
}

impl Reserving {
    const fn missing(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Name => " and its name is not reserved",
            Self::Number => " and its number is not reserved",
        }
    }
}

/// Reports a removed field, unless it is reserved as asked for.
pub(super) fn field<'s>(
    field: Field<'s>,
    message: Pair<Message<'s>>,
    reserving: Reserving,
    cx: &mut BreakingCx<'s>,
) {
    let Some(number) = field.number() else { return };
    let name = field.name();
    let is_reserved = match reserving {
        Reserving::Nothing => false,
        Reserving::Name => message.after.reserves_name(&name),
        Reserving::Number => message.after.reserves_number(number),
    };
    if is_reserved {
        return;
    }
    let text = format!(
        "field `{name}` with number {number} was removed from message `{}`{}",
        message.after.full_name(),
        reserving.missing()
    );
    let help = match reserving {
        Reserving::Nothing => format!(
            "keep it with `[deprecated = true]`; once nobody needs it, remove it and add `reserved {number};` and `reserved \"{name}\";`"
        ),
        Reserving::Name => format!("add `reserved \"{name}\";`"),
        Reserving::Number => format!("add `reserved {number};`"),
    };
    cx.report(
        Place::Part(message.after.file(), message.after.span()),
        message.before.file(),
        format!("{}#{number}", message.before.full_name()),
        text,
    )
    .before(field.file(), field.span(), "declared here in the baseline")
    .help(help);
}

/// Reports a removed enum number, unless it is reserved as asked for.
pub(super) fn enum_number<'s>(
    removed: &NumberedValues<'s>,
    pair: Pair<Enum<'s>>,
    reserving: Reserving,
    cx: &mut BreakingCx<'s>,
) {
    let number = removed.number;
    let names: Vec<&str> = removed
        .values
        .iter()
        .map(|value| value.name().text)
        .collect();
    let is_reserved = match reserving {
        Reserving::Nothing => false,
        Reserving::Name => names.iter().all(|name| pair.after.reserves_name(name)),
        Reserving::Number => pair.after.reserves_number(number),
    };
    if is_reserved {
        return;
    }
    let shown = names.join("`, `");
    let text = format!(
        "value `{shown}` with number {number} was removed from enum `{}`{}",
        pair.after.full_name(),
        reserving.missing()
    );
    let help = match reserving {
        Reserving::Nothing => format!(
            "keep it with `[deprecated = true]`; once nobody needs it, remove it and add `reserved {number};` and the name"
        ),
        Reserving::Name => format!("add `reserved \"{}\";`", names.join("\", \"")),
        Reserving::Number => format!("add `reserved {number};`"),
    };
    let mut report = cx
        .report(
            Place::Part(pair.after.file(), pair.after.span()),
            pair.before.file(),
            format!("{}#{number}", pair.before.full_name()),
            text,
        )
        .help(help);
    if let Some(value) = removed.values.first() {
        report = report.before(value.file(), value.span(), "declared here in the baseline");
    }
    let _ = report;
}

/// The messages of a file, map entries included as descriptors have them, that are no longer in its other version:
/// their name without the package, their full name, and where they were.
pub(super) fn messages(before: File<'_>, after: File<'_>) -> Vec<(String, String, Span)> {
    let names = |file: File<'_>| -> Vec<(String, String, Span)> {
        let mut names = Vec::new();
        for message in file.all_messages() {
            let full_name = message.full_name();
            let nested = nested_name(full_name, file.package()).to_owned();
            for field in message.fields().filter(|field| field.is_map()) {
                let entry = map_entry_name(&field.name());
                names.push((
                    format!("{nested}.{entry}"),
                    format!("{full_name}.{entry}"),
                    field.span(),
                ));
            }
            names.push((nested, full_name.to_owned(), message.name().span));
        }
        names
    };
    let held: FxHashSet<String> = names(after)
        .into_iter()
        .map(|(nested, ..)| nested)
        .collect();
    let mut removed = names(before);
    removed.retain(|(nested, ..)| !held.contains(nested));
    removed
}
