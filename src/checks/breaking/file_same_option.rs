//! The file option `{option}` changed.
//!
//! ## What breaks
//! {what} Bytes and JSON are not touched.
//!
//! ## Examples
//! ```proto,before
//! option {option} = {one};
//! ```
//! ```proto,after,bad
//! option {option} = {other};
//! ```

use super::compare::{Aspect, BreakingCx, Compare, Place};
use crate::checks::registry::Registered;
use crate::checks::rule::{Check, FixSafety, Group, Rule};
use crate::schema::File;
use crate::schema::diff::Pair;

/// The rules that differ in nothing but the option they look at: its number in `FileOptions`, its type, its name, and
/// what it is where it is not set.
macro_rules! family {
    ($($id:ident: $check:ident, $number:literal, $kind:ident, $option:literal, $default:literal, $one:literal, $other:literal, $what:literal;)+) => {
        /// One rule for each option.
        pub(crate) static RULES: &[Registered] = &[$({
            static RULE: Rule = Rule {
                group: Group::Buf,
                since: "0.1.0",
                fix: FixSafety::None,
                same_as: &[],
                check: Check::Breaking(Aspect::Option, &[Compare::File($check)]),
            };
            Registered::in_family(
                stringify!($id),
                include_str!("file_same_option.rs"),
                &RULE,
                &[("option", $option), ("one", $one), ("other", $other), ("what", $what)],
            )
        }),+];

        $(fn $check<'s>(files: Pair<File<'s>>, cx: &mut BreakingCx<'s>) {
            check(files, $number, Kind::$kind, ($option, $default), cx);
        })+
    };
}

family! {
    FILE_SAME_CC_ENABLE_ARENAS: cc_enable_arenas, 31, Boolean, "cc_enable_arenas", "true", "true", "false", "Generated C++ allocates differently.";
    FILE_SAME_CC_GENERIC_SERVICES: cc_generic_services, 16, Boolean, "cc_generic_services", "false", "true", "false", "Generated C++ has or lacks service classes.";
    FILE_SAME_CSHARP_NAMESPACE: csharp_namespace, 37, Text, "csharp_namespace", "", "\"Acme.V1\"", "\"Acme.V2\"", "Generated C# moves to another namespace.";
    FILE_SAME_GO_PACKAGE: go_package, 11, Text, "go_package", "", "\"acme/v1\"", "\"acme/v2\"", "Generated Go moves to another package.";
    FILE_SAME_JAVA_GENERIC_SERVICES: java_generic_services, 17, Boolean, "java_generic_services", "false", "true", "false", "Generated Java has or lacks service classes.";
    FILE_SAME_JAVA_MULTIPLE_FILES: java_multiple_files, 10, Boolean, "java_multiple_files", "false", "true", "false", "Generated Java classes move into or out of the outer class.";
    FILE_SAME_JAVA_OUTER_CLASSNAME: java_outer_classname, 8, Text, "java_outer_classname", "", "\"Acme\"", "\"AcmeProto\"", "The outer class of generated Java has another name.";
    FILE_SAME_JAVA_PACKAGE: java_package, 1, Text, "java_package", "", "\"com.acme.v1\"", "\"com.acme.v2\"", "Generated Java moves to another package.";
    FILE_SAME_OBJC_CLASS_PREFIX: objc_class_prefix, 36, Text, "objc_class_prefix", "", "\"ACM\"", "\"ACX\"", "Generated Objective-C classes have other names.";
    FILE_SAME_OPTIMIZE_FOR: optimize_for, 9, Enum, "optimize_for", "SPEED", "SPEED", "CODE_SIZE", "Generated C++ and Java classes have another base and other methods.";
    FILE_SAME_PHP_CLASS_PREFIX: php_class_prefix, 40, Text, "php_class_prefix", "", "\"Acme\"", "\"Acme2\"", "Generated PHP classes have other names.";
    FILE_SAME_PHP_METADATA_NAMESPACE: php_metadata_namespace, 44, Text, "php_metadata_namespace", "", "\"Acme\\\\Meta\"", "\"Acme\\\\Meta2\"", "Generated PHP metadata moves to another namespace.";
    FILE_SAME_PHP_NAMESPACE: php_namespace, 41, Text, "php_namespace", "", "\"Acme\\\\V1\"", "\"Acme\\\\V2\"", "Generated PHP moves to another namespace.";
    FILE_SAME_PY_GENERIC_SERVICES: py_generic_services, 18, Boolean, "py_generic_services", "false", "true", "false", "Generated Python has or lacks service classes.";
    FILE_SAME_RUBY_PACKAGE: ruby_package, 45, Text, "ruby_package", "", "\"Acme::V1\"", "\"Acme::V2\"", "Generated Ruby moves to another module.";
    FILE_SAME_SWIFT_PREFIX: swift_prefix, 39, Text, "swift_prefix", "", "\"ACM\"", "\"ACX\"", "Generated Swift types have other names.";
}

/// The type of an option.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Boolean,
    Enum,
}

fn check<'s>(
    files: Pair<File<'s>>,
    number: i32,
    kind: Kind,
    (name, default): (&str, &str),
    cx: &mut BreakingCx<'s>,
) {
    let values = files.map(|file| value(file, number, kind, default));
    if values.before == values.after {
        return;
    }
    let place = files
        .after
        .options()
        .get(number)
        .map_or(Place::File(files.after), |option| {
            Place::Part(files.after, option.span())
        });
    cx.report(
        place,
        files.before,
        files.before.path(),
        format!(
            "file option `{name}` was `{}` and is now `{}`",
            values.before, values.after
        ),
    )
    .help(format!("keep `{name}` as it was"));
}

fn value(file: File<'_>, number: i32, kind: Kind, default: &str) -> String {
    let options = file.options();
    match kind {
        Kind::Text => options.string(number).map(std::borrow::Cow::into_owned),
        Kind::Boolean => options.boolean(number).map(|value| value.to_string()),
        Kind::Enum => options.enum_name(number).map(str::to_owned),
    }
    .unwrap_or_else(|| default.to_owned())
}
