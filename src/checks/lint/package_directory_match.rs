//! A file does not lie in the directory that its package names.
//!
//! ## Why
//! Imports name directories, code names packages. Where both are one, whoever sees `acme.shop.v1.Order` knows which file
//! to import and which one to open, and generated trees have the layout that languages ask for.
//!
//! ## Examples
//! ```proto,bad
//! // file: shop/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```
//! ```proto,good
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```

use crate::checks::Cx;
use crate::checks::package::{directory, root_above};
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0191::proto-package")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let (package, directory) = (file.package(), directory(file.path()));
    if package.is_empty() || package.split('.').eq(directory.split('/')) {
        return;
    }
    let expected = package.replace('.', "/");
    let help = match root_above(directory, package) {
        Some(root) => format!(
            "say that imports are relative to `{root}`: name it as the root of a module in the configuration; or move the file"
        ),
        None => "move the file there, below an import root, or change its package".to_owned(),
    };
    let directory = if directory.is_empty() { "." } else { directory };
    cx.report_or_file(
        file.package_span(),
        format!("package `{package}` lies in directory `{directory}`, not in `{expected}`"),
    )
    .help(help);
}
