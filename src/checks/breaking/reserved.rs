//! What a message or enum no longer reserves.

use rustc_hash::FxHashSet;

use super::compare::{BreakingCx, Place};
use super::ranges::{self, Ranges};
use crate::schema::diff::Pair;
use crate::schema::{Enum, File, Message};
use crate::syntax::tree::NumberRange;
use crate::text::Span;

/// A declaration as far as it reserves something.
pub(super) struct Reserving<'s> {
    /// What it is called in a message.
    noun: &'static str,
    full_name: &'s str,
    file: File<'s>,
    span: Span,
    ranges: Vec<&'s NumberRange>,
    names: Vec<String>,
}

impl<'s> From<Message<'s>> for Reserving<'s> {
    fn from(message: Message<'s>) -> Self {
        Self {
            noun: "message",
            full_name: message.full_name(),
            file: message.file(),
            span: message.span(),
            ranges: message.reserved_ranges().collect(),
            names: message.reserved_names().map(|(name, _)| name).collect(),
        }
    }
}

impl<'s> From<Enum<'s>> for Reserving<'s> {
    fn from(node: Enum<'s>) -> Self {
        Self {
            noun: "enum",
            full_name: node.full_name(),
            file: node.file(),
            span: node.span(),
            ranges: node.reserved_ranges().collect(),
            names: node.reserved_names().map(|(name, _)| name).collect(),
        }
    }
}

/// Reports the numbers and names that the baseline reserves and the new version does not.
pub(super) fn report<'s>(pair: Pair<Reserving<'s>>, cx: &mut BreakingCx<'s>) {
    let Pair { before, after } = pair;
    let place = Place::Part(after.file, after.span);
    let declaration = format!("{} `{}`", after.noun, after.full_name);
    let mut tell = |message: String, help: String| {
        cx.report(place, before.file, before.full_name, message)
            .help(help);
    };
    let current = Ranges::of(after.ranges.into_iter());
    for range in before.ranges {
        if !current.cover(range) {
            let shown = ranges::shown(range);
            tell(
                format!("{declaration} no longer reserves all of {shown}"),
                format!("add `reserved {shown};` back"),
            );
        }
    }
    let current_names: FxHashSet<String> = after.names.into_iter().collect();
    for name in before.names {
        if !current_names.contains(&name) {
            tell(
                format!("{declaration} no longer reserves the name `{name}`"),
                format!("add `reserved \"{name}\";` back"),
            );
        }
    }
}
