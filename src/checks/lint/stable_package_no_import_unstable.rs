//! A file of a stable package imports one of an unstable package.
//!
//! ## Why
//! `v1` promises not to break its users, `v1beta1` promises nothing. A stable message that holds an unstable one changes
//! whenever that does.
//!
//! Only files of the same module count: what others publish is for them to decide.
//!
//! ## Examples
//! ```proto,bad
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! import "acme/item/v1beta1/item.proto";
//! // file: acme/item/v1beta1/item.proto
//! syntax = "proto3";
//! package acme.item.v1beta1;
//! ```
//! ```proto,good
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! import "acme/item/v1/item.proto";
//! // file: acme/item/v1/item.proto
//! syntax = "proto3";
//! package acme.item.v1;
//! ```

use crate::checks::Cx;
use crate::checks::package::Module;
use crate::checks::package_version::PackageVersion;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};

pub(super) static RULE: Rule = Rule {
    group: Group::Versioning,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[Other::ApiLinter("0215::foreign-type-reference")],
    check: Check::Lint(Visit::Module(check)),
};

fn check<'s>(module: &Module<'s>, cx: &mut Cx<'s>) {
    for file in module.files() {
        let own = PackageVersion::of_package(file.package());
        if own.is_none_or(|version| version.channel.is_unstable()) {
            continue;
        }
        for (import, to) in file.import_statements() {
            let Some(to) = to.filter(|to| module.contains(to.id())) else {
                continue;
            };
            let channel = PackageVersion::of_package(to.package()).map(|version| version.channel);
            let Some(channel) = channel.filter(|channel| channel.is_unstable()) else {
                continue;
            };
            let (own, other, channel) = (file.package(), to.package(), channel.as_str());
            cx.in_file(file)
                .report(
                    file.syntax().span(import.tokens),
                    format!("stable package `{own}` imports `{other}`, whose version is {channel}"),
                )
                .help("import the stable version of that package, or make this one unstable too");
        }
    }
}
