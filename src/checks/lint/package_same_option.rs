//! The files of a package have different values of `{option}`.
//!
//! ## Why
//! {why}
//!
//! A file without the option differs from one that has it.
//!
//! ## Examples
//! ```proto,bad
//! // file: acme/shop/v1/item.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! option {option} = {one};
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! option {option} = {other};
//! ```
//! ```proto,good
//! // file: acme/shop/v1/item.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! option {option} = {one};
//! // file: acme/shop/v1/order.proto
//! syntax = "proto3";
//! package acme.shop.v1;
//! option {option} = {one};
//! ```

use crate::checks::Cx;
use crate::checks::lint::setting::file_option;
use crate::checks::lint::wording::listed;
use crate::checks::package::Package;
use crate::checks::registry::Registered;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::schema::File;
use crate::syntax::tree::OptionValue;

/// The rules that differ in nothing but the option they look at.
macro_rules! family {
    ($($id:ident: $check:ident, $option:literal, $one:literal, $other:literal, $same:expr, $why:literal;)+) => {
        /// One rule for each option.
        pub(crate) static RULES: &[Registered] = &[$({
            static RULE: Rule = Rule {
                group: Group::Buf,
                since: "0.1.0",
                fix: FixSafety::None,
                same_as: $same,
                check: Check::Lint(Visit::Package($check)),
            };
            Registered::in_family(
                stringify!($id),
                include_str!("package_same_option.rs"),
                &RULE,
                &[("option", $option), ("one", $one), ("other", $other), ("why", $why)],
            )
        }),+];

        $(fn $check<'s>(package: &Package<'s>, cx: &mut Cx<'s>) {
            check(package, $option, cx);
        })+
    };
}

family! {
    PACKAGE_SAME_CSHARP_NAMESPACE: csharp_namespace, "csharp_namespace", r#""Acme.Shop.V1""#, r#""Acme.Shop""#, &[],
        "The classes of one package end up in two C# namespaces, and every user has to know which is where.";
    PACKAGE_SAME_GO_PACKAGE: go_package, "go_package", r#""acme.com/shop/v1;shopv1""#, r#""acme.com/shop;shop""#, &[],
        "One protobuf package becomes two Go packages, which cannot import each other when their files do.";
    PACKAGE_SAME_JAVA_MULTIPLE_FILES: java_multiple_files, "java_multiple_files", "true", "false",
        &[Other::ApiLinter("0191::java-multiple-files")],
        "Some classes of one package are top-level and some nested in an outer class, for no reason a user can see.";
    PACKAGE_SAME_JAVA_PACKAGE: java_package, "java_package", r#""com.acme.shop.v1""#, r#""com.acme.shop""#,
        &[Other::ApiLinter("0191::java-package")],
        "The classes of one package end up in two Java packages, and every user has to know which is where.";
    PACKAGE_SAME_PHP_NAMESPACE: php_namespace, "php_namespace", r#""Acme\\Shop\\V1""#, r#""Acme\\Shop""#, &[],
        "The classes of one package end up in two PHP namespaces, and every user has to know which is where.";
    PACKAGE_SAME_RUBY_PACKAGE: ruby_package, "ruby_package", r#""Acme::Shop::V1""#, r#""Acme::Shop""#, &[],
        "The classes of one package end up in two Ruby modules, and every user has to know which is where.";
    PACKAGE_SAME_SWIFT_PREFIX: swift_prefix, "swift_prefix", r#""ASV""#, r#""AS""#, &[],
        "The types of one package have different prefixes in Swift, and every user has to know which has which.";
}

fn check<'s>(package: &Package<'s>, option: &'static str, cx: &mut Cx<'s>) {
    let mut values: Vec<Option<Vec<u8>>> = package
        .files
        .iter()
        .map(|&file| value(file, option))
        .collect();
    let differs = values.windows(2).any(|pair| pair[0] != pair[1]);
    if !differs {
        return;
    }
    values.sort_unstable();
    values.dedup();
    let all = listed(values.iter().map(|value| match value {
        Some(value) => format!("`{}`", String::from_utf8_lossy(value)),
        None => "none".to_owned(),
    }));
    let whose = match package.name {
        "" => "files without a package".to_owned(),
        name => format!("files of package `{name}`"),
    };
    for &file in &package.files {
        let span = file_option(file, option).map(|setting| file.syntax().span(setting.tokens));
        cx.in_file(file)
            .report_or_file(
                span,
                format!("{whose} have different values of `{option}`: {all}"),
            )
            .help(format!("give all of them the same `{option}`"));
    }
}

/// The value of a file's option; for strings the empty one equals none.
fn value(file: File<'_>, option: &str) -> Option<Vec<u8>> {
    let setting = file_option(file, option)?;
    match setting.value {
        OptionValue::String(tokens) => {
            let value = file.syntax().string_value(tokens);
            (!value.is_empty()).then_some(value)
        }
        value => Some(
            file.syntax()
                .joined(value.tokens())
                .into_owned()
                .into_bytes(),
        ),
    }
}
