//! The C++ type of a string changed.
//!
//! ## What breaks
//! Generated C++ has accessors of another type, so that code that calls them no longer compiles. Bytes and JSON are not
//! touched.
//!
//! ## Examples
//! ```proto,before
//! message User {
//!   string name = 1;
//! }
//! ```
//! ```proto,after,bad
//! message User {
//!   string name = 1 [ctype = CORD];
//! }
//! ```
//! ```proto,after,good
//! message User {
//!   string name = 1 [ctype = STRING];
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::language_feature::LanguageFeature;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::diff::Pair;
use crate::schema::{Edition, Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Option, &[Compare::Field(check)]),
};

/// `FieldOptions.ctype`
const CTYPE: i32 = 1;

fn check<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let is_text = |field: Field<'s>| {
        let kind = field.kind();
        !field.is_map() && matches!(kind, FieldKind::Scalar(Scalar::String | Scalar::Bytes))
    };
    if !is_text(fields.before) || !is_text(fields.after) {
        return;
    }
    let types = fields.map(string_type);
    // A piece of a string was never more than a string to users.
    if types.is_same() || (types.before, types.after) == ("STRING_PIECE", "STRING") {
        return;
    }
    let options = fields.after.options();
    let setting = options.get(CTYPE);
    let setting = setting.or_else(|| LanguageFeature::CPP_STRING_TYPE.setting(options));
    let span = setting.map_or(fields.after.span(), |setting| setting.span());
    cx.report(
        Place::Part(fields.after.file(), span),
        fields.before.file(),
        symbol(fields.before),
        format!(
            "the C++ type of `{}` was `{}` and is now `{}`",
            fields.after.name(),
            types.before,
            types.after
        ),
    )
    .help("keep the type with `ctype`, or `features.(pb.cpp).string_type` in editions");
}

/// What `ctype` says where it still counts, else the feature in force.
fn string_type(field: Field<'_>) -> &'static str {
    let edition = field.file().edition();
    if let Some(ctype) = field.options().number(CTYPE)
        && edition < Edition::Edition2024
    {
        return match ctype {
            1 => "CORD",
            2 => "STRING_PIECE",
            _ => "STRING",
        };
    }
    match LanguageFeature::CPP_STRING_TYPE.of(field) {
        Some(1) => "VIEW",
        Some(2) => "CORD",
        Some(3) => "STRING",
        _ if edition < Edition::Edition2024 => "STRING",
        _ => "VIEW",
    }
}
