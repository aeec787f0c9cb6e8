//! Callers have to set a field, or can no longer set it.
//!
//! ## What breaks
//! `google.api.field_behavior` tells callers what a server does with a field. One that is newly `REQUIRED` makes requests
//! fail that were fine; one that is newly `OUTPUT_ONLY` or `IMMUTABLE` is no longer taken from them (AIP-203).
//!
//! ## Examples
//! ```proto,before
//! // file: google/api/field_behavior.proto
//! syntax = "proto3";
//!
//! package google.api;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! enum FieldBehavior {
//!   FIELD_BEHAVIOR_UNSPECIFIED = 0;
//!   OPTIONAL = 1;
//!   REQUIRED = 2;
//!   OUTPUT_ONLY = 3;
//! }
//!
//! extend google.protobuf.FieldOptions {
//!   repeated FieldBehavior field_behavior = 1052;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "google/api/field_behavior.proto";
//!
//! message CreateUserRequest {
//!   string name = 1 [(google.api.field_behavior) = OPTIONAL];
//! }
//! ```
//! ```proto,after,bad
//! // file: google/api/field_behavior.proto
//! syntax = "proto3";
//!
//! package google.api;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! enum FieldBehavior {
//!   FIELD_BEHAVIOR_UNSPECIFIED = 0;
//!   OPTIONAL = 1;
//!   REQUIRED = 2;
//!   OUTPUT_ONLY = 3;
//! }
//!
//! extend google.protobuf.FieldOptions {
//!   repeated FieldBehavior field_behavior = 1052;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "google/api/field_behavior.proto";
//!
//! message CreateUserRequest {
//!   string name = 1 [(google.api.field_behavior) = REQUIRED];
//! }
//! ```
//! ```proto,after,good
//! // file: google/api/field_behavior.proto
//! syntax = "proto3";
//!
//! package google.api;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! enum FieldBehavior {
//!   FIELD_BEHAVIOR_UNSPECIFIED = 0;
//!   OPTIONAL = 1;
//!   REQUIRED = 2;
//!   OUTPUT_ONLY = 3;
//! }
//!
//! extend google.protobuf.FieldOptions {
//!   repeated FieldBehavior field_behavior = 1052;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "google/api/field_behavior.proto";
//!
//! message CreateUserRequest {
//!   string name = 1 [(google.api.field_behavior) = OPTIONAL];
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::judge::when;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::{Field, Message};

pub(super) static RULE: Rule = Rule {
    group: Group::Source,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::Behavior,
        &[Compare::Field(changed), Compare::FieldAdded(added)],
    ),
};

/// What a server asks for or refuses that it did not before, and what that means for callers.
const STRICT: [(&str, &str); 3] = [
    (
        "REQUIRED",
        "every caller sets it; requests without it are refused",
    ),
    (
        "OUTPUT_ONLY",
        "no caller sets it; what callers set is ignored",
    ),
    ("IMMUTABLE", "no caller changes it once it is set"),
];

fn changed<'s>(fields: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let behaviors = fields.map(behaviors);
    for (behavior, condition) in STRICT {
        if behaviors.after.contains(&behavior) && !behaviors.before.contains(&behavior) {
            let message = format!("field `{}` is now `{behavior}`", fields.after.name());
            report(fields.after, fields.before, message, condition, cx);
        }
    }
}

fn added<'s>(field: Field<'s>, messages: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let Some((behavior, condition)) = STRICT.first() else {
        return;
    };
    // A message that nobody could send has no callers.
    let (Some(before), true) = (
        messages.before.fields().next(),
        behaviors(field).contains(behavior),
    ) else {
        return;
    };
    let message = format!("field `{}` is new and `{behavior}`", field.name());
    report(field, before, message, condition, cx);
}

fn report<'s>(
    field: Field<'s>,
    before: Field<'s>,
    message: String,
    condition: &'static str,
    cx: &mut BreakingCx<'s>,
) {
    cx.report(
        Place::Part(field.file(), field.written_name().span),
        before.file(),
        symbol(field),
        message,
    )
    .verdict(Verdict::new(
        when(condition),
        when(condition),
        Outcome::Safe,
    ))
    .help("keep the behavior, and give what is missing a default");
}

fn behaviors<'s>(field: Field<'s>) -> Vec<&'s str> {
    let values = field.options().custom("google.api.field_behavior");
    values
        .iter()
        .filter_map(|value| value.as_enum_name())
        .collect()
}
