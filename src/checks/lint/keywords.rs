//! Words that cannot be used as identifiers in the languages that code is generated for.

/// Each language with its reserved words, in the form that a field's name has there. Sorted within a language.
///
/// Only words that generators have to change are here: those that convert fields to another case (Go, C#, Java
/// accessors) meet few of them, and macros of C and C++ headers count as words of C++.
const RESERVED: &[(&str, &[&str])] = &[
    (
        "C++",
        &[
            "and",
            "assert",
            "bool",
            "case",
            "catch",
            "class",
            "delete",
            "double",
            "errno",
            "explicit",
            "export",
            "extern",
            "friend",
            "inline",
            "int",
            "long",
            "major",
            "minor",
            "mutable",
            "namespace",
            "new",
            "not",
            "operator",
            "or",
            "private",
            "protected",
            "public",
            "register",
            "signed",
            "sizeof",
            "stderr",
            "stdin",
            "stdout",
            "struct",
            "switch",
            "template",
            "this",
            "throw",
            "typedef",
            "typename",
            "union",
            "unix",
            "unsigned",
            "using",
            "virtual",
            "void",
            "volatile",
        ],
    ),
    (
        "Java",
        &[
            "abstract",
            "boolean",
            "byte",
            "class",
            "extends",
            "final",
            "finally",
            "implements",
            "instanceof",
            "interface",
            "native",
            "package",
            "synchronized",
            "throws",
            "transient",
        ],
    ),
    (
        "Python",
        &[
            "and", "as", "assert", "async", "await", "class", "def", "del", "elif", "except",
            "finally", "from", "global", "import", "in", "is", "lambda", "nonlocal", "not", "or",
            "pass", "raise", "with", "yield",
        ],
    ),
    (
        "Rust",
        &[
            "abstract", "as", "async", "await", "become", "box", "crate", "dyn", "enum", "extern",
            "final", "fn", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
            "override", "priv", "pub", "ref", "self", "static", "struct", "super", "trait", "try",
            "typeof", "unsafe", "unsized", "use", "virtual", "where", "yield",
        ],
    ),
];

/// The languages in which the name is reserved.
pub(super) fn languages(name: &str) -> impl Iterator<Item = &'static str> {
    RESERVED
        .iter()
        .filter(move |(_, words)| words.binary_search(&name).is_ok())
        .map(|(language, _)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_so_that_each_is_found() {
        for (language, words) in RESERVED {
            assert!(words.is_sorted(), "{language}");
        }
        assert_eq!(
            languages("class").collect::<Vec<_>>(),
            ["C++", "Java", "Python"]
        );
        assert_eq!(languages("name").count(), 0);
    }
}
