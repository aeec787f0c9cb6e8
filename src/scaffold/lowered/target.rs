//! The syntax that can say what a file in an edition says.

use crate::diagnostic::Diagnostic;
use crate::scaffold::SCAFFOLD;
use crate::schema::{Cardinality, Field, File};
use crate::text::Span;

/// A syntax without features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Proto2,
    Proto3,
}

impl Target {
    /// The syntax for a file. A field without presence asks for proto3; where there is none, proto2 says more. What
    /// proto3 does not say of a field is amended, but extensions and enums without a zero it does not have at all.
    pub(super) fn of(file: File<'_>) -> Result<Self, Vec<Diagnostic>> {
        let implicit = file
            .all_fields()
            .find(|field| field.cardinality() == Cardinality::Implicit);
        let only_proto2 = only_proto2(file);
        let Some(implicit) = implicit else {
            let has_words = file.all_fields().any(has_proto2_words);
            return Ok(if has_words || !only_proto2.is_empty() {
                Self::Proto2
            } else {
                Self::Proto3
            });
        };
        let problems: Vec<_> = only_proto2
            .into_iter()
            .map(|(span, what)| {
                let message = format!(
                    "{what} and field `{}` has no presence: neither proto2 nor proto3 can say both in one file",
                    implicit.full_name()
                );
                let mut problem = Diagnostic::error(SCAFFOLD, file.source(), span, message);
                problem.reason = Some(
                    "prost reads no editions, so the contract is written again without one".to_owned(),
                );
                problem.help = Some("move one of them to a file of its own".to_owned());
                problem
            })
            .collect();
        if problems.is_empty() {
            Ok(Self::Proto3)
        } else {
            Err(problems)
        }
    }
}

/// What a file declares that proto3 does not have, each with its place.
fn only_proto2(file: File<'_>) -> Vec<(Span, String)> {
    let extensions = file
        .all_fields()
        .filter(|field| field.is_extension() && !extends_options(*field))
        .map(|field| {
            let span = field.written_name().span;
            (span, format!("`{}` is an extension", field.full_name()))
        });
    let extended = file
        .all_messages()
        .filter(|message| message.extension_ranges().next().is_some())
        .map(|message| {
            let what = format!("message `{}` can be extended", message.full_name());
            (message.name().span, what)
        });
    let enums = file
        .all_enums()
        .filter(|of| of.values().next().is_some_and(|it| it.number() != Some(0)))
        .map(|of| {
            let what = format!("enum `{}` does not begin with zero", of.full_name());
            (of.name().span, what)
        });
    extensions.chain(extended).chain(enums).collect()
}

/// Whether proto2 has a word for what a field is, and proto3 has none.
fn has_proto2_words(field: Field<'_>) -> bool {
    field.cardinality() == Cardinality::Required || field.default_value().is_some()
}

fn extends_options(field: Field<'_>) -> bool {
    let extendee = field.extend().and_then(|extend| extend.extendee());
    extendee.is_some_and(|extendee| extendee.full_name().starts_with("google.protobuf."))
}
