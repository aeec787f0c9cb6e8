//! A long-running operation gives another type.
//!
//! ## What breaks
//! The result and the metadata of a long-running operation are an `Any`. Clients unpack it as the type that
//! `google.longrunning.operation_info` names: another type is not what they expect (AIP-151).
//!
//! ## Examples
//! ```proto,before
//! // file: google/longrunning/operations.proto
//! syntax = "proto3";
//!
//! package google.longrunning;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message OperationInfo {
//!   string response_type = 1;
//!   string metadata_type = 2;
//! }
//!
//! extend google.protobuf.MethodOptions {
//!   OperationInfo operation_info = 1049;
//! }
//!
//! message Operation {
//! }
//!
//! // file: books.proto
//! syntax = "proto3";
//!
//! package books.v1;
//!
//! import "google/longrunning/operations.proto";
//!
//! message Book {
//! }
//!
//! message Volume {
//! }
//!
//! service Books {
//!   rpc WriteBook(Book) returns (google.longrunning.Operation) {
//!     option (google.longrunning.operation_info) = {response_type: "Book", metadata_type: "Book"};
//!   }
//! }
//! ```
//! ```proto,after,bad
//! // file: google/longrunning/operations.proto
//! syntax = "proto3";
//!
//! package google.longrunning;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message OperationInfo {
//!   string response_type = 1;
//!   string metadata_type = 2;
//! }
//!
//! extend google.protobuf.MethodOptions {
//!   OperationInfo operation_info = 1049;
//! }
//!
//! message Operation {
//! }
//!
//! // file: books.proto
//! syntax = "proto3";
//!
//! package books.v1;
//!
//! import "google/longrunning/operations.proto";
//!
//! message Book {
//! }
//!
//! message Volume {
//! }
//!
//! service Books {
//!   rpc WriteBook(Book) returns (google.longrunning.Operation) {
//!     option (google.longrunning.operation_info) = {response_type: "Volume", metadata_type: "Book"};
//!   }
//! }
//! ```
//! ```proto,after,good
//! // file: google/longrunning/operations.proto
//! syntax = "proto3";
//!
//! package google.longrunning;
//!
//! import "google/protobuf/descriptor.proto";
//!
//! message OperationInfo {
//!   string response_type = 1;
//!   string metadata_type = 2;
//! }
//!
//! extend google.protobuf.MethodOptions {
//!   OperationInfo operation_info = 1049;
//! }
//!
//! message Operation {
//! }
//!
//! // file: books.proto
//! syntax = "proto3";
//!
//! package books.v1;
//!
//! import "google/longrunning/operations.proto";
//!
//! message Book {
//! }
//!
//! message Volume {
//! }
//!
//! service Books {
//!   rpc WriteBook(Book) returns (google.longrunning.Operation) {
//!     option (google.longrunning.operation_info) = {response_type: "books.v1.Book", metadata_type: "Book"};
//!   }
//! }
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use super::judge::breaks;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::compatibility::{Outcome, Verdict};
use crate::schema::Method;
use crate::schema::diff::Pair;

pub(super) static RULE: Rule = Rule {
    group: Group::Wire,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Breaking(Aspect::Operation, &[Compare::Method(check)]),
};

fn check<'s>(methods: Pair<Method<'s>>, cx: &mut BreakingCx<'s>) {
    for (part, noun) in [("response_type", "result"), ("metadata_type", "metadata")] {
        let types = methods.map(|method| named(method, part));
        let (Some(before), Some(after)) = (&types.before, &types.after) else {
            continue;
        };
        if before == after {
            continue;
        }
        let what = || {
            breaks(format!(
                "the {noun} is an `Any` that holds another type than clients unpack"
            ))
        };
        cx.report(
            Place::Part(methods.after.file(), methods.after.name().span),
            methods.before.file(),
            methods.before.full_name(),
            format!(
                "the {noun} of the operation that rpc `{}` starts was `{before}` and is now `{after}`",
                methods.after.full_name()
            ),
        )
        .verdict(Verdict::new(what(), what(), Outcome::Safe))
        .help("keep the type, or add a method for the new one");
    }
}

/// The full name of the type; one without a package is of the method's own.
fn named(method: Method<'_>, part: &str) -> Option<String> {
    let values = method.options().custom("google.longrunning.operation_info");
    let info = values.last()?.as_message()?.get(part)?;
    let name = info.as_str()?;
    let package = method.file().package();
    Some(if name.contains('.') || package.is_empty() {
        name.to_owned()
    } else {
        format!("{package}.{name}")
    })
}
