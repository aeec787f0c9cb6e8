//! A repeated field or map holds a closed enum.
//!
//! ## Why
//! A value that the reader does not know is taken out of the list, and put among the unknown fields. The list becomes shorter and its
//! order changes when it is written again; a map loses the whole entry.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto2";
//! enum Color { COLOR_UNSPECIFIED = 0; }
//! message Palette {
//!   repeated Color colors = 1;
//! }
//! ```
//! ```proto,good
//! syntax = "proto3";
//! enum Color { COLOR_UNSPECIFIED = 0; }
//! message Palette {
//!   repeated Color colors = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Field, FieldKind};

pub(super) static RULE: Rule = Rule {
    group: Group::Safety,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Field(check)),
};

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let FieldKind::Enum(node) = field.kind() else {
        return;
    };
    if field.is_repeated() && node.is_closed() {
        let (name, used) = (field.name(), node.name());
        let noun = if field.is_map() {
            "map"
        } else {
            "repeated field"
        };
        cx.report(
            field.type_span(),
            format!("{noun} `{name}` holds `{used}`, a closed enum: values that a reader does not know are lost"),
        )
        .help("make the enum open (proto3, or `features.enum_type = OPEN`), or use a message around it");
    }
}
