//! The next number of a type that nobody ever used.

use rustc_hash::FxHashSet;

use super::facts::{self, Kind, ReservedFacts};
use super::ledger::{Ledger, Record};
use super::lock::NumbersLock;
use crate::sources::git::Repository;

/// The largest number of a field.
const MAX_FIELD: i32 = (1 << 29) - 1;
/// The numbers that Protocol Buffers keep for themselves.
const INTERNAL: (i32, i32) = (19_000, 19_999);

/// The numbers of a type that cannot be given out.
#[derive(Debug, Clone, Default)]
pub struct TakenNumbers {
    is_enum: bool,
    used: FxHashSet<i32>,
    ranges: Vec<(i32, i32)>,
}

impl TakenNumbers {
    /// What the type of that name used or reserves, and what those used that were renamed to it. Empty where there never
    /// was such a type.
    pub fn of(ledger: &Ledger, name: &str) -> Self {
        let records: Vec<u32> = ledger.find(name).map(|(at, _)| at).collect();
        Self::of_records(ledger, &records)
    }

    /// The same for the records of a type.
    pub(super) fn of_records(ledger: &Ledger, records: &[u32]) -> Self {
        let mut taken = Self::default();
        let mut open = records.to_vec();
        let mut seen: FxHashSet<u32> = open.iter().copied().collect();
        while let Some(record) = open.pop().and_then(|at| ledger.record(at)) {
            taken.add_record(record);
            for before in &record.predecessors {
                if seen.insert(before.record) {
                    open.push(before.record);
                }
            }
        }
        taken
    }

    fn add_record(&mut self, record: &Record) {
        self.is_enum |= record.kind == Kind::Enum;
        self.used
            .extend(record.tenures.iter().filter_map(|tenure| tenure.number));
        // What was reserved once was reserved for a reason, unless it was a whole range to the end.
        for (_, reserved) in &record.reserved {
            self.add_reserved(reserved);
        }
    }

    /// Adds what a version that is not committed yet uses and reserves.
    pub(super) fn add(&mut self, numbers: impl Iterator<Item = i32>, reserved: &ReservedFacts) {
        self.used.extend(numbers);
        self.add_reserved(reserved);
    }

    /// Adds what a lock file says of the type.
    pub fn add_lock(&mut self, lock: &NumbersLock, name: &str) {
        self.used.extend(lock.numbers(name));
    }

    /// Adds what the files on disk use and reserve that declare the type in the newest commit: what is typed but not
    /// committed. Whether there is such a file.
    pub fn add_work_tree(&mut self, ledger: &Ledger, repository: &Repository, name: &str) -> bool {
        let Some(work_tree) = repository.work_tree() else {
            return false;
        };
        let mut is_found = false;
        let homes = ledger.find(name).filter_map(|(_, record)| record.home());
        for home in homes {
            let Ok(bytes) = std::fs::read(work_tree.join(ledger.path(home))) else {
                continue;
            };
            for facts in facts::of_file(bytes).into_iter().flatten() {
                if &*facts.name == name {
                    is_found = true;
                    let numbers = facts.members.iter().filter_map(|member| member.number);
                    self.add(numbers, &facts.reserved);
                }
            }
        }
        is_found
    }

    fn add_reserved(&mut self, reserved: &ReservedFacts) {
        self.ranges.extend(&reserved.numbers);
    }

    /// Whether a number was used or is reserved.
    pub fn holds(&self, number: i32) -> bool {
        let mut ranges = self.ranges();
        self.used.contains(&number) || ranges.any(|(first, last)| (first..=last).contains(&number))
    }

    fn ranges(&self) -> impl Iterator<Item = (i32, i32)> {
        let internal = (!self.is_enum).then_some(INTERNAL);
        self.ranges.iter().copied().chain(internal)
    }

    /// The number after the greatest that was ever used, past all reserved ranges; where there is none left, the
    /// smallest that is free.
    pub fn next(&self) -> Option<i32> {
        let (first, last) = if self.is_enum {
            (0, i32::MAX)
        } else {
            (1, MAX_FIELD)
        };
        let greatest = self.used.iter().copied().max().unwrap_or(first - 1);
        let after = greatest.checked_add(1).map_or(last, |next| next.max(first));
        self.free_from(after, last)
            .filter(|number| !self.used.contains(number))
            .or_else(|| self.free_from(first, last))
    }

    /// The smallest free number from `start` to `last`.
    fn free_from(&self, start: i32, last: i32) -> Option<i32> {
        let used = self.used.iter().map(|number| (*number, *number));
        let mut number = start;
        for (first, end) in facts::merged(self.ranges().chain(used).collect()) {
            if first > number {
                break;
            }
            if number <= end {
                number = end.checked_add(1)?;
            }
        }
        (number <= last).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(used: &[i32], ranges: &[(i32, i32)], is_enum: bool) -> Option<i32> {
        TakenNumbers {
            is_enum,
            used: used.iter().copied().collect(),
            ranges: ranges.to_vec(),
        }
        .next()
    }

    #[test]
    fn the_next_number_was_never_used_and_is_not_reserved() {
        assert_eq!(next(&[], &[], false), Some(1));
        assert_eq!(next(&[], &[], true), Some(0));
        assert_eq!(next(&[1, 2, 7], &[], false), Some(8));
        assert_eq!(next(&[1, 2], &[(3, 5), (6, 6)], false), Some(7));
        assert_eq!(next(&[18_999], &[], false), Some(20_000));
        assert_eq!(next(&[18_999], &[], true), Some(19_000));
        assert_eq!(next(&[1, MAX_FIELD], &[], false), Some(2));
        assert_eq!(next(&[1, 2], &[(3, i32::MAX)], false), None);
        assert_eq!(next(&[-1], &[], true), Some(0));
        assert_eq!(next(&[0, i32::MAX], &[], true), Some(1));
    }
}
