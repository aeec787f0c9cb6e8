//! The last part of a package's name is no version.
//!
//! ## Why
//! An API that has to break its users can only do so under another name. `acme.shop.v1` leaves room for `acme.shop.v2`
//! beside it; `acme.shop` leaves none, and the package cannot be renamed once it is in use.
//!
//! Versions are `v1`, `v1beta1`, `v1alpha1`, `v1p1beta1` and `v1test`, and the package needs a part before them.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto3";
//! package acme.shop;
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```

use crate::checks::Cx;
use crate::checks::package_version::PackageVersion;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0215::versioned-packages")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let package = file.package();
    if !package.is_empty() && PackageVersion::of_package(package).is_none() {
        cx.report_or_file(
            file.package_span(),
            format!("package name `{package}` does not end with a version"),
        )
        .help(format!(
            "rename it to `{package}.v1`, or what its version is"
        ));
    }
}
