//! A 64-bit integer has no `jstype`.
//!
//! ## Why
//! JavaScript's numbers hold 53 bits. ProtoJSON writes 64-bit integers as strings for that reason, but generated JavaScript reads
//! them as numbers unless told otherwise, and large ids end in other digits.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   int64 id = 1;
//! }
//! ```
//! ```proto,good
//! message Order {
//!   int64 id = 1 [jstype = JS_STRING];
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::diagnostic::{Claim, Safety};
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;
use crate::text::Edit;

pub(super) static RULE: Rule = Rule {
    group: Group::Hint,
    since: "0.1.0",
    fix: FixSafety::Unsafe,
    same_as: &[Other::ApiLinter("0141::forbidden-types")],
    check: Check::Lint(Visit::Field(check)),
};

/// `google.protobuf.FieldOptions.jstype`
const JSTYPE: i32 = 6;

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let FieldKind::Scalar(scalar) = field.kind() else {
        return;
    };
    let is_wide = matches!(
        scalar,
        Scalar::Int64 | Scalar::Uint64 | Scalar::Sint64 | Scalar::Fixed64 | Scalar::Sfixed64
    );
    if is_wide && !field.is_map() && field.options().get(JSTYPE).is_none() {
        let (name, scalar) = (field.name(), scalar.keyword());
        cx.report(
            field.type_span(),
            format!("field `{name}` has the type `{scalar}`, which JavaScript cannot hold exactly"),
        )
        .help("add `[jstype = JS_STRING]`, or `JS_NUMBER` where the value stays below 2^53")
        .fix(Safety::Unsafe, Claim::Option("jstype"), || {
            ("add `[jstype = JS_STRING]`".to_owned(), vec![edit(field)])
        });
    }
}

/// Adds the option behind the others, or the first one behind the number.
fn edit(field: Field<'_>) -> Edit {
    let file = field.file();
    let syntax = file.syntax();
    match field.option_settings().last() {
        Some(last) => Edit::insert(syntax.span(last.tokens).end, ", jstype = JS_STRING"),
        None => Edit::insert(field.number_span().end, " [jstype = JS_STRING]"),
    }
}
