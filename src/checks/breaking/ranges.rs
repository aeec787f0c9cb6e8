//! Reserved numbers and extension ranges as sets, so that splitting, merging and widening is no change.

use crate::syntax::tree::NumberRange;

/// Numbers in ranges that neither overlap nor touch, ascending.
#[derive(Debug)]
pub(super) struct Ranges {
    merged: Vec<(i64, i64)>,
}

impl Ranges {
    /// The union of some ranges.
    pub(super) fn of<'s>(ranges: impl Iterator<Item = &'s NumberRange>) -> Self {
        let mut all: Vec<(i64, i64)> = ranges.filter_map(NumberRange::ends).collect();
        all.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(all.len());
        for (start, end) in all {
            match merged.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self { merged }
    }

    /// Whether all numbers of a range are in them.
    pub(super) fn cover(&self, range: &NumberRange) -> bool {
        let Some((start, end)) = range.ends() else {
            return true;
        };
        let after = self.merged.partition_point(|&(from, _)| from <= start);
        let around = after.checked_sub(1).and_then(|at| self.merged.get(at));
        around.is_some_and(|&(_, to)| end <= to)
    }
}

/// A range as it would be written.
pub(super) fn shown(range: &NumberRange) -> String {
    match range.ends() {
        Some((start, i64::MAX)) => format!("{start} to max"),
        Some((start, end)) if start == end => start.to_string(),
        Some((start, end)) => format!("{start} to {end}"),
        None => String::new(),
    }
}
