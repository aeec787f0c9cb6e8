//! A field called `…_time` or `…_at` is a number or a string.
//!
//! ## Why
//! Seconds or milliseconds, which zone, which format: the type does not say, and each client guesses on its own. `Timestamp` has
//! one meaning and a native type in every language.
//!
//! ## Examples
//! ```proto,bad
//! message Order {
//!   int64 create_time = 1;
//! }
//! ```
//! ```proto,good
//! import "google/protobuf/timestamp.proto";
//! message Order {
//!   google.protobuf.Timestamp create_time = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::{Field, FieldKind};
use crate::syntax::tree::Scalar;

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0142::time-field-type")],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let FieldKind::Scalar(scalar) = field.kind() else {
        return;
    };
    let is_number_or_text = !matches!(scalar, Scalar::Bool | Scalar::Bytes);
    let name = field.name();
    let names_a_moment = ["_time", "_at", "_timestamp"]
        .iter()
        .any(|suffix| name.ends_with(suffix));
    // `days_since_last_login_time` is a number of days.
    let counts = [
        "days", "hours", "minutes", "seconds", "millis", "micros", "nanos",
    ];
    let names_a_count = name
        .split('_')
        .next()
        .is_some_and(|first| counts.contains(&first));
    if is_number_or_text && names_a_moment && !names_a_count && !field.is_map() {
        let scalar = scalar.keyword();
        cx.report(
            field.type_span(),
            format!("field `{name}` is a moment in time and has the type `{scalar}`"),
        )
        .help("make it a `google.protobuf.Timestamp`, or name the unit: `_unix_seconds`");
    }
}
