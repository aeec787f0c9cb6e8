//! A file has no package.
//!
//! ## Why
//! Without a package all names are global: two files of any two projects that meet in one program collide. The package is
//! also part of the URL of every rpc and of the type URL of every message in an `Any`, so it cannot be added later.
//!
//! ## Examples
//! ```proto,bad
//! syntax = "proto3";
//! message Order {}
//! ```
//! ```proto,good
//! syntax = "proto3";
//! package acme.shop.v1;
//! message Order {}
//! ```

use crate::checks::Cx;
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
    if file.package().is_empty() {
        cx.report_file("the file has no package".to_owned())
            .help("add a package statement, such as `package acme.shop.v1;`");
    }
}
