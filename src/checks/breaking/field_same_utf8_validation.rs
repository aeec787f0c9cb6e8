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

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::options::{self, Feature};
use super::strings::{self, Strings};
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::Field;
use crate::schema::diff::Pair;
use crate::schema::features::Utf8Validation;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Type,
        &[Compare::Field(check), Compare::MapEntry(check_entry)],
    ),
};

pub(super) fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    if let Some(strings) = strings::of_field(fields) {
        compare(strings, cx);
    }
}

pub(super) fn check_entry<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    strings::of_entry(fields).for_each(|strings| compare(strings, cx));
}

fn compare<'s>(strings: Strings<'s>, cx: &mut BreakingCx<'s>) {
    let fields = strings.fields;
    let checks = fields.map(|field| field.features().utf8_validation);
    if checks.is_same() {
        return;
    }
    let word = |check| match check {
        Utf8Validation::Verify => "checked",
        Utf8Validation::None => "not checked",
    };
    let place = match strings.has_options {
        true => options::feature_place(
            fields.after.options(),
            Feature::FIELD_UTF8_VALIDATION,
            strings.span,
        ),
        false => strings.span,
    };
    cx.report(
        Place::Part(fields.after.file(), place),
        fields.before.file(),
        strings.symbol,
        format!(
            "{} was {} to be UTF-8 and is now {}",
            strings.noun,
            word(checks.before),
            word(checks.after)
        ),
    )
    .help("keep the check as it was with `features.utf8_validation`");
}
