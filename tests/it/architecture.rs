//! Which module may name which, as `docs/architecture.md` and the crate's documentation have it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each module and those it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("diagnostic", &["text"]),
    ("sources", &["text", "diagnostic"]),
    ("syntax", &["text", "diagnostic"]),
    ("schema", &["syntax", "diagnostic", "text"]),
    ("compatibility", &["schema", "syntax", "text"]),
    ("descriptor", &["schema", "syntax", "text"]),
    (
        "checks",
        &["compatibility", "schema", "syntax", "diagnostic", "text"],
    ),
    (
        "fix",
        &[
            "checks",
            "descriptor",
            "schema",
            "syntax",
            "diagnostic",
            "text",
        ],
    ),
    (
        "history",
        &["sources", "syntax", "schema", "diagnostic", "text"],
    ),
    ("config", &["checks", "diagnostic", "text"]),
    (
        "governance",
        &[
            "config",
            "history",
            "checks",
            "compatibility",
            "schema",
            "syntax",
            "diagnostic",
            "text",
        ],
    ),
    (
        "workspace",
        &[
            "sources",
            "config",
            "checks",
            "compatibility",
            "descriptor",
            "history",
            "schema",
            "syntax",
            "diagnostic",
            "text",
        ],
    ),
    (
        "scaffold",
        &["schema", "syntax", "descriptor", "diagnostic", "text"],
    ),
    (
        "report",
        &[
            "checks",
            "compatibility",
            "governance",
            "diagnostic",
            "text",
        ],
    ),
];

/// What is named in one place only: a crate, and the files or directories below `src` that may name it.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("gix", &["sources/git.rs", "sources/git/"]),
    ("miette", &["report/text.rs", "report/text/"]),
    ("clap", &["cli/"]),
    ("askama", &["scaffold/"]),
    (
        "prost_reflect",
        &[
            "compatibility/witness/reflected/mod.rs",
            "compatibility/witness/reflected/lowered.rs",
        ],
    ),
    ("prost_build", &["scaffold/generate.rs"]),
    ("tonic_prost_build", &["scaffold/generate.rs"]),
];

fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("readable").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("below").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("readable");
            (name.replace('\\', "/"), text)
        })
        .collect()
}

/// The lines of code, with their numbers, up to the file's unit tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

#[test]
fn modules_name_only_those_before_them() {
    let mut upward = Vec::new();
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().unwrap_or_default();
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            continue;
        };
        for (line, code) in code(&text) {
            for (at, _) in code.match_indices("crate::") {
                let rest = &code[at + "crate::".len()..];
                let used: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let is_module = MAY_USE.iter().any(|(name, _)| *name == used)
                    || matches!(used.as_str(), "cli" | "lsp");
                if is_module && used != module && !allowed.contains(&used.as_str()) {
                    upward.push(format!("src/{file}:{line} names `{used}`"));
                }
            }
        }
    }
    assert!(
        upward.is_empty(),
        "a module names one that stands above it; move the code, or what it needs, down:\n{}",
        upward.join("\n")
    );
}

#[test]
fn third_party_crates_stay_in_their_place() {
    let mut strays = Vec::new();
    for (file, text) in sources() {
        for (name, places) in ONLY_IN {
            if places.iter().any(|place| file.starts_with(place)) {
                continue;
            }
            for (line, code) in code(&text) {
                if code.contains(&format!("{name}::")) || code.contains(&format!("use {name};")) {
                    strays.push(format!("src/{file}:{line} names `{name}`"));
                }
            }
        }
    }
    assert!(
        strays.is_empty(),
        "a crate is named outside of its place:\n{}",
        strays.join("\n")
    );
}
