//! The name of a file is not in lower_snake_case.
//!
//! ## Why
//! Generated files, modules and include guards are named after it. Dots, dashes and capitals are replaced, dropped or
//! kept by each generator in its own way, and file systems that ignore case mix up `Order.proto` and `order.proto`.
//!
//! ## Examples
//! ```proto,bad
//! // file: acme/shop/v1/orderState.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```
//! ```proto,good
//! // file: acme/shop/v1/order_state.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! ```

use crate::checks::Cx;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;
use crate::text::case;

pub(super) static RULE: Rule = Rule {
    group: Group::Buf,
    since: "0.1.0",
    fix: FixSafety::None,
    same_as: &[
        Other::Protolint("FILE_NAMES_LOWER_SNAKE_CASE"),
        Other::ApiLinter("0191::filenames"),
    ],
    check: Check::Lint(Visit::File(check)),
};

fn check(file: File<'_>, cx: &mut Cx<'_>) {
    let path = file.path();
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if case::is_lower_snake(stem) {
        return;
    }
    let expected = case::lower_snake(stem);
    cx.report_file(format!("file name `{name}` is not in lower_snake_case"))
        .help(format!("rename the file to `{expected}.{extension}`"));
}
