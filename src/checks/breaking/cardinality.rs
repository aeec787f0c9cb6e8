//! What the rules on cardinality share: which changes each of them lets pass.

use super::compare::{BreakingCx, Place, symbol};
use crate::schema::diff::Pair;
use crate::schema::{Cardinality, Field};

/// Which cardinalities count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Groups {
    /// None: each stands alone.
    Each,
    /// Explicit and implicit are one, and so are repeated and map.
    Wire,
    /// Explicit and implicit are one.
    WireJson,
}

impl Groups {
    const fn group(self, cardinality: Cardinality) -> u8 {
        match (self, cardinality) {
            (_, Cardinality::Explicit) => 0,
            (Self::Each, Cardinality::Implicit) => 1,
            (_, Cardinality::Implicit) => 0,
            (_, Cardinality::Required) => 2,
            (_, Cardinality::Repeated) => 3,
            (Self::Wire, Cardinality::Map) => 3,
            (_, Cardinality::Map) => 4,
        }
    }
}

/// Reports a change from one group to another.
pub(super) fn check<'s>(fields: Pair<Field<'s>>, groups: Groups, cx: &mut BreakingCx<'s>) {
    let cardinalities = fields.map(Field::cardinality);
    if groups.group(cardinalities.before) == groups.group(cardinalities.after) {
        return;
    }
    cx.report(
        Place::Part(fields.after.file(), fields.after.span()),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "field `{}` was {} and is now {}",
            fields.after.name(),
            named(cardinalities.before),
            named(cardinalities.after)
        ),
    )
    .help("keep it as it was, and add a new field with the new cardinality");
}

const fn named(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::Explicit => "optional with presence",
        Cardinality::Implicit => "optional without presence",
        Cardinality::Required => "required",
        Cardinality::Repeated => "repeated",
        Cardinality::Map => "a map",
    }
}
