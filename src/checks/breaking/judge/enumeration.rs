//! Rows D4 to D7: names and numbers of enum values that changed or are gone.

use super::{breaks, silent, when};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::Enum;
use crate::schema::diff::{NumberedValues, Pair};

/// D5 to D7: a number has lost names.
pub(super) fn renamed(pair: &Pair<NumberedValues<'_>>, enums: Pair<Enum<'_>>) -> Verdict {
    let number = pair.before.number;
    let kept = names(&pair.after);
    let lost = Lost::of(&pair.before, &kept, enums.after);
    let wire = match lost.moved.first() {
        Some(name) => silent(format!(
            "number {number} was `{name}`, which has another number now"
        )),
        None => Outcome::Safe,
    };
    // D1, where the number is somebody else's now.
    let come = kept.first().filter(|name| !has(enums.before, name));
    let unknown = match come {
        Some(name) => when(format!("readers of the baseline see no `{name}`")),
        None => Outcome::Safe,
    };
    Verdict::new(wire, lost.json().worst(unknown), lost.source())
}

/// D4: no value has the number any more.
pub(super) fn removed(removed: &NumberedValues<'_>, enums: Pair<Enum<'_>>) -> Verdict {
    let number = removed.number;
    let lost = Lost::of(removed, &[], enums.after);
    let wire = if !lost.moved.is_empty() {
        silent(format!(
            "the value has another number now; {number} is read as an unlisted one"
        ))
    } else if enums.after.is_closed() {
        when(format!(
            "nobody sends {number}; a closed enum puts it among the unknown fields"
        ))
    } else if enums.after.reserves_number(number) {
        Outcome::Safe
    } else {
        when(format!(
            "number {number} is never used again; it is not reserved"
        ))
    };
    Verdict::new(wire, lost.json(), lost.source())
}

/// The names that a number had and has no more.
struct Lost<'s> {
    /// Those that have another number now.
    moved: Vec<&'s str>,
    /// Those that are nowhere, the one that was written first.
    gone: Vec<&'s str>,
    /// The name that was written for the number, if it is gone.
    written: Option<&'s str>,
}

impl<'s> Lost<'s> {
    fn of(before: &NumberedValues<'s>, kept: &[&str], after: Enum<'_>) -> Self {
        let all = names(before);
        let lost = all.iter().copied().filter(|name| !kept.contains(name));
        let (moved, gone): (Vec<_>, Vec<_>) = lost.partition(|name| has(after, name));
        let written = all.first().copied().filter(|name| gone.contains(name));
        Self {
            moved,
            gone,
            written,
        }
    }

    /// Only the first name of a number is ever written.
    fn json(&self) -> Outcome {
        let gone = self.gone.join("`, `");
        match self.written {
            Some(_) => breaks(format!("`{gone}` is refused")),
            None if self.gone.is_empty() => Outcome::Safe,
            None => when(format!(
                "nobody writes `{gone}` by hand; programs write the first name of the number"
            )),
        }
    }

    fn source(&self) -> Outcome {
        if self.gone.is_empty() {
            return Outcome::Safe;
        }
        let gone = self.gone.join("`, `");
        breaks(format!("`{gone}` is gone from generated code"))
    }
}

fn names<'s>(values: &NumberedValues<'s>) -> Vec<&'s str> {
    let values = values.values.iter();
    values.map(|value| value.name().text).collect()
}

fn has(node: Enum<'_>, name: &str) -> bool {
    node.value_named(name).is_some()
}
