//! A field of type `Timestamp` is not called `…_time` or `…_at`.
//!
//! ## Why
//! `created` can be a flag, a user or a moment; `create_time` and `created_at` cannot.
//!
//! ## Examples
//! ```proto,bad
//! import "google/protobuf/timestamp.proto";
//! message Order {
//!   google.protobuf.Timestamp created = 1;
//! }
//! ```
//! ```proto,good
//! import "google/protobuf/timestamp.proto";
//! message Order {
//!   google.protobuf.Timestamp create_time = 1;
//!   google.protobuf.Timestamp shipped_at = 2;
//!   repeated google.protobuf.Timestamp delivery_times = 3;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::{Field, FieldKind};

pub(super) static RULE: Rule = Rule {
    group: Group::Strict,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::ApiLinter("0142::time-field-names")],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let is_timestamp = matches!(
        field.kind(),
        FieldKind::Message(message) if message.full_name() == "google.protobuf.Timestamp"
    );
    if !is_timestamp || field.is_map() {
        return;
    }
    let name = field.name();
    let says_so = |word| {
        matches!(
            word,
            "time"
                | "times"
                | "timestamp"
                | "timestamps"
                | "at"
                | "since"
                | "until"
                | "before"
                | "after"
                | "deadline"
                | "eta"
        )
    };
    let is_fine = name.split('_').any(says_so);
    if !is_fine {
        cx.report(
            field.written_name(),
            format!("field `{name}` is a moment in time, and its name does not say so"),
        )
        .help(format!("rename it to `{name}_time` or `{name}_at`"))
        .or_rename(field.written_name(), format!("{name}_time"));
    }
}
