//! A part of a package's name is not in lower_snake_case.
//!
//! ## Why
//! Packages become namespaces, modules and directories. Most languages write these in lower case, some file systems
//! ignore case altogether; other spellings are converted differently by each generator.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto3";
//! package acme.webShop.v1;
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.web_shop.v1;
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::UnsafeOncePublished,
    same_as: &[Other::Protolint("PACKAGE_NAME_LOWER_CASE")],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let package = file.package();
    if package.split('.').all(case::is_lower_snake) {
        return;
    }
    let expected: Vec<String> = package.split('.').map(case::lower_snake).collect();
    let syntax = file.syntax();
    let name = syntax.tree().packages.first();
    let name = name.map(|package| syntax.span(package.name));
    cx.report_or_file(
        file.package_span(),
        format!("package name `{package}` is not in lower_snake_case"),
    )
    .rename(name.unwrap_or_default(), expected.join("."));
}
