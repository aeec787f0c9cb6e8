//! buf's rules, version by version: which ids each version of `buf.yaml` knows, and in which categories.
//!
//! The ids, categories and replacements are those that buf 1.75 lists. What a rule checks is said where it is
//! implemented; this table only decides what `use`, `except` and `ignore_only` select.

use std::fmt;

/// A version of buf's configuration. Without any `buf.yaml`, buf takes [`BufVersion::V1`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BufVersion {
    /// `version: v1beta1`
    V1Beta1,
    /// `version: v1`
    V1,
    /// `version: v2`
    V2,
}

impl BufVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 3] = [Self::V1Beta1, Self::V1, Self::V2];

    /// The version as `buf.yaml` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1Beta1 => "v1beta1",
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

impl fmt::Display for BufVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// One state of the schema.
    Lint,
    /// Two states, one of which is the baseline.
    Breaking,
}

impl RuleKind {
    /// The category whose rules are on where nothing is selected.
    pub const fn default_category(self) -> &'static str {
        match self {
            Self::Lint => "STANDARD",
            Self::Breaking => "FILE",
        }
    }
}

/// A rule of buf, with its place in each version.
#[derive(Debug, Clone, Copy)]
pub struct BufRule {
    /// The id.
    pub id: &'static str,
    /// Ids that took its place; they are meant where it is named.
    pub replacements: &'static [&'static str],
    /// Whether it checks nothing any more.
    pub is_deprecated: bool,
    /// Categories by version, separated by blanks; `-` where the version does not know the rule.
    categories: [&'static str; 3],
}

impl BufRule {
    /// Whether `version` knows the id.
    pub fn is_in(&self, version: BufVersion) -> bool {
        self.categories[version as usize] != "-"
    }

    /// The categories it is in; none where the version does not know it. `DEFAULT` and `STYLE_DEFAULT` are left out:
    /// see [`category_named`].
    pub fn categories(&self, version: BufVersion) -> impl Iterator<Item = &'static str> {
        self.categories[version as usize]
            .split_ascii_whitespace()
            .filter(|&category| category != "-")
    }
}

/// All rules of a kind, sorted by id, over all versions.
pub const fn buf_rules(kind: RuleKind) -> &'static [BufRule] {
    match kind {
        RuleKind::Lint => LINT,
        RuleKind::Breaking => BREAKING,
    }
}

/// The rule with this id, in whatever version.
pub fn buf_rule(kind: RuleKind, id: &str) -> Option<&'static BufRule> {
    let rules = buf_rules(kind);
    rules
        .binary_search_by_key(&id, |rule| rule.id)
        .ok()
        .map(|at| &rules[at])
}

/// The category that `name` stands for: `DEFAULT` is an old name of `STANDARD`, and so on.
pub fn category_named(name: &str) -> &str {
    match name {
        "DEFAULT" => "STANDARD",
        "STYLE_DEFAULT" => "STYLE_STANDARD",
        name => name,
    }
}

const fn row(id: &'static str, categories: [&'static str; 3]) -> BufRule {
    BufRule {
        id,
        replacements: &[],
        is_deprecated: false,
        categories,
    }
}

const fn deprecated(
    id: &'static str,
    categories: [&'static str; 3],
    replacements: &'static [&'static str],
) -> BufRule {
    BufRule {
        id,
        replacements,
        is_deprecated: true,
        categories,
    }
}

#[rustfmt::skip]
const LINT: &[BufRule] = &[
    row("COMMENT_ENUM", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("COMMENT_ENUM_VALUE", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("COMMENT_FIELD", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("COMMENT_MESSAGE", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("COMMENT_ONEOF", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("COMMENT_RPC", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("COMMENT_SERVICE", ["COMMENTS", "COMMENTS", "COMMENTS"]),
    row("DIRECTORY_SAME_PACKAGE", ["MINIMAL BASIC STANDARD FILE_LAYOUT", "MINIMAL BASIC STANDARD", "MINIMAL BASIC STANDARD"]),
    row("ENUM_FIRST_VALUE_ZERO", ["OTHER", "BASIC STANDARD", "BASIC STANDARD"]),
    row("ENUM_NO_ALLOW_ALIAS", ["MINIMAL BASIC STANDARD SENSIBLE", "BASIC STANDARD", "BASIC STANDARD"]),
    row("ENUM_PASCAL_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("ENUM_VALUE_PREFIX", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("ENUM_VALUE_UPPER_SNAKE_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("ENUM_ZERO_VALUE_SUFFIX", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("FIELD_LOWER_SNAKE_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("FIELD_NOT_REQUIRED", ["-", "-", "BASIC STANDARD"]),
    row("FIELD_NO_DESCRIPTOR", ["MINIMAL BASIC STANDARD SENSIBLE", "-", "-"]),
    row("FILE_LOWER_SNAKE_CASE", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("IMPORT_NO_PUBLIC", ["MINIMAL BASIC STANDARD SENSIBLE", "BASIC STANDARD", "BASIC STANDARD"]),
    deprecated("IMPORT_NO_WEAK", ["", "", ""], &[]),
    row("IMPORT_USED", ["-", "BASIC STANDARD", "BASIC STANDARD"]),
    row("MESSAGE_PASCAL_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("ONEOF_LOWER_SNAKE_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_DEFINED", ["MINIMAL BASIC STANDARD SENSIBLE", "MINIMAL BASIC STANDARD", "MINIMAL BASIC STANDARD"]),
    row("PACKAGE_DIRECTORY_MATCH", ["MINIMAL BASIC STANDARD FILE_LAYOUT", "MINIMAL BASIC STANDARD", "MINIMAL BASIC STANDARD"]),
    row("PACKAGE_LOWER_SNAKE_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_NO_IMPORT_CYCLE", ["-", "", "MINIMAL BASIC STANDARD"]),
    row("PACKAGE_SAME_CSHARP_NAMESPACE", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_SAME_DIRECTORY", ["MINIMAL BASIC STANDARD FILE_LAYOUT", "MINIMAL BASIC STANDARD", "MINIMAL BASIC STANDARD"]),
    row("PACKAGE_SAME_GO_PACKAGE", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_SAME_JAVA_MULTIPLE_FILES", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_SAME_JAVA_PACKAGE", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_SAME_PHP_NAMESPACE", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_SAME_RUBY_PACKAGE", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_SAME_SWIFT_PREFIX", ["MINIMAL BASIC STANDARD PACKAGE_AFFINITY", "BASIC STANDARD", "BASIC STANDARD"]),
    row("PACKAGE_VERSION_SUFFIX", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("PROTOVALIDATE", ["-", "STANDARD", "STANDARD"]),
    row("RPC_NO_CLIENT_STREAMING", ["UNARY_RPC", "UNARY_RPC", "UNARY_RPC"]),
    row("RPC_NO_SERVER_STREAMING", ["UNARY_RPC", "UNARY_RPC", "UNARY_RPC"]),
    row("RPC_PASCAL_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("RPC_REQUEST_RESPONSE_UNIQUE", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("RPC_REQUEST_STANDARD_NAME", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("RPC_RESPONSE_STANDARD_NAME", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("SERVICE_PASCAL_CASE", ["BASIC STANDARD STYLE_BASIC STYLE_STANDARD", "BASIC STANDARD", "BASIC STANDARD"]),
    row("SERVICE_SUFFIX", ["STANDARD STYLE_STANDARD", "STANDARD", "STANDARD"]),
    row("STABLE_PACKAGE_NO_IMPORT_UNSTABLE", ["-", "-", ""]),
    row("SYNTAX_SPECIFIED", ["-", "BASIC STANDARD", "BASIC STANDARD"]),
];

#[rustfmt::skip]
const BREAKING: &[BufRule] = &[
    row("ENUM_NO_DELETE", ["FILE", "FILE", "CSR FILE"]),
    row("ENUM_SAME_JSON_FORMAT", ["FILE PACKAGE WIRE_JSON", "FILE PACKAGE WIRE_JSON", "CSR FILE PACKAGE WIRE_JSON"]),
    row("ENUM_SAME_TYPE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("ENUM_VALUE_NO_DELETE", ["FILE PACKAGE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED", ["WIRE_JSON", "WIRE_JSON", "CSR WIRE_JSON"]),
    row("ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED", ["WIRE_JSON WIRE", "WIRE_JSON WIRE", "CSR WIRE_JSON WIRE"]),
    row("ENUM_VALUE_SAME_NAME", ["FILE PACKAGE WIRE_JSON", "FILE PACKAGE WIRE_JSON", "CSR FILE PACKAGE WIRE_JSON"]),
    row("EXTENSION_MESSAGE_NO_DELETE", ["FILE PACKAGE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("EXTENSION_NO_DELETE", ["-", "-", "FILE"]),
    row("FIELD_NO_DELETE", ["FILE PACKAGE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("FIELD_NO_DELETE_UNLESS_NAME_RESERVED", ["WIRE_JSON", "WIRE_JSON", "CSR WIRE_JSON"]),
    row("FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED", ["WIRE_JSON WIRE", "WIRE_JSON WIRE", "CSR WIRE_JSON WIRE"]),
    row("FIELD_SAME_CARDINALITY", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FIELD_SAME_CPP_STRING_TYPE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    deprecated("FIELD_SAME_CTYPE", ["", "", "-"], &["FIELD_SAME_CPP_STRING_TYPE"]),
    row("FIELD_SAME_DEFAULT", ["-", "-", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("FIELD_SAME_JAVA_UTF8_VALIDATION", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FIELD_SAME_JSON_NAME", ["FILE PACKAGE WIRE_JSON", "FILE PACKAGE WIRE_JSON", "CSR FILE PACKAGE WIRE_JSON"]),
    row("FIELD_SAME_JSTYPE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    deprecated("FIELD_SAME_LABEL", ["", "", "-"], &["FIELD_SAME_CARDINALITY", "FIELD_WIRE_COMPATIBLE_CARDINALITY", "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY"]),
    row("FIELD_SAME_NAME", ["FILE PACKAGE WIRE_JSON", "FILE PACKAGE WIRE_JSON", "CSR FILE PACKAGE WIRE_JSON"]),
    row("FIELD_SAME_ONEOF", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("FIELD_SAME_TYPE", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("FIELD_SAME_UTF8_VALIDATION", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FIELD_WIRE_COMPATIBLE_CARDINALITY", ["WIRE", "WIRE", "WIRE"]),
    row("FIELD_WIRE_COMPATIBLE_TYPE", ["-", "WIRE", "WIRE"]),
    row("FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY", ["WIRE_JSON", "WIRE_JSON", "CSR WIRE_JSON"]),
    row("FIELD_WIRE_JSON_COMPATIBLE_TYPE", ["-", "WIRE_JSON", "CSR WIRE_JSON"]),
    row("FILE_NO_DELETE", ["FILE", "FILE", "CSR FILE"]),
    row("FILE_SAME_CC_ENABLE_ARENAS", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_CC_GENERIC_SERVICES", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_CSHARP_NAMESPACE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_GO_PACKAGE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_JAVA_GENERIC_SERVICES", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_JAVA_MULTIPLE_FILES", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_JAVA_OUTER_CLASSNAME", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_JAVA_PACKAGE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    deprecated("FILE_SAME_JAVA_STRING_CHECK_UTF8", ["", "", "-"], &["FIELD_SAME_JAVA_UTF8_VALIDATION"]),
    row("FILE_SAME_OBJC_CLASS_PREFIX", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_OPTIMIZE_FOR", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_PACKAGE", ["FILE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("FILE_SAME_PHP_CLASS_PREFIX", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    deprecated("FILE_SAME_PHP_GENERIC_SERVICES", ["", "", "-"], &[]),
    row("FILE_SAME_PHP_METADATA_NAMESPACE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_PHP_NAMESPACE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_PY_GENERIC_SERVICES", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_RUBY_PACKAGE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_SWIFT_PREFIX", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("FILE_SAME_SYNTAX", ["FILE PACKAGE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("MESSAGE_NO_DELETE", ["FILE", "FILE", "CSR FILE"]),
    row("MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR", ["FILE PACKAGE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("MESSAGE_SAME_JSON_FORMAT", ["FILE PACKAGE WIRE_JSON", "FILE PACKAGE WIRE_JSON", "CSR FILE PACKAGE WIRE_JSON"]),
    deprecated("MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT", ["", "", ""], &[]),
    row("MESSAGE_SAME_REQUIRED_FIELDS", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("ONEOF_NO_DELETE", ["FILE PACKAGE", "FILE PACKAGE", "CSR FILE PACKAGE"]),
    row("PACKAGE_ENUM_NO_DELETE", ["PACKAGE", "PACKAGE", "PACKAGE"]),
    row("PACKAGE_EXTENSION_NO_DELETE", ["-", "-", "PACKAGE"]),
    row("PACKAGE_MESSAGE_NO_DELETE", ["PACKAGE", "PACKAGE", "PACKAGE"]),
    row("PACKAGE_NO_DELETE", ["PACKAGE", "PACKAGE", "PACKAGE"]),
    row("PACKAGE_SERVICE_NO_DELETE", ["PACKAGE", "PACKAGE", "PACKAGE"]),
    row("RESERVED_ENUM_NO_DELETE", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("RESERVED_MESSAGE_NO_DELETE", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("RPC_NO_DELETE", ["FILE PACKAGE", "FILE PACKAGE", "FILE PACKAGE"]),
    row("RPC_SAME_CLIENT_STREAMING", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("RPC_SAME_IDEMPOTENCY_LEVEL", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("RPC_SAME_REQUEST_TYPE", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("RPC_SAME_RESPONSE_TYPE", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("RPC_SAME_SERVER_STREAMING", ["FILE PACKAGE WIRE_JSON WIRE", "FILE PACKAGE WIRE_JSON WIRE", "CSR FILE PACKAGE WIRE_JSON WIRE"]),
    row("SERVICE_NO_DELETE", ["FILE", "FILE", "FILE"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn count(kind: RuleKind, version: BufVersion, category: &str) -> usize {
        buf_rules(kind)
            .iter()
            .filter(|rule| rule.categories(version).any(|name| name == category))
            .count()
    }

    #[test]
    fn the_tables_are_sorted_and_replacements_exist() {
        for kind in [RuleKind::Lint, RuleKind::Breaking] {
            assert!(buf_rules(kind).is_sorted_by_key(|rule| rule.id));
            for rule in buf_rules(kind) {
                assert!(
                    rule.replacements
                        .iter()
                        .all(|id| buf_rule(kind, id).is_some())
                );
            }
        }
    }

    #[test]
    fn categories_have_the_sizes_that_buf_lists() {
        use BufVersion::{V1, V1Beta1, V2};
        use RuleKind::{Breaking, Lint};
        for (kind, version, category, size) in [
            (Lint, V1Beta1, "STANDARD", 30),
            (Lint, V1Beta1, "MINIMAL", 14),
            (Lint, V1Beta1, "SENSIBLE", 4),
            (Lint, V1, "STANDARD", 33),
            (Lint, V1, "MINIMAL", 4),
            (Lint, V2, "STANDARD", 35),
            (Lint, V2, "BASIC", 26),
            (Lint, V2, "COMMENTS", 7),
            (Breaking, V1Beta1, "FILE", 49),
            (Breaking, V1Beta1, "PACKAGE", 48),
            (Breaking, V1, "WIRE_JSON", 21),
            (Breaking, V2, "FILE", 51),
            (Breaking, V2, "CSR", 32),
            (Breaking, V2, "WIRE", 15),
        ] {
            assert_eq!(
                count(kind, version, category),
                size,
                "{kind:?} {version} {category}"
            );
        }
    }
}
