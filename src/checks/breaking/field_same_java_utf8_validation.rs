//! Java checks a string to be UTF-8 on one side only.
//!
//! ## What breaks
//! Generated Java refuses a whole message when one string is not UTF-8, or no longer does.
//!
//! ## Examples
//! ```proto,before
//! syntax = "proto2";
//!
//! message User {
//!   optional string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! syntax = "proto2";
//!
//! option java_string_check_utf8 = true;
//!
//! message User {
//!   optional string name = 1;
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::language_feature::LanguageFeature;
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
        Aspect::Option,
        &[Compare::Field(check), Compare::MapEntry(check_entry)],
    ),
};

/// `FileOptions.java_string_check_utf8`
const CHECK_UTF8: i32 = 27;

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    if let Some(strings) = strings::of_field(fields) {
        compare(strings, cx);
    }
}

fn check_entry<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    strings::of_entry(fields).for_each(|strings| compare(strings, cx));
}

fn compare<'s>(strings: Strings<'s>, cx: &mut BreakingCx<'s>) {
    let fields = strings.fields;
    let checks = fields.map(checks);
    if checks.is_same() {
        return;
    }
    let word = |checks| if checks { "checked" } else { "not checked" };
    let after = fields.after;
    let setting = after.file().options().get(CHECK_UTF8);
    let own = || LanguageFeature::JAVA_UTF8_VALIDATION.setting(after.options());
    let setting = setting.or_else(|| own().filter(|_| strings.has_options));
    let span = setting.map_or(strings.span, |setting| setting.span());
    cx.report(
        Place::Part(after.file(), span),
        fields.before.file(),
        strings.symbol,
        format!(
            "{} was {} to be UTF-8 by Java and is now {}",
            strings.noun,
            word(checks.before),
            word(checks.after)
        ),
    )
    .help("keep the check with `java_string_check_utf8`, or `features.(pb.java).utf8_validation` in editions");
}

/// Whether generated Java checks the string.
fn checks(field: Field<'_>) -> bool {
    let file = field.file();
    match file.options().boolean(CHECK_UTF8) {
        Some(true) => return true,
        None if file.edition().is_edition()
            && LanguageFeature::JAVA_UTF8_VALIDATION.of(field) == Some(2) =>
        {
            return true;
        }
        _ => {}
    }
    field.features().utf8_validation == Utf8Validation::Verify
}
