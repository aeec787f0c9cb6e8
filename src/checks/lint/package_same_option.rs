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
//!
//! ## Fix
//! Gives the files that differ the value that most files of the package have; where no value is the most common one there
//! is no fix. Not safe: generated code moves.

use std::borrow::Cow;

use crate::checks::lint::wording::listed;
use crate::checks::package::Package;
use crate::checks::registry::Registered;
use crate::checks::rule::{Check, FixSafety, Group, Other, Rule, Visit};
use crate::checks::{Cx, statement};
use crate::diagnostic::{Claim, Safety};
use crate::schema::File;
use crate::schema::options::OptionSet;
use crate::syntax::tree::Item;
use crate::text::Edit;

/// The rules that differ in nothing but the option they look at.
macro_rules! family {
    ($($id:ident: $check:ident, $number:literal, $option:literal, $one:literal, $other:literal, $same:expr, $why:literal;)+) => {
        /// One rule for each option.
        pub(crate) static RULES: &[Registered] = &[$({
            static RULE: Rule = Rule {
                group: Group::Buf,
                since: "0.1.0",
                fix: FixSafety::Unsafe,
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
            check(package, $number, $option, cx);
        })+
    };
}

family! {
    PACKAGE_SAME_CSHARP_NAMESPACE: csharp_namespace, 37, "csharp_namespace", r#""Acme.Shop.V1""#, r#""Acme.Shop""#, &[],
        "The classes of one package end up in two C# namespaces, and every user has to know which is where.";
    PACKAGE_SAME_GO_PACKAGE: go_package, 11, "go_package", r#""acme.com/shop/v1;shopv1""#, r#""acme.com/shop;shop""#, &[],
        "One protobuf package becomes two Go packages, which cannot import each other when their files do.";
    PACKAGE_SAME_JAVA_MULTIPLE_FILES: java_multiple_files, 10, "java_multiple_files", "true", "false",
        &[Other::ApiLinter("0191::java-multiple-files")],
        "Some classes of one package are top-level and some nested in an outer class, for no reason a user can see.";
    PACKAGE_SAME_JAVA_PACKAGE: java_package, 1, "java_package", r#""com.acme.shop.v1""#, r#""com.acme.shop""#,
        &[Other::ApiLinter("0191::java-package")],
        "The classes of one package end up in two Java packages, and every user has to know which is where.";
    PACKAGE_SAME_PHP_NAMESPACE: php_namespace, 41, "php_namespace", r#""Acme\\Shop\\V1""#, r#""Acme\\Shop""#, &[],
        "The classes of one package end up in two PHP namespaces, and every user has to know which is where.";
    PACKAGE_SAME_RUBY_PACKAGE: ruby_package, 45, "ruby_package", r#""Acme::Shop::V1""#, r#""Acme::Shop""#, &[],
        "The classes of one package end up in two Ruby modules, and every user has to know which is where.";
    PACKAGE_SAME_SWIFT_PREFIX: swift_prefix, 39, "swift_prefix", r#""ASV""#, r#""AS""#, &[],
        "The types of one package have different prefixes in Swift, and every user has to know which has which.";
}

/// `number` is that of the option's field in `google.protobuf.FileOptions`.
fn check<'s>(package: &Package<'s>, number: i32, option: &'static str, cx: &mut Cx<'s>) {
    let mut values: Vec<Option<Cow<'s, str>>> = package
        .files
        .iter()
        .map(|&file| value(file, number))
        .collect();
    let differs = values.windows(2).any(|pair| pair[0] != pair[1]);
    if !differs {
        return;
    }
    values.sort_unstable();
    values.dedup();
    let all = listed(values.iter().map(|value| match value {
        Some(value) => format!("`{value}`"),
        None => "none".to_owned(),
    }));
    let whose = match package.name {
        "" => "files without a package".to_owned(),
        name => format!("files of package `{name}`"),
    };
    let most = most(package, number);
    for &file in &package.files {
        let span = file.options().get(number).map(OptionSet::span);
        let report = cx
            .in_file(file)
            .report_or_file(
                span,
                format!("{whose} have different values of `{option}`: {all}"),
            )
            .help(format!("give all of them the same `{option}`"));
        if let Some((value, written)) = &most
            && self::value(file, number).as_ref() != Some(value)
            && let Some(edit) = edit(file, number, option, written)
        {
            report.fix(Safety::Unsafe, Claim::Option(option), || {
                (format!("write `{option} = {written}`"), vec![edit])
            });
        }
    }
}

/// The value of a file's option; for strings the empty one equals none.
fn value(file: File<'_>, number: i32) -> Option<Cow<'_, str>> {
    let options = file.options();
    let text = options.string(number).or_else(|| {
        let value = options.boolean(number)?;
        Some(Cow::Borrowed(if value { "true" } else { "false" }))
    });
    text.filter(|text| !text.is_empty())
}

/// The value that most files set, with its text; none where another one is as common.
fn most<'s>(package: &Package<'s>, number: i32) -> Option<(Cow<'s, str>, &'s str)> {
    let mut counts: Vec<(Cow<'s, str>, &'s str, usize)> = Vec::new();
    for &file in &package.files {
        let (Some(value), Some(set)) = (value(file, number), file.options().get(number)) else {
            continue;
        };
        match counts.iter_mut().find(|(known, ..)| *known == value) {
            Some((.., count)) => *count += 1,
            None => counts.push((value, file.source().slice(set.value_span()), 1)),
        }
    }
    let highest = counts.iter().map(|(.., count)| *count).max()?;
    let mut most = counts.into_iter().filter(|(.., count)| *count == highest);
    let (value, text, _) = most.next()?;
    most.next().is_none().then_some((value, text))
}

/// Sets the option of a file, behind its other options, its imports, or whatever it begins with.
fn edit(file: File<'_>, number: i32, option: &str, value: &str) -> Option<Edit> {
    if let Some(set) = file.options().get(number) {
        return Some(Edit::replace(set.value_span(), value));
    }
    let syntax = file.syntax();
    let tree = syntax.tree();
    let items = tree.file_items().iter();
    let last = |is: fn(&Item) -> bool| items.clone().copied().rfind(is);
    let (tokens, gap) = if let Some(Item::Option(index)) = last(|i| matches!(i, Item::Option(_))) {
        (tree[index].tokens, "")
    } else if let Some(Item::Import(index)) = last(|i| matches!(i, Item::Import(_))) {
        (tree[index].tokens, "\n")
    } else {
        (tree.packages.first()?.tokens, "\n")
    };
    let place = statement::after_line(syntax, tokens.last())?;
    Some(Edit::insert(
        place,
        format!("{gap}option {option} = {value};\n"),
    ))
}
