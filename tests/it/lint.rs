//! Lint rules on the fixtures of `fixtures/lint`, and side by side with buf.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protogov::checks::{Lint, Registered, RuleOptions, Suppressions, rule, rules};
use protogov::diagnostic::Diagnostic;
use protogov::schema::{Input, Role, Schema};
use protogov::sources::well_known;
use protogov::syntax::File;
use protogov::text::Source;

/// Comments of every tool count.
const ALL: Suppressions = Suppressions {
    protogov: true,
    buf: true,
    protolint: true,
    api_linter: true,
};

/// Lints files given as path and text with some rules; what they import of the well-known types is there too.
pub(crate) fn lint(files: &[(String, String)], rules: &[&'static Registered]) -> Vec<Diagnostic> {
    let schema = link(files);
    Lint {
        schema: &schema,
        files: schema.targets().map(|file| file.id()).collect(),
        rules: rules.to_vec(),
        options: &RuleOptions::default(),
        severity: &|id, _| rule(id.as_str()).map(|rule| rule.severity()),
        suppressions: ALL,
        with_fixes: true,
    }
    .run()
    .findings
}

/// Links files given as path and text, and the bundled files.
pub(crate) fn link(files: &[(String, String)]) -> Schema {
    let parse = |path: &str, text: &str| {
        let source = Source::new(path, path, text.as_bytes().to_vec()).expect("small enough");
        Arc::new(File::parse(Arc::new(source)))
    };
    let targets = files
        .iter()
        .map(|(path, text)| Input::new(parse(path, text), Role::Target));
    let bundled = well_known::FILES
        .iter()
        .map(|(path, text)| Input::new(parse(path, text), Role::Import));
    Schema::link(targets.chain(bundled).collect())
}

/// The `.proto` files below a directory, as path relative to it and text, sorted.
pub(crate) fn proto_files(directory: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "proto")
            {
                let name = path.strip_prefix(directory).expect("below");
                let name = name.to_str().expect("UTF-8").replace('\\', "/");
                files.push((name, fs::read_to_string(&path).expect("readable")));
            }
        }
    }
    files.sort();
    files
}

/// In `fixtures/lint/<rule>`, one directory is one module. `//~ RULE_ID` on a line says that the rule reports something
/// that begins there; several ids are separated by blanks, `//~^` means the line above, and `//~file` the file as a
/// whole. Only the rule that the directory is named after runs.
#[test]
fn markers_and_findings_match() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint");
    let mut wrong = Vec::new();
    let mut directories: Vec<PathBuf> = fs::read_dir(root)
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    directories.sort();
    for directory in directories {
        let name = directory
            .file_name()
            .expect("a name")
            .to_str()
            .expect("UTF-8");
        let id = name.to_uppercase();
        let Some(rule) = rule(&id) else {
            wrong.push(format!("{name}: there is no rule of that name"));
            continue;
        };
        let files = proto_files(&directory);
        let mut expected: BTreeMap<(String, u32), i32> = BTreeMap::new();
        for (path, text) in &files {
            for (at, line) in (0_u32..).zip(text.lines()) {
                let Some((_, marker)) = line.split_once("//~") else {
                    continue;
                };
                let (line, ids) = match marker.strip_prefix('^') {
                    Some(ids) => (at.saturating_sub(1), ids),
                    None => match marker.strip_prefix("file") {
                        Some(ids) => (0, ids),
                        None => (at, marker),
                    },
                };
                for marked in ids.split_ascii_whitespace() {
                    assert_eq!(marked, id, "{name}/{path}: only this rule runs here");
                    *expected.entry((path.clone(), line)).or_default() += 1;
                }
            }
        }
        for finding in lint(&files, &[rule]) {
            let location = finding
                .into_facts()
                .location
                .expect("lint points somewhere");
            let line = location.source.lines().line(location.span.start);
            *expected
                .entry((location.source.name().to_owned(), line))
                .or_default() -= 1;
        }
        for ((path, line), count) in expected {
            let line = line + 1;
            if count > 0 {
                wrong.push(format!(
                    "{name}/{path}:{line}: {count} marked but not found"
                ));
            } else if count < 0 {
                wrong.push(format!(
                    "{name}/{path}:{line}: {} found but not marked",
                    -count
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Broken files go through all rules without a panic.
#[test]
fn broken_files_are_linted_too() {
    let all: Vec<&'static Registered> = rules()
        .iter()
        .copied()
        .filter(|rule| rule.is_lint())
        .collect();
    let text = "import \"b.proto\"\npackage ; message { oneof { } reserved ; string = 1; enum { A = ; B } }\n\
                service { rpc (M) returns (stream); rpc A } extend { int32 x } enum E { } option = ;";
    for end in 0..text.len() {
        lint(&[("a.proto".to_owned(), text[..end].to_owned())], &all);
    }
}

/// Where each tool's comments stand, and what they silence.
#[test]
fn comments_silence_what_they_belong_to() {
    let rule = |id| rule(id).expect("a rule");
    let count = |text: &str| {
        let text = format!("{text}\n");
        let files = [("a.proto".to_owned(), text)];
        lint(
            &files,
            &[rule("FIELD_LOWER_SNAKE_CASE"), rule("PACKAGE_DEFINED")],
        )
        .len()
    };
    let field = "syntax = \"proto3\";\npackage a;\nmessage M {\n";
    let allow = "// protogov:allow(FIELD_LOWER_SNAKE_CASE) historic";
    for (text, expected) in [
        (format!("{field}string aB = 1;\n}}"), 1),
        (format!("{field}{allow}\nstring aB = 1;\n}}"), 0),
        (format!("{field}string aB = 1; {allow}\n}}"), 0),
        (
            format!("{field}{allow}\noneof o {{ string aB = 1; }}\n}}"),
            0,
        ),
        (
            format!("{field}{allow}\nstring ok = 1;\nstring aB = 2;\n}}"),
            1,
        ),
        (
            format!(
                "{field}// protogov:allow(PACKAGE_DEFINED, FIELD_LOWER_SNAKE_CASE) x\nstring aB = 1;\n}}"
            ),
            0,
        ),
        (
            format!("{field}// protogov:allow(FIELD_LOWER)\nstring aB = 1;\n}}"),
            1,
        ),
        (
            format!(
                "{field}string aB = 1 [json_name = \"protogov:allow(FIELD_LOWER_SNAKE_CASE)\"];\n}}"
            ),
            1,
        ),
        (
            "// protogov:allow(PACKAGE_DEFINED) a sketch\nsyntax = \"proto3\";".to_owned(),
            0,
        ),
        (
            "// protogov:allow(PACKAGE_DEFINED) a sketch\n\nsyntax = \"proto3\";".to_owned(),
            0,
        ),
        (
            format!(
                "{field}// protolint:disable:next FIELD_NAMES_LOWER_SNAKE_CASE\nstring aB = 1;\nstring bC = 2;\n}}"
            ),
            1,
        ),
        (
            format!(
                "{field}string aB = 1; // protolint:disable:this FIELD_NAMES_LOWER_SNAKE_CASE\n}}"
            ),
            0,
        ),
        (
            format!(
                "{field}// protolint:disable FIELD_NAMES_LOWER_SNAKE_CASE\nstring aB = 1;\n// protolint:enable FIELD_NAMES_LOWER_SNAKE_CASE\nstring bC = 2;\n}}"
            ),
            1,
        ),
        (
            format!(
                "{field}// (-- api-linter: core::0140::lower-snake=disabled\n//     aip.dev/not-precedent: historic --)\nstring aB = 1;\n}}"
            ),
            0,
        ),
        (
            format!("{field}// (-- api-linter: core::0140=disabled --)\nstring aB = 1;\n}}"),
            0,
        ),
        (
            format!("{field}// (-- api-linter: core::014=disabled --)\nstring aB = 1;\n}}"),
            1,
        ),
    ] {
        assert_eq!(count(&text), expected, "{text}");
    }
}
