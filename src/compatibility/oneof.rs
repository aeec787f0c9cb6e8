//! Rows C9 to C16: a field moves into a oneof, out of one, or from one to another.

use rustc_hash::FxHashMap;

use super::{Outcome, Structures, Verdict};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message, Oneof};

/// What it does to one field that it is in another oneof, or in one on one side only. Safe where nothing moved.
pub fn oneof_change(pair: Pair<Field<'_>>, structures: &Structures) -> Verdict {
    let names = pair.map(|field| field.oneof().map(|oneof| oneof.name().text));
    if names.is_same() {
        return Verdict::SAFE;
    }
    Verdict::new(
        outcome(
            pair,
            By::Number,
            structures,
            [
                "setting one member clears the others: only the last of several is kept",
                "at most one of the oneof's fields is set; of several only the last is kept",
            ],
        ),
        outcome(
            pair,
            By::Name,
            structures,
            [
                "several members of a oneof at once are refused",
                "at most one of the oneof's fields is set; several are refused",
            ],
        ),
        Outcome::breaks("the field is part of another type in generated code"),
    )
}

/// What makes fields of two messages the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum By {
    Number,
    Name,
}

impl By {
    fn find<'s>(self, field: Field<'_>, other: Message<'s>) -> Option<Field<'s>> {
        match self {
            Self::Number => other.field_numbered(field.number()?),
            Self::Name => other.field_named(&field.name()),
        }
    }
}

/// Which side's oneof is looked for on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    OldInNew,
    NewInOld,
}

/// Where the members of a oneof are in a message of the other side: how many in each of its oneofs, by position, and how
/// many in none.
#[derive(Debug, Default)]
pub(super) struct Mates {
    by_home: FxHashMap<Option<usize>, usize>,
    /// The oneofs among those by name.
    homes: FxHashMap<Box<str>, usize>,
}

impl Mates {
    pub(super) fn of(oneof: Oneof<'_>, other: Message<'_>, by: By) -> Self {
        let mut mates = Self::default();
        for found in oneof.fields().filter_map(|member| by.find(member, other)) {
            *mates.by_home.entry(position(found)).or_default() += 1;
            if let Some(home) = found.oneof() {
                let name = Box::from(home.name().text);
                mates.homes.insert(name, home.index().get());
            }
        }
        mates
    }

    /// Whether any other member than the one that was found at `own` is anywhere but in the oneof `beside`.
    fn any_but(&self, own: Option<Option<usize>>, beside: Option<usize>) -> bool {
        let mut homes = self.by_home.keys();
        homes.any(|home| (home.is_none() || *home != beside) && self.is_in(*home, own))
    }

    /// Whether any other member than the one that was found at `own` is there.
    fn is_in(&self, home: Option<usize>, own: Option<Option<usize>>) -> bool {
        let count = self.by_home.get(&home).copied().unwrap_or_default();
        count > usize::from(own == Some(home))
    }
}

/// The oneof of a field.
fn position(field: Field<'_>) -> Option<usize> {
    field.oneof().map(|oneof| oneof.index().get())
}

/// The outcome where fields are the same by number or by name, in words for a oneof that was there already and for one that
/// was not.
fn outcome(
    pair: Pair<Field<'_>>,
    by: By,
    structures: &Structures,
    [joined, met]: [&'static str; 2],
) -> Outcome {
    let Pair { before, after } = pair;
    let (Some(old), Some(new)) = (before.containing_message(), after.containing_message()) else {
        return Outcome::Safe;
    };
    let (mut meets, mut joins, mut parts) = (false, false, false);
    if let Some(oneof) = after.oneof() {
        let mates = structures.mates(oneof, old, Direction::NewInOld, by);
        let own = by.find(after, old).map(position);
        let beside = position(before);
        meets = mates.any_but(own, beside);
        // C12: a member was there before this field came.
        let home = mates.homes.get(oneof.name().text).copied();
        joins = home.is_some() && home != beside && mates.is_in(home, own);
    }
    if let Some(oneof) = before.oneof() {
        let mates = structures.mates(oneof, new, Direction::OldInNew, by);
        parts = mates.any_but(by.find(before, new).map(position), position(after));
    }
    if joins {
        Outcome::breaks(joined)
    } else if meets || parts {
        Outcome::when(met)
    } else if before.cardinality() == after.cardinality() {
        Outcome::Safe
    } else {
        Outcome::when("nobody tells a zero from an absent value")
    }
}
