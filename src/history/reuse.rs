//! Whether a number or a name that is taken was given up before, by something else.

use rustc_hash::FxHashMap;

use super::facts::{Holder, ReservedFacts, is_same_type};
use super::ledger::{Ending, Ledger, Moment, Record, Tenure};

/// A holder: its record, and its position there.
pub(super) type At = (u32, u32);

/// What a type, and those that were renamed to it, gave up by a moment.
pub(super) struct Past<'l> {
    record: u32,
    moment: Moment,
    by_number: FxHashMap<i32, Vec<GivenUp<'l>>>,
    by_name: FxHashMap<&'l str, Vec<GivenUp<'l>>>,
}

/// A tenure, and the commit from which on its number was free.
#[derive(Clone, Copy)]
struct GivenUp<'l> {
    at: At,
    holder: &'l Holder,
    number: i32,
    until: Moment,
}

impl<'l> Past<'l> {
    pub(super) fn of(ledger: &'l Ledger, record: u32, moment: Moment) -> Self {
        let mut past = Self {
            record,
            moment,
            by_number: FxHashMap::default(),
            by_name: FxHashMap::default(),
        };
        visit(ledger, record, moment, &mut |at, tenure, until| {
            let Some(number) = tenure.number else { return };
            let holder = &tenure.holder;
            let given_up = GivenUp {
                at,
                holder,
                number,
                until,
            };
            past.by_number.entry(number).or_default().push(given_up);
            past.by_name.entry(&holder.name).or_default().push(given_up);
        });
        past
    }

    /// Who held `number` last and gave it up before the moment, where that is something else than `taker`.
    ///
    /// Nothing where the number is held at that moment, or where anyone of the same name and type held it before: then it
    /// came back. What the type did under this name goes before what it did under an older one.
    pub(super) fn holder_of(&self, number: i32, taker: &Holder) -> Option<At> {
        let mut own = Last::default();
        let mut inherited = Last::default();
        for given_up in self.by_number.get(&number).into_iter().flatten() {
            let last = if given_up.at.0 == self.record {
                &mut own
            } else {
                &mut inherited
            };
            last.came_back |= is_same(given_up.holder, taker);
            last.see(given_up.until, given_up.at);
        }
        let (last, came_back) = match own.at {
            Some(_) => (own.at, own.came_back),
            None => (inherited.at, inherited.came_back),
        };
        let (until, at) = last?;
        (until < self.moment && !came_back).then_some(at)
    }

    /// Who held the name of `taker` last, under another number and with another JSON form, and gave it up before the
    /// moment.
    pub(super) fn holder_of_name(&self, number: i32, taker: &Holder) -> Option<At> {
        let mut last = Last::default();
        let mut is_harmless = false;
        for given_up in self.by_name.get(&*taker.name).into_iter().flatten() {
            is_harmless |= given_up.number == number || has_same_json(given_up.holder, taker);
            last.see(given_up.until, given_up.at);
        }
        let (until, at) = last.at?;
        (until < self.moment && !is_harmless).then_some(at)
    }
}

/// The last of several holders.
#[derive(Default)]
struct Last {
    at: Option<(Moment, At)>,
    came_back: bool,
}

impl Last {
    fn see(&mut self, until: Moment, at: At) {
        if self.at.is_none_or(|(latest, _)| latest <= until) {
            self.at = Some((until, at));
        }
    }
}

/// Calls `found` for each tenure that ended by `moment`, of a record and of those that were renamed to it, with the
/// commit from which on its number was free. A number that went along with a rename was not free.
fn visit<'l>(
    ledger: &'l Ledger,
    record: u32,
    moment: Moment,
    found: &mut dyn FnMut(At, &'l Tenure, Moment),
) {
    let mut open = vec![(record, moment)];
    let mut seen = vec![record];
    while let Some((at, limit)) = open.pop() {
        let Some(record) = ledger.record(at) else {
            continue;
        };
        for (position, tenure) in (0..).zip(&record.tenures) {
            // Who comes in this very commit was not there before.
            if tenure.from >= limit {
                continue;
            }
            let until = match tenure.until {
                Some((until, _)) if until <= limit => until,
                _ => limit,
            };
            if tenure.until.is_some() || limit < moment {
                found((at, position), tenure, until);
            }
        }
        for before in &record.predecessors {
            if before.at <= limit && !seen.contains(&before.record) {
                seen.push(before.record);
                open.push((before.record, before.at));
            }
        }
    }
}

/// Whether a number means the same to both.
fn is_same(one: &Holder, other: &Holder) -> bool {
    one.name == other.name && is_same_type(&one.type_name, &other.type_name)
}

/// Whether JSON written for one is read for the other: integers of a width are written alike.
fn has_same_json(one: &Holder, other: &Holder) -> bool {
    fn form(type_name: &str) -> &str {
        match type_name {
            "int32" | "uint32" | "sint32" | "fixed32" | "sfixed32" => "int32",
            "int64" | "uint64" | "sint64" | "fixed64" | "sfixed64" => "int64",
            "float" | "double" => "double",
            other => other,
        }
    }
    let is_list = |holder: &Holder| &*holder.label == "repeated";
    is_list(one) == is_list(other) && is_same_type(form(&one.type_name), form(&other.type_name))
}

/// A number that was given up, is not reserved, and was not taken yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The record of the type.
    pub record: u32,
    /// The last holder, among its tenures.
    pub last: u32,
}

impl Ledger {
    /// The numbers that living types have given up, do not reserve and have not given out again.
    pub fn holes(&self) -> Vec<Hole> {
        let mut holes = Vec::new();
        for (at, record) in (0..).zip(&self.records) {
            if record.is_alive() {
                holes_of(at, record, &mut holes);
            }
        }
        holes
    }
}

fn holes_of(at: u32, record: &Record, holes: &mut Vec<Hole>) {
    let mut last: std::collections::BTreeMap<i32, u32> = std::collections::BTreeMap::new();
    for (position, tenure) in (0..).zip(&record.tenures) {
        let Some(number) = tenure.number else {
            continue;
        };
        last.insert(number, position);
    }
    for tenure in record.open() {
        if let Some(number) = tenure.number {
            last.remove(&number);
        }
    }
    if last.is_empty() {
        return;
    }
    let reserved = record.reserved().map(ReservedFacts::merged);
    let is_reserved = |number: i32| {
        let ranges = reserved.as_deref().unwrap_or_default();
        let after = ranges.partition_point(|(first, _)| *first <= number);
        let around = after.checked_sub(1).and_then(|at| ranges.get(at));
        around.is_some_and(|(_, last)| number <= *last)
    };
    let free = last.into_iter().filter(|(number, _)| !is_reserved(*number));
    holes.extend(free.map(|(_, last)| Hole { record: at, last }));
}

impl Tenure {
    /// Whether the whole type went with the number, so that it was deleted rather than given up.
    pub fn ended_with_type(&self) -> bool {
        matches!(
            self.until,
            Some((_, Ending::TypeDeleted | Ending::TypeRenamed))
        )
    }
}
