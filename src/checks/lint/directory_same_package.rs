//! The files of a directory have different packages.
//!
//! ## Why
//! Generators put what they make of a directory into one place: a Go package, a Python module, a Java source folder. Two
//! packages in it overwrite each other's files or do not compile, and a reader of the tree cannot tell what is where.
//!
//! ## Examples
//! ```proto,bad
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! // file: acme/shop/v1/item.proto
//! syntax = "proto3";
//! package acme.item.v1;
//! ```
//! ```proto,good
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! // file: acme/item/v1/item.proto
//! syntax = "proto3";
//! package acme.item.v1;
//! ```

use crate::checks::package::Module;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::checks::{Cx, lint::wording::listed};

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0191::proto-package")],
    check: Check::Lint(Visit::Module(check)),
};

fn check<'s>(module: &Module<'s>, cx: &mut Cx<'s>) {
    for (directory, files) in module.directories() {
        let mut packages: Vec<&str> = files.iter().map(|file| file.package()).collect();
        packages.sort_unstable();
        packages.dedup();
        if packages.len() < 2 {
            continue;
        }
        let all = listed(packages.iter().map(|&package| match package {
            "" => "no package".to_owned(),
            package => format!("`{package}`"),
        }));
        let directory = if directory.is_empty() { "." } else { directory };
        for file in files {
            let message =
                format!("files of directory `{directory}` have different packages: {all}");
            cx.in_file(file)
                .report_or_file(file.package_span(), message)
                .help("move the files of each package to a directory of its own");
        }
    }
}
