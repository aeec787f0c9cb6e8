//! A message of a stable package holds `Any`, `Struct` or `Value`.
//!
//! ## Why
//! What is inside is not part of the contract: no check sees it change, no generated code reads it, and clients depend on what they
//! happen to find. A stable API names its types.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto3";
//! package acme.shop.v1;
//! import "google/protobuf/any.proto";
//! message Order {
//!   google.protobuf.Any extra = 1;
//! }
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.shop.v1;
//! message Order {
//!   map<string, string> labels = 1;
//! }
//! ```

use crate::checks::Cx;
use crate::checks::package_version::PackageVersion;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::{Field, FieldKind};

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Field(check)),
};

const OPEN: [&str; 4] = [
    "google.protobuf.Any",
    "google.protobuf.Struct",
    "google.protobuf.Value",
    "google.protobuf.ListValue",
];

fn check(field: Field<'_>, cx: &mut Cx<'_>) {
    let FieldKind::Message(message) = field.kind() else {
        return;
    };
    let used = message.full_name();
    if !OPEN.contains(&used) {
        return;
    }
    let package = field.file().package();
    let version = PackageVersion::of_package(package);
    if version.is_some_and(|version| !version.channel.is_unstable()) {
        let name = field.name();
        cx.report(
            field.type_span(),
            format!(
                "field `{name}` of stable package `{package}` holds `{used}`, which can be anything"
            ),
        )
        .help("use a message or a oneof that names what can be there");
    }
}
