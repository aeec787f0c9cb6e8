//! A file lies in the directory of one version and declares a package of another.
//!
//! ## Why
//! `acme/shop/v1/` that holds `acme.shop.v1beta1` promises by its path what the package does not. Whoever imports the path
//! believes to use a stable API.
//!
//! ## Examples
//! ```proto,bad
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1beta1;
//! ```
//! ```proto,good
//! // file: acme/shop/v1beta1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1beta1;
//! ```

use crate::checks::Cx;
use crate::checks::package::directory;
use crate::checks::package_version::PackageVersion;
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let directory = directory(file.path());
    let package = file.package();
    let part = directory
        .rsplit('/')
        .find(|part| PackageVersion::parse(part).is_some());
    let (Some(part), Some((_, last))) = (part, package.rsplit_once('.')) else {
        return;
    };
    if PackageVersion::parse(last).is_some() && last != part {
        cx.report_or_file(
            file.package_span(),
            format!("package `{package}` has version `{last}` and lies in a directory of `{part}`"),
        )
        .help("move the file to a directory of its version, or correct the package");
    }
}
