//! What messages and enums reserve, looked up by number and by name.

use rustc_hash::{FxHashMap, FxHashSet};

use super::members::SHORT;
use super::{Enum, File, Message};
use crate::syntax::tree::{self, Item, NodeIndex, NumberRange};
use crate::text::Span;

/// What the long messages and enums of a file reserve. Short ones are searched from the start.
#[derive(Debug, Default)]
pub(super) struct LongReservations {
    messages: FxHashMap<NodeIndex<tree::Message>, Reservations>,
    enums: FxHashMap<NodeIndex<tree::Enum>, Reservations>,
}

#[derive(Debug)]
struct Reservations {
    /// The first number of each range, ascending, and the largest end of all ranges up to it.
    ranges: Vec<(i64, i64)>,
    names: FxHashSet<String>,
}

impl LongReservations {
    fn of(file: File<'_>) -> Self {
        let mut long = Self::default();
        for message in file.all_messages() {
            let (ranges, names) = (message.reserved_ranges(), message.reserved_names());
            let found = Reservations::of(message.items(), ranges, names);
            (long.messages).extend(found.map(|found| (message.index(), found)));
        }
        for node in file.all_enums() {
            let (ranges, names) = (node.reserved_ranges(), node.reserved_names());
            let found = Reservations::of(node.items(), ranges, names);
            (long.enums).extend(found.map(|found| (node.index(), found)));
        }
        long
    }
}

impl Reservations {
    /// Nothing where that is quickly searched: few declarations, and few numbers and names in them.
    fn of<'s>(
        items: &[Item],
        ranges: impl Iterator<Item = &'s NumberRange> + Clone,
        names: impl Iterator<Item = (String, Span)> + Clone,
    ) -> Option<Self> {
        let is_short = items.len() <= SHORT
            && ranges.clone().nth(SHORT).is_none()
            && names.clone().nth(SHORT).is_none();
        if is_short {
            return None;
        }
        let mut ranges: Vec<(i64, i64)> = ranges.filter_map(NumberRange::ends).collect();
        ranges.sort_unstable();
        let mut largest = i64::MIN;
        for (_, end) in &mut ranges {
            largest = largest.max(*end);
            *end = largest;
        }
        let names = names.map(|(name, _)| name).collect();
        Some(Self { ranges, names })
    }

    fn holds(&self, number: i64) -> bool {
        let after = self.ranges.partition_point(|(start, _)| *start <= number);
        let before = after.checked_sub(1).and_then(|at| self.ranges.get(at));
        before.is_some_and(|(_, end)| number <= *end)
    }
}

impl Message<'_> {
    /// Whether a `reserved` statement holds the number.
    pub fn reserves_number(self, number: i32) -> bool {
        match long(self.file()).messages.get(&self.index()) {
            Some(reservations) => reservations.holds(number.into()),
            None => self.reserved_ranges().any(|range| range.holds(number)),
        }
    }

    /// Whether a `reserved` statement holds the name.
    pub fn reserves_name(self, name: &str) -> bool {
        match long(self.file()).messages.get(&self.index()) {
            Some(reservations) => reservations.names.contains(name),
            None => self.reserved_names().any(|(held, _)| held == name),
        }
    }
}

impl Enum<'_> {
    /// Whether a `reserved` statement holds the number.
    pub fn reserves_number(self, number: i32) -> bool {
        match long(self.file()).enums.get(&self.index()) {
            Some(reservations) => reservations.holds(number.into()),
            None => self.reserved_ranges().any(|range| range.holds(number)),
        }
    }

    /// Whether a `reserved` statement holds the name.
    pub fn reserves_name(self, name: &str) -> bool {
        match long(self.file()).enums.get(&self.index()) {
            Some(reservations) => reservations.names.contains(name),
            None => self.reserved_names().any(|(held, _)| held == name),
        }
    }
}

fn long(file: File<'_>) -> &LongReservations {
    let data = file.schema().data(file.id());
    (data.long_reservations).get_or_init(|| LongReservations::of(file))
}
