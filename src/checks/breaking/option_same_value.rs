//! A custom option that is part of the contract has another value.
//!
//! ## What breaks
//! Validation rules and the like decide which messages are taken: what was fine on one side may be refused on the other.
//! Bytes and JSON are read as before.
//!
//! ## Examples
//! ```proto,before
//! // file: buf/validate/validate.proto
//! syntax = "proto3";
//!
//! package buf.validate;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message StringRules {
//!   uint64 max_len = 3;
//! }
//!
//! message FieldRules {
//!   StringRules string = 14;
//! }
//!
//! extend google.protobuf.FieldOptions {
//!   FieldRules field = 1159;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "buf/validate/validate.proto";
//!
//! message User {
//!   string name = 1 [(buf.validate.field).string.max_len = 100];
//! }
//! ```
//! ```proto,after,bad
//! // file: buf/validate/validate.proto
//! syntax = "proto3";
//!
//! package buf.validate;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message StringRules {
//!   uint64 max_len = 3;
//! }
//!
//! message FieldRules {
//!   StringRules string = 14;
//! }
//!
//! extend google.protobuf.FieldOptions {
//!   FieldRules field = 1159;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "buf/validate/validate.proto";
//!
//! message User {
//!   string name = 1 [(buf.validate.field).string.max_len = 50];
//! }
//! ```
//! ```proto,after,good
//! // file: buf/validate/validate.proto
//! syntax = "proto3";
//!
//! package buf.validate;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message StringRules {
//!   uint64 max_len = 3;
//! }
//!
//! message FieldRules {
//!   StringRules string = 14;
//! }
//!
//! extend google.protobuf.FieldOptions {
//!   FieldRules field = 1159;
//! }
//!
//! // file: users.proto
//! syntax = "proto3";
//!
//! package users.v1;
//!
//! import "buf/validate/validate.proto";
//!
//! message User {
//!   string name = 1 [(buf.validate.field).string.max_len = 100];
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place, symbol};
use super::judge::when;
use super::option_text;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::diff::Pair;
use crate::schema::options::Options;
use crate::schema::{Enum, Field, File, Message, Method, Service};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    group: Group::Source,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(
        Aspect::CustomOption,
        &[
            Compare::Message(message),
            Compare::Field(field),
            Compare::Enum(enumeration),
            Compare::Service(service),
            Compare::Method(method),
        ],
    ),
};

fn message<'s>(pair: Pair<Message<'s>>, cx: &mut BreakingCx<'s>) {
    let files = pair.map(Message::file);
    check(
        pair.map(Message::options),
        files,
        pair.after.name().span,
        pair.before.full_name(),
        cx,
    );
}

fn field<'s>(pair: Pair<Field<'s>>, cx: &mut BreakingCx<'s>) {
    let files = pair.map(Field::file);
    let span = pair.after.written_name().span;
    check(
        pair.map(Field::options),
        files,
        span,
        &symbol(pair.before),
        cx,
    );
}

fn enumeration<'s>(pair: Pair<Enum<'s>>, cx: &mut BreakingCx<'s>) {
    let files = pair.map(Enum::file);
    check(
        pair.map(Enum::options),
        files,
        pair.after.name().span,
        pair.before.full_name(),
        cx,
    );
}

fn service<'s>(pair: Pair<Service<'s>>, cx: &mut BreakingCx<'s>) {
    let files = pair.map(Service::file);
    check(
        pair.map(Service::options),
        files,
        pair.after.name().span,
        pair.before.full_name(),
        cx,
    );
}

fn method<'s>(pair: Pair<Method<'s>>, cx: &mut BreakingCx<'s>) {
    let files = pair.map(Method::file);
    check(
        pair.map(Method::options),
        files,
        pair.after.name().span,
        &pair.before.full_name(),
        cx,
    );
}

fn check<'s>(
    options: Pair<Options<'s>>,
    files: Pair<File<'s>>,
    span: Span,
    symbol: &str,
    cx: &mut BreakingCx<'s>,
) {
    if options.before.is_empty() && options.after.is_empty() {
        return;
    }
    for name in &cx.options().option_same_value.options {
        let values = options.map(|options| option_text::of(options, name));
        if values.is_same() {
            continue;
        }
        let shown = |value: &Option<String>| match value {
            Some(value) => format!("`{value}`"),
            None => "not set".to_owned(),
        };
        let condition = || when(format!("what is sent satisfies `{name}` of both sides"));
        cx.report(
            Place::Part(files.after, span),
            files.before,
            symbol,
            format!(
                "option `{name}` was {} and is now {}",
                shown(&values.before),
                shown(&values.after)
            ),
        )
        .verdict(Verdict::new(condition(), condition(), Outcome::Safe))
        .help("loosen it first and tighten it once every writer keeps to it; the options that count are set under `[rules.OPTION_SAME_VALUE]`");
    }
}
