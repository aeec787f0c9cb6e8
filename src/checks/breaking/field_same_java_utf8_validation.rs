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

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::language_feature::LanguageFeature;
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
    check: Check::Breaking(Aspect::Option, &[Compare::Field(check)]),
};

/// `FileOptions.java_string_check_utf8`
const CHECK_UTF8: i32 = 27;

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let is_string =
        |field: Field<'s>| field.kind() == FieldKind::Scalar(Scalar::String) && !field.is_map();
    if !is_string(fields.before) || !is_string(fields.after) {
        return;
    }
    let checks = fields.map(checks);
    if checks.is_same() {
        return;
    }
    let word = |checks| if checks { "checked" } else { "not checked" };
    let after = fields.after;
    let setting = after.file().options().get(CHECK_UTF8);
    let setting =
        setting.or_else(|| LanguageFeature::JAVA_UTF8_VALIDATION.setting(after.options()));
    let span = setting.map_or(after.span(), |setting| setting.span());
    cx.report(
        Place::Part(after.file(), span),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "string `{}` was {} to be UTF-8 by Java and is now {}",
            after.name(),
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
