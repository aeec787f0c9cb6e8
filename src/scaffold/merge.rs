//! A three-way merge of lines.
//!
//! Both sides are compared with the base. Where only one of them changed lines, its lines stand; where both changed
//! the same lines, or lines that touch, they stand one after the other between conflict markers, unless both made the
//! same of them. Nothing that either side has is ever dropped.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What has come of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text.
    pub text: String,
    /// How many conflicts are marked in it.
    pub conflicts: usize,
}

/// Lines of the base that a side replaced, and what by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    base: (usize, usize),
    side: (usize, usize),
}

/// Merges what `yours` and `theirs` made of `base`. `theirs` is named `their_name` in conflict markers.
pub fn merge(base: &str, yours: &str, theirs: &str, their_name: &str) -> Merged {
    let base: Vec<&str> = base.split_inclusive('\n').collect();
    let yours: Vec<&str> = yours.split_inclusive('\n').collect();
    let theirs: Vec<&str> = theirs.split_inclusive('\n').collect();
    let our_changes = changes(&base, &yours);
    let their_changes = changes(&base, &theirs);
    let mut merged = Merged {
        text: String::new(),
        conflicts: 0,
    };
    let (mut at, mut ours, mut their) = (0, our_changes.as_slice(), their_changes.as_slice());
    // How far lines of a side are from those of the base, as far as both are the same.
    let (mut our_end, mut their_end) = (0, 0);
    while let Some(start) = ours.iter().chain(their).map(|change| change.base.0).min() {
        push(&mut merged.text, &base[at..start]);
        our_end += start - at;
        their_end += start - at;
        // All changes that overlap or touch what was taken in are one.
        let mut end = start;
        let (our_first, their_first) = (ours, their);
        loop {
            let before = (ours.len(), their.len());
            while let Some((change, rest)) = ours
                .split_first()
                .filter(|(change, _)| change.base.0 <= end)
            {
                end = end.max(change.base.1);
                ours = rest;
            }
            while let Some((change, rest)) = their
                .split_first()
                .filter(|(change, _)| change.base.0 <= end)
            {
                end = end.max(change.base.1);
                their = rest;
            }
            if before == (ours.len(), their.len()) {
                break;
            }
        }
        let our_taken = &our_first[..our_first.len() - ours.len()];
        let their_taken = &their_first[..their_first.len() - their.len()];
        let our_start = our_end;
        let their_start = their_end;
        our_end = side_end(our_taken, our_start, start, end);
        their_end = side_end(their_taken, their_start, start, end);
        let our_lines = &yours[our_start..our_end];
        let their_lines = &theirs[their_start..their_end];
        if their_taken.is_empty() || our_lines == their_lines {
            push(&mut merged.text, our_lines);
        } else if our_taken.is_empty() {
            push(&mut merged.text, their_lines);
        } else {
            conflict(
                &mut merged,
                our_lines,
                &base[start..end],
                their_lines,
                their_name,
            );
        }
        at = end;
    }
    push(&mut merged.text, &base[at..]);
    merged
}

/// Where the lines of a side end that stand for the base's lines `start..end`.
fn side_end(taken: &[Change], side_start: usize, start: usize, end: usize) -> usize {
    taken.last().map_or(side_start + (end - start), |last| {
        last.side.1 + (end - last.base.1)
    })
}

fn changes(base: &[&str], side: &[&str]) -> Vec<Change> {
    capture_diff_slices(Algorithm::Histogram, base, side)
        .iter()
        .filter(|operation| !matches!(operation, DiffOp::Equal { .. }))
        .map(|operation| {
            let (_, base, side) = operation.as_tag_tuple();
            Change {
                base: (base.start, base.end),
                side: (side.start, side.end),
            }
        })
        .collect()
}

/// Marks a conflict, but for the lines at its ends that both sides have.
fn conflict(merged: &mut Merged, ours: &[&str], base: &[&str], theirs: &[&str], their_name: &str) {
    let same_start = ours
        .iter()
        .zip(theirs)
        .take_while(|(one, other)| one == other)
        .count();
    push(&mut merged.text, &ours[..same_start]);
    let (ours, theirs) = (&ours[same_start..], &theirs[same_start..]);
    let same_end = ours
        .iter()
        .rev()
        .zip(theirs.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let (our_lines, tail) = ours.split_at(ours.len() - same_end);
    let their_lines = &theirs[..theirs.len() - same_end];
    merged.conflicts += 1;
    merged.text.push_str("<<<<<<< yours\n");
    push_closed(&mut merged.text, our_lines);
    merged.text.push_str("||||||| written before\n");
    push_closed(&mut merged.text, base);
    merged.text.push_str("=======\n");
    push_closed(&mut merged.text, their_lines);
    merged.text.push_str(">>>>>>> ");
    merged.text.push_str(their_name);
    merged.text.push('\n');
    push(&mut merged.text, tail);
}

fn push(text: &mut String, lines: &[&str]) {
    for line in lines {
        // A last line without an end is no last line any more.
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(line);
    }
}

fn push_closed(text: &mut String, lines: &[&str]) {
    push(text, lines);
    if !text.ends_with('\n') {
        text.push('\n');
    }
}

/// Whether a text has markers of a conflict that nobody has resolved.
pub fn has_markers(text: &str) -> bool {
    let starts = |marker: &str| text.lines().any(|line| line.starts_with(marker));
    starts("<<<<<<< ") && starts(">>>>>>> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, yours: &str, theirs: &str) -> (String, usize) {
        let lines = |text: &str| {
            text.split(' ')
                .map(|word| format!("{word}\n"))
                .collect::<String>()
        };
        let merged = merge(&lines(base), &lines(yours), &lines(theirs), "new");
        (
            merged.text.split_whitespace().collect::<Vec<_>>().join(" "),
            merged.conflicts,
        )
    }

    #[test]
    fn changes_apart_from_each_other_are_both_made() {
        assert_eq!(
            merged("a b c d e", "A b c d e", "a b c d E"),
            ("A b c d E".to_owned(), 0)
        );
        assert_eq!(
            merged("a b c d e", "a x b c d e", "a b c e"),
            ("a x b c e".to_owned(), 0)
        );
        assert_eq!(merged("a b c", "a b c", "x"), ("x".to_owned(), 0));
        assert_eq!(merged("a b c", "x", "a b c"), ("x".to_owned(), 0));
    }

    #[test]
    fn the_same_change_is_made_once() {
        assert_eq!(merged("a b c", "a X c", "a X c"), ("a X c".to_owned(), 0));
    }

    #[test]
    fn changes_to_the_same_lines_are_a_conflict() {
        let (text, conflicts) = merged("a b c", "a X c", "a Y c");
        assert_eq!(conflicts, 1);
        assert_eq!(
            text,
            "a <<<<<<< yours X ||||||| written before b ======= Y >>>>>>> new c"
        );
    }

    #[test]
    fn nothing_is_lost_where_one_side_deletes_what_the_other_changes() {
        let (text, conflicts) = merged("a b c", "a c", "a B c");
        assert_eq!((text.contains('B'), conflicts), (true, 1));
    }

    /// Every line that a side added or kept against the base is in the result.
    #[test]
    fn no_line_of_either_side_is_lost() {
        let mut seed = 1_u64;
        let mut random = move |below: usize| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap_or(0) % below
        };
        for round in 0..2000 {
            let base: Vec<String> = (0..random(12))
                .map(|number| format!("base{number}\n"))
                .collect();
            let mut edited = |name: &str| {
                let mut lines = base.clone();
                for number in 0..random(5) {
                    let at = random(lines.len() + 1);
                    match random(3) {
                        0 => lines.insert(at, format!("{name}{number}\n")),
                        1 if at < lines.len() => lines[at] = format!("{name}{number}\n"),
                        _ if at < lines.len() => drop(lines.remove(at)),
                        _ => {}
                    }
                }
                lines
            };
            let (yours, theirs) = (edited("yours"), edited("theirs"));
            let merged = merge(&base.concat(), &yours.concat(), &theirs.concat(), "new");
            for line in yours
                .iter()
                .chain(&theirs)
                .filter(|line| !base.contains(line))
            {
                assert!(
                    merged.text.contains(line.as_str()),
                    "round {round} lost {line} in\n{}",
                    merged.text
                );
            }
            for line in base
                .iter()
                .filter(|line| yours.contains(line) && theirs.contains(line))
            {
                assert!(
                    merged.text.contains(line.as_str()),
                    "round {round} lost {line} in\n{}",
                    merged.text
                );
            }
            if yours == base {
                assert_eq!(merged.text, theirs.concat());
            }
            if theirs == base {
                assert_eq!(merged.text, yours.concat());
            }
        }
    }
}
