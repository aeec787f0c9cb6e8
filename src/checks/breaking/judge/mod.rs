//! The verdict on a change that a rule reported: which row of the table it is.

mod enumeration;
mod field;
mod file;
mod rpc;

use std::borrow::Cow;

use super::aspect::Aspect;
use crate::compatibility::{Outcome, Structures, Verdict, enum_change};
use crate::schema::diff::{Change, Diff};

pub(super) use field::required as required_field;
pub(super) use rpc::path_gone;

/// What `aspect` of a change does on each surface.
pub(super) fn verdict(
    change: &Change<'_>,
    aspect: Aspect,
    diff: &Diff<'_>,
    structures: &Structures,
) -> Verdict {
    let after = diff.after();
    match change {
        Change::Field(pair) | Change::Extension(pair) => field::changed(*pair, aspect, structures),
        Change::MapEntry(pair) => match aspect {
            Aspect::Option => language(),
            _ => field::changed(*pair, Aspect::Type, structures),
        },
        Change::FieldRemoved(field, messages) => {
            field::removed(*field, *messages, diff, structures)
        }
        Change::EnumNumber(pair, enums) => enumeration::renamed(pair, *enums),
        Change::EnumNumberRemoved(removed, enums) => enumeration::removed(removed, *enums),
        Change::Enum(pair) => match aspect {
            Aspect::Reserved => reserved_removed(),
            _ => enum_change(pair.before, pair.after),
        },
        Change::Message(_) => match aspect {
            Aspect::Reserved => reserved_removed(),
            Aspect::ExtensionRange => Verdict::new(
                breaks("extensions with these numbers become unknown"),
                breaks("extensions with these numbers are refused"),
                breaks("extensions with these numbers no longer compile"),
            ),
            Aspect::Cardinality => required(),
            _ => language(),
        },
        Change::OneofRemoved(oneof, messages) => field::oneof_removed(*oneof, *messages),
        Change::Method(pair) => rpc::changed(*pair, aspect, structures),
        Change::MethodRemoved(..) | Change::ServiceRemoved(..) => path_gone(),
        Change::File(pair) => match aspect {
            Aspect::Package => file::package(pair.before),
            Aspect::Syntax => Verdict::new(
                Outcome::Safe,
                Outcome::Safe,
                when(
                    "no features of the syntax are relied upon; what they change is told field by field",
                ),
            ),
            Aspect::Option => language(),
            _ => file::moved_or_gone(pair.before, after),
        },
        Change::FileRemoved(file) => file::moved_or_gone(*file, after),
        _ => language(),
    }
}

pub(super) fn when(condition: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Conditional(condition.into())
}

pub(super) fn breaks(what: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Break(what.into())
}

pub(super) fn silent(what: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Silent(what.into())
}

/// E13, A19: only the code of a language changes.
pub(super) fn language() -> Verdict {
    Verdict::new(
        Outcome::Safe,
        Outcome::Safe,
        breaks("generated code changes in the language that reads this"),
    )
}

/// A7
fn reserved_removed() -> Verdict {
    Verdict::new(
        when("what was reserved is never used again"),
        when("what was reserved is never used again"),
        Outcome::Safe,
    )
}

/// A16, A17
fn required() -> Verdict {
    let missing = || breaks("a message without the field is refused by the side that requires it");
    Verdict::new(missing(), missing(), Outcome::Safe)
}
