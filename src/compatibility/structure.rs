//! Rows B15, B16 and E7: message types compared by what they hold, not by their names.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::cardinality::{Shape, field_change};
use super::enumeration;
use super::keys::{json_of_new, json_of_old};
use super::oneof::{By, Direction, Mates, oneof_change};
use super::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Enum, Message, Oneof};

/// Remembers the verdicts on pairs of types, so that each pair is compared once and recursion ends.
#[derive(Debug, Default)]
pub struct Structures {
    /// `None` while the pair is being compared: a recursive type adds nothing to its own verdict.
    known: RefCell<FxHashMap<Two, Option<Verdict>>>,
    depth: RefCell<u32>,
    /// Verdicts on enums, by whether their writers write zeros.
    enums: RefCell<FxHashMap<(Two, [bool; 2]), Verdict>>,
    /// What became of the members of oneofs.
    mates: RefCell<FxHashMap<(Two, Direction, By), Rc<Mates>>>,
}

/// Files and positions of two types or of a oneof and a message, of one side each.
type Two = (usize, usize, usize, usize);

/// Types nested deeper than this are taken to differ; real ones are far from it.
const MAX_DEPTH: u32 = 64;

impl Structures {
    /// What it means that a value of one message type is read as the other. Names of types play no part; names of
    /// fields do, for JSON and source.
    pub fn compare(&self, pair: Pair<Message<'_>>) -> Verdict {
        let key = (
            pair.before.file().id().get(),
            pair.before.index().get(),
            pair.after.file().id().get(),
            pair.after.index().get(),
        );
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone().unwrap_or(Verdict::SAFE);
        }
        if *self.depth.borrow() >= MAX_DEPTH {
            let deep = Outcome::breaks("the types are nested too deep to be compared");
            return Verdict::new(deep.clone(), deep.clone(), deep);
        }
        self.known.borrow_mut().insert(key, None);
        *self.depth.borrow_mut() += 1;
        let verdict = self.fields(pair);
        *self.depth.borrow_mut() -= 1;
        self.known.borrow_mut().insert(key, Some(verdict.clone()));
        verdict
    }

    /// The verdict on an enum in place of another, or on the two versions of one.
    pub(super) fn compare_enums(&self, pair: Pair<Enum<'_>>, writes_zero: [bool; 2]) -> Verdict {
        let two = (
            pair.before.file().id().get(),
            pair.before.index().get(),
            pair.after.file().id().get(),
            pair.after.index().get(),
        );
        let mut known = self.enums.borrow_mut();
        let verdict = known.entry((two, writes_zero));
        verdict
            .or_insert_with(|| enumeration::change(pair.before, pair.after, writes_zero))
            .clone()
    }

    /// The members of a oneof in the message of the other side.
    pub(super) fn mates(
        &self,
        oneof: Oneof<'_>,
        other: Message<'_>,
        direction: Direction,
        by: By,
    ) -> Rc<Mates> {
        let two = (
            oneof.file().id().get(),
            oneof.index().get(),
            other.file().id().get(),
            other.index().get(),
        );
        let mut known = self.mates.borrow_mut();
        let mates = known.entry((two, direction, by));
        Rc::clone(mates.or_insert_with(|| Rc::new(Mates::of(oneof, other, by))))
    }

    /// Bytes and source go by numbers, JSON by keys.
    fn fields(&self, pair: Pair<Message<'_>>) -> Verdict {
        let mut verdict = Verdict::SAFE;
        for before in pair.before.fields() {
            verdict.json = verdict.json.worst(json_of_old(before, pair.after, self));
            let Some(number) = before.number() else {
                continue;
            };
            let Some(after) = pair.after.field_numbered(number) else {
                let only_here = one_sided(&before.name(), before.cardinality());
                verdict.wire = verdict.wire.worst(only_here.wire);
                continue;
            };
            let change = field_change(Shape::of(before), Shape::of(after), self)
                .worst(oneof_change(Pair { before, after }, self));
            verdict.wire = verdict.wire.worst(change.wire);
            verdict.source = verdict.source.worst(change.source);
            if before.name() != after.name() {
                verdict.source = verdict.source.worst(Outcome::breaks(
                    "a field has another name in generated code",
                ));
                if pair.after.field_named(&before.name()).is_some() {
                    verdict.wire = verdict.wire.worst(Outcome::Silent(
                        format!("number {number} is `{}` on one side only", before.name()).into(),
                    ));
                }
            }
        }
        for after in pair.after.fields() {
            verdict.json = verdict.json.worst(json_of_new(pair.before, after, self));
            let number = after.number();
            if number.is_some_and(|number| pair.before.field_numbered(number).is_none()) {
                let only_here = one_sided(&after.name(), after.cardinality());
                verdict.wire = verdict.wire.worst(only_here.wire);
            }
        }
        verdict
    }
}

/// A field that only one of the two types has.
pub(super) fn one_sided(name: &str, cardinality: Cardinality) -> Verdict {
    if cardinality == Cardinality::Required {
        let missing = Outcome::Break(
            format!("one side requires `{name}`, which the other never sends").into(),
        );
        return Verdict::new(missing.clone(), missing, Outcome::Safe);
    }
    let wire = {
        Outcome::Conditional(
            format!("`{name}` is not needed; the side that lacks it keeps it as an unknown field")
                .into(),
        )
    };
    Verdict::new(
        wire,
        Outcome::Conditional(
            format!("`{name}` is not sent; the side that lacks it refuses the key").into(),
        ),
        Outcome::Safe,
    )
}
