//! Strings are checked to be UTF-8 on one side only.
//!
//! ## What breaks
//! A reader that checks refuses the whole message when one string is not UTF-8, which a writer that does not check
//! may have written.
//!
//! ## Examples
//! ```proto,before
//! edition = "2023";
//!
//! message User {
//!   string name = 1 [features.utf8_validation = NONE];
//! }
//! ```
//! ```proto,after,bad
//! edition = "2023";
//!
//! message User {
//!   string name = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::options::{self, Feature};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::features::Utf8Validation;
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Type, &[Compare::Field(check)]),
};

pub(super) fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let is_string =
        |field: Field<'s>| field.kind() == FieldKind::Scalar(Scalar::String) && !field.is_map();
    if !is_string(fields.before) || !is_string(fields.after) {
        return;
    }
    let checks = fields.map(|field| field.features().utf8_validation);
    if checks.is_same() {
        return;
    }
    let word = |check| match check {
        Utf8Validation::Verify => "checked",
        Utf8Validation::None => "not checked",
    };
    let place = options::feature_place(
        fields.after.options(),
        Feature::FIELD_UTF8_VALIDATION,
        fields.after.span(),
    );
    cx.report(
        Place::Part(fields.after.file(), place),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "string `{}` was {} to be UTF-8 and is now {}",
            fields.after.name(),
            word(checks.before),
            word(checks.after)
        ),
    )
    .help("keep the check as it was with `features.utf8_validation`");
}
