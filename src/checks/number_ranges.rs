//! Numbers of `reserved` statements as ranges, in order, and as they are written.

use std::collections::BTreeMap;

use crate::syntax::Tree;
use crate::syntax::tree::Reserved;

/// First and last number; no last one stands for `max`.
pub(crate) type NumberSpan = (i64, Option<i64>);

/// The ranges of a statement as they are written. None where one is broken.
pub(crate) fn of_statement(tree: &Tree, statement: &Reserved) -> Option<Vec<NumberSpan>> {
    let range = |range: &crate::syntax::tree::NumberRange| {
        let start = range.start.value?;
        Some(match (range.is_max, range.end) {
            (true, _) => (start, None),
            (false, Some(end)) => (start, Some(end.value?)),
            (false, None) => (start, Some(start)),
        })
    };
    tree[statement.ranges].iter().map(range).collect()
}

/// The ranges in order, adjacent and overlapping ones as one.
pub(crate) fn merged(numbers: &[NumberSpan]) -> Vec<NumberSpan> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by_key(|(start, _)| *start);
    let mut merged: Vec<NumberSpan> = Vec::new();
    for (start, end) in sorted {
        match merged.last_mut() {
            Some((_, None)) => {}
            Some((_, Some(last))) if start <= last.saturating_add(1) => match end {
                Some(end) => *last = end.max(*last),
                None => {
                    let from = merged.pop().map_or(start, |(from, _)| from);
                    merged.push((from, None));
                }
            },
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// What is left of `numbers` without those of `others`, in order.
pub(crate) fn without(numbers: &[NumberSpan], others: &[NumberSpan]) -> Vec<NumberSpan> {
    let mut left = Vec::new();
    let others = merged(others);
    for &(mut start, end) in &merged(numbers) {
        let last = end.unwrap_or(i64::MAX);
        let mut is_done = false;
        let first = others.partition_point(|(_, to)| to.is_some_and(|to| to < start));
        for &(from, to) in others.get(first..).unwrap_or_default() {
            let to = to.unwrap_or(i64::MAX);
            if from > last {
                break;
            }
            if start < from {
                left.push((start, Some(from - 1)));
            }
            if to >= last {
                is_done = true;
                break;
            }
            start = to + 1;
        }
        if !is_done {
            left.push((start, end));
        }
    }
    left
}

/// Numbers that were said, to tell what is said again.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// First and last number of ranges that do not overlap.
    ranges: BTreeMap<i64, i64>,
}

impl Said {
    /// Adds a range; gives what of it was not there yet, in order.
    pub(crate) fn add(&mut self, (first, last): NumberSpan) -> Vec<NumberSpan> {
        let end = last.unwrap_or(i64::MAX);
        let before = self.ranges.range(..=first).next_back();
        let start = before.filter(|(_, end)| **end >= first);
        let start = start.map_or(first, |(start, _)| *start);
        let known: Vec<NumberSpan> = (self.ranges.range(start..=end.max(start)))
            .map(|(from, to)| (*from, Some(*to)))
            .collect();
        let left = without(&[(first, last)], &known);
        for (from, _) in &known {
            self.ranges.remove(from);
        }
        let end = known.iter().filter_map(|(_, to)| *to).fold(end, i64::max);
        self.ranges.insert(start, end);
        left
    }
}

/// Ranges as a statement has them: `2 to 3, 9`.
pub(crate) fn written(numbers: &[NumberSpan]) -> String {
    let range = |&(start, end): &NumberSpan| match end {
        None => format!("{start} to max"),
        Some(end) if end == start => start.to_string(),
        Some(end) => format!("{start} to {end}"),
    };
    numbers.iter().map(range).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_put_together_and_taken_apart() {
        let numbers = [(9, Some(9)), (2, Some(3)), (4, Some(4)), (20, None)];
        assert_eq!(written(&merged(&numbers)), "2 to 4, 9, 20 to max");
        let others = [(3, Some(9)), (30, Some(40))];
        assert_eq!(
            written(&without(&numbers, &others)),
            "2, 20 to 29, 41 to max"
        );
        assert_eq!(without(&[(7, Some(7))], &[(7, Some(7))]), []);
    }

    #[test]
    fn what_was_said_is_not_new() {
        let mut said = Said::default();
        let mut add = |first, last| said.add((first, last));
        assert_eq!(add(4, Some(6)), [(4, Some(6))]);
        assert_eq!(add(10, Some(12)), [(10, Some(12))]);
        assert_eq!(add(5, Some(11)), [(7, Some(9))]);
        assert_eq!(add(4, Some(12)), []);
        assert_eq!(add(1, Some(1)), [(1, Some(1))]);
        assert_eq!(add(12, None), [(13, None)]);
        assert_eq!(add(20, Some(30)), []);
        assert_eq!(add(2, Some(3)), [(2, Some(3))]);
    }
}
