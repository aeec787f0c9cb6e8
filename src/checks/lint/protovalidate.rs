//! A rule of protovalidate is wrong, contradicts another, or has no effect.
//!
//! ## Why
//! Validators read these options when the program runs. A rule that does not fit its field, or an expression that does not
//! compile, makes every validation of the message fail there; bounds that contradict each other refuse every message; a rule
//! without effect lets through what its author wanted to keep out.
//!
//! The options of <https://protovalidate.com> are looked at where `buf/validate/validate.proto` is among the files.
//! Expressions in CEL are read and their types checked; examples are held against the rules beside them.
//!
//! ## Examples
//! ```proto,bad
//! // file: buf/validate/validate.proto
//! syntax = "proto2";
//! package buf.validate;
//! import "google/protobuf/descriptor.proto";
//! extend google.protobuf.FieldOptions {
//!   optional FieldRules field = 1159;
//! }
//! message FieldRules {
//!   oneof type {
//!     StringRules string = 14;
//!   }
//! }
//! message StringRules {
//!   optional uint64 min_len = 2;
//!   optional uint64 max_len = 3;
//! }
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! import "buf/validate/validate.proto";
//! message Order {
//!   string code = 1 [(buf.validate.field).string = {min_len: 9, max_len: 6}];
//! }
//! ```
//! ```proto,good
//! // file: buf/validate/validate.proto
//! syntax = "proto2";
//! package buf.validate;
//! import "google/protobuf/descriptor.proto";
//! extend google.protobuf.FieldOptions {
//!   optional FieldRules field = 1159;
//! }
//! message FieldRules {
//!   oneof type {
//!     StringRules string = 14;
//!   }
//! }
//! message StringRules {
//!   optional uint64 min_len = 2;
//!   optional uint64 max_len = 3;
//! }
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! import "buf/validate/validate.proto";
//! message Order {
//!   string code = 1 [(buf.validate.field).string = {min_len: 6, max_len: 9}];
//! }
//! ```

mod bounds;
mod cel;
mod example;
mod expression;
mod field;
mod length;
mod message;
mod places;
mod predefined;
mod ruled;
mod rules;
mod text_format;
mod time;

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Definition, Field, File, Schema};
use ruled::{Part, Ruled};
use rules::Subject;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let schema = file.schema();
    if let Some(option) = extension(schema, "buf.validate.message", 1159) {
        for message in file.all_messages() {
            let subject = Subject::new(message.options(), option, file, message.span());
            if let Some(rules) = subject.rules() {
                message::check(&rules, message, cx);
            }
        }
    }
    let (of_field, predefined) = (
        extension(schema, "buf.validate.field", 1159),
        extension(schema, "buf.validate.predefined", 1160),
    );
    for field in file.all_fields() {
        let options = field.options();
        if options.is_empty() {
            continue;
        }
        if let Some(option) = of_field {
            let subject = Subject::new(options, option, file, field.span());
            if let Some(rules) = subject.rules() {
                let part = Part::Whole;
                field::check(&rules, Ruled { field, part }, cx);
            }
        }
        if let Some(option) = predefined.filter(|_| field.is_extension()) {
            let subject = Subject::new(options, option, file, field.span());
            if let Some(rules) = subject.rules() {
                predefined::check(&rules, field, cx);
            }
        }
    }
}

/// The extension with that full name and number, where the files have it. protovalidate had other numbers before its first
/// release, with other rules under the same names; no validator reads those any more.
fn extension<'s>(schema: &'s Schema, full_name: &str, number: i32) -> Option<Field<'s>> {
    let symbol = schema.symbol(full_name)?;
    let Definition::Extension(index) = symbol.definition else {
        return None;
    };
    let field = Field::new(schema, symbol.file, index);
    (field.number() == Some(number)).then_some(field)
}
