//! The files of a package lie in different directories.
//!
//! ## Why
//! A package is generated as one unit: one Go package, one Rust module, one Python module. When its files are spread over
//! directories, generators make several units of it that cannot see each other, or none that compiles.
//!
//! ## Examples
//! ```proto,bad
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! // file: acme/item/v1/item.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```
//! ```proto,good
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! // file: acme/shop/v1/item.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```

use crate::checks::Cx;
use crate::checks::lint::wording::listed;
use crate::checks::package::{Package, directory};
use crate::checks::rule::{Check, FixSafety, Group, Rule, Visit};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[],
    check: Check::Lint(Visit::Package(check)),
};

fn check<'s>(package: &Package<'s>, cx: &mut Cx<'s>) {
    // Files come by path, so those of one directory need not lie side by side: `a/b.proto`, `a/b/c.proto`, `a/d.proto`.
    let mut directories: Vec<&str> = package
        .files
        .iter()
        .map(|file| directory(file.path()))
        .collect();
    directories.sort_unstable();
    directories.dedup();
    if directories.len() < 2 {
        return;
    }
    let all = listed(directories.iter().map(|&directory| match directory {
        "" => "`.`".to_owned(),
        directory => format!("`{directory}`"),
    }));
    let whose = match package.name {
        "" => "files without a package".to_owned(),
        name => format!("files of package `{name}`"),
    };
    for &file in &package.files {
        cx.in_file(file)
            .report_or_file(
                file.package_span(),
                format!("{whose} lie in different directories: {all}"),
            )
            .help("move them to one directory");
    }
}
