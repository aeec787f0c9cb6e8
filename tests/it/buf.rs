//! Findings side by side with buf's: same path, lines, columns and rule, on the examples of the rules, on the fixtures,
//! and on real contracts where they are at hand.
//!
//! What differs on purpose is told in `docs/differences.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use protogov::checks::{
    BufVersion, Catalogue, Dialect, Lint, RuleKind, RuleOptions, Suppressions, known_lint_rules,
    rule, rules,
};
use protogov::report::{Finding, Style};
use protogov::schema::{FileId, Schema};
use protogov::workspace::{ImportRoot, ParsedFiles, load, roots};

use crate::lint::proto_files;

/// Path, lines, columns, rule.
pub(crate) type Place = (String, [u64; 4], String);

/// Whether buf can be run; it is said where not.
pub fn has_buf() -> bool {
    let found = Command::new("buf").arg("--version").output();
    let has = found.is_ok_and(|output| output.status.success());
    if !has {
        eprintln!("skipped: there is no `buf` on the path; `.ci/run` installs it");
    }
    has
}

/// What buf finds in the modules of a directory, `None` where it cannot build them. Other directories are imported.
fn buf_findings(
    directory: &Path,
    modules: &[String],
    imported: &[String],
    selected: &str,
) -> Option<Vec<Place>> {
    let mut yaml = format!("version: v2\nlint:\n  use: [{selected}]\nmodules:\n");
    for module in modules {
        let _ = writeln!(yaml, "  - path: {module}");
    }
    for module in imported {
        let _ = writeln!(
            yaml,
            "  - path: {module}\n    lint:\n      ignore: [{module}]"
        );
    }
    fs::write(directory.join("buf.yaml"), yaml).expect("writable");
    let output = Command::new("buf")
        .args(["lint", "--error-format", "json"])
        .current_dir(directory)
        .output()
        .expect("buf runs");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let mut places = Vec::new();
    for line in lines.lines() {
        let found: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| found[key].as_u64().unwrap_or(1);
        let keys = ["start_line", "start_column", "end_line", "end_column"];
        places.push((text("path"), keys.map(number), text("type")));
    }
    let code = output.status.code();
    let broken = places.iter().any(|(_, _, rule)| rule == "COMPILE");
    (!broken && matches!(code, Some(0 | 100))).then_some(places)
}

/// What we find in the same modules with the same rules.
fn own_findings(
    directory: &Path,
    modules: &[String],
    imported: &[String],
    selected: &str,
) -> Vec<Place> {
    let import_roots: Vec<ImportRoot> = modules
        .iter()
        .chain(imported)
        .map(|module| ImportRoot::new(directory.join(module)))
        .collect();
    let roots = roots(&[], &import_roots).expect("they exist");
    let loaded = load(&roots, &ParsedFiles::default());
    let schema = Schema::link(loaded.inputs());
    let catalogue = Catalogue::new(
        RuleKind::Lint,
        Dialect::Buf(BufVersion::V2),
        &known_lint_rules(),
    );
    let enabled: Vec<_> = selected
        .split(',')
        .filter_map(|name| catalogue.named(name.trim()))
        .flat_map(|named| named.rules().to_vec())
        .filter_map(|id| rule(id.as_str()))
        .collect();
    let mut places = Vec::new();
    for root in 0..modules.len() {
        let files: Vec<FileId> = loaded
            .files
            .iter()
            .filter(|file| file.root == Some(root))
            .filter_map(|file| Some(schema.file_named(file.file.name())?.id()))
            .collect();
        let findings = Lint {
            schema: &schema,
            files,
            rules: enabled.clone(),
            options: &RuleOptions::default(),
            severity: &|id, _| Some(catalogue.severity(id)),
            suppressions: Suppressions {
                buf: true,
                ..Suppressions::default()
            },
            with_fixes: false,
        }
        .run()
        .findings;
        for finding in findings {
            let mut line = Vec::new();
            let json = Finding::new(&finding, &Style::default());
            json.write(&mut line).expect("JSON");
            let line: serde_json::Value = serde_json::from_slice(&line).expect("JSON");
            let path = line["path"].as_str().unwrap_or_default();
            let path = path
                .strip_prefix(directory.to_str().expect("UTF-8"))
                .unwrap_or(path);
            let number = |key: &str| line[key].as_u64().unwrap_or(1);
            let keys = ["start_line", "start_column", "end_line", "end_column"];
            places.push((
                path.trim_start_matches('/').to_owned(),
                keys.map(number),
                finding.code.0.to_owned(),
            ));
        }
    }
    places
}

/// Findings that only one of the two has, in words.
pub(crate) fn differences(own: Vec<Place>, buf: Vec<Place>) -> Vec<String> {
    let mut counts: BTreeMap<Place, i32> = BTreeMap::new();
    for place in own {
        *counts.entry(place).or_default() += 1;
    }
    for place in buf {
        *counts.entry(place).or_default() -= 1;
    }
    let told = |((path, [line, column, end_line, end_column], rule), count): (Place, i32)| {
        let whose = if count > 0 { "only ours" } else { "only buf's" };
        format!("{whose}: {rule} {path}:{line}:{column}-{end_line}:{end_column}")
    };
    counts
        .into_iter()
        .filter(|(_, count)| *count != 0)
        .map(told)
        .collect()
}

fn write_files(directory: &Path, files: &[(String, String)]) {
    for (path, text) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().expect("below the directory")).expect("writable");
        fs::write(path, text).expect("writable");
    }
}

/// One rule on its examples and its fixtures.
#[test]
fn examples_and_fixtures_agree_with_buf() {
    if !has_buf() {
        return;
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint");
    let version = Catalogue::new(RuleKind::Lint, Dialect::Buf(BufVersion::V2), &[]);
    let mut wrong = Vec::new();
    for rule in rules()
        .iter()
        .filter(|rule| version.ids().any(|id| id == rule.id()))
    {
        let id = rule.id().as_str();
        let mut cases: Vec<Vec<(String, String)>> = Vec::new();
        cases.extend(rule.docs().examples.iter().map(|example| example.files()));
        let directory = fixtures.join(id.to_lowercase());
        if directory.is_dir() {
            cases.push(proto_files(&directory));
        }
        let module = ["m".to_owned()];
        for files in cases {
            let directory = tempfile::tempdir().expect("a directory");
            write_files(&directory.path().join("m"), &files);
            let Some(buf) = buf_findings(directory.path(), &module, &[], id) else {
                wrong.push(format!("{id}: buf does not build {files:?}"));
                continue;
            };
            let own = own_findings(directory.path(), &module, &[], id);
            wrong.extend(
                differences(own, buf)
                    .into_iter()
                    .map(|text| format!("{text} {files:?}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All rules of buf on real contracts, which lie beside the repository where they are at hand.
#[test]
fn real_contracts_agree_with_buf() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let Ok(index) = fs::read_to_string(corpora.join("INDEX.txt")) else {
        eprintln!("skipped: {} holds no corpora", corpora.display());
        return;
    };
    if !has_buf() {
        return;
    }
    let only = std::env::var("PROTOGOV_CORPUS").ok();
    let mut wrong = Vec::new();
    for line in index.lines() {
        let Some(corpus) = Corpus::parse(line) else {
            continue;
        };
        if only.as_ref().is_some_and(|only| *only != corpus.name) {
            continue;
        }
        let directory = tempfile::tempdir().expect("a directory");
        if !corpus.unpack(&corpora, directory.path()) {
            eprintln!("skipped: {} cannot be unpacked", corpus.name);
            continue;
        }
        let (modules, imported) = corpus.modules(directory.path());
        let selected = "STANDARD, COMMENTS, UNARY_RPC, STABLE_PACKAGE_NO_IMPORT_UNSTABLE";
        let Some(buf) = buf_findings(directory.path(), &modules, &imported, selected) else {
            eprintln!("skipped: buf does not build {}", corpus.name);
            continue;
        };
        let count = buf.len();
        let own = own_findings(directory.path(), &modules, &imported, selected);
        let differences = differences(own, buf);
        eprintln!(
            "{}: {count} findings of buf, {} differences",
            corpus.name,
            differences.len()
        );
        wrong.extend(
            differences
                .into_iter()
                .map(|text| format!("{}: {text}", corpus.name)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The large tree, with the rules that are on by default. buf takes half a minute and 4 GB for it, so it is compared only
/// when asked for.
#[test]
fn the_large_tree_agrees_with_buf() {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/googleapis.bundle");
    if std::env::var_os("PROTOGOV_LARGE").is_none() || !bundle.exists() || !has_buf() {
        eprintln!("skipped: set PROTOGOV_LARGE, and have the corpora and buf at hand");
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "--branch", "rev-2026-08-22"])
        .arg(bundle)
        .arg(directory.path().join("m"))
        .output();
    assert!(cloned.is_ok_and(|output| output.status.success()));
    let module = ["m".to_owned()];
    let selected = "STANDARD, COMMENTS, UNARY_RPC, STABLE_PACKAGE_NO_IMPORT_UNSTABLE";
    let buf = buf_findings(directory.path(), &module, &[], selected).expect("buf builds it");
    let count = buf.len();
    let own = own_findings(directory.path(), &module, &[], selected);
    let differences = differences(own, buf);
    eprintln!("googleapis: {count} findings of buf");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A repository of contracts, as a line of the index tells it.
#[derive(Clone)]
pub(crate) struct Corpus {
    pub(crate) name: String,
    revision: String,
    /// Directory in the repository, and where its files go, as `m0/path/below/the/module`.
    roots: Vec<(String, String)>,
    dependencies: Vec<String>,
}

impl Corpus {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let name = words.next()?.to_owned();
        let mut corpus = Self {
            name,
            revision: String::new(),
            roots: Vec::new(),
            dependencies: Vec::new(),
        };
        for (key, value) in words.filter_map(|word| word.split_once('=')) {
            match key {
                "roots" => {
                    let root = |root: &str| {
                        let (from, to) = root.split_once('=')?;
                        Some((from.to_owned(), to.to_owned()))
                    };
                    corpus.roots = value.split(',').filter_map(root).collect();
                }
                "deps" => {
                    let names = value.split(',').filter(|name| !name.is_empty());
                    corpus.dependencies = names.map(str::to_owned).collect();
                }
                "new" => "new".clone_into(&mut corpus.revision),
                _ => {}
            }
        }
        Some(corpus)
    }

    /// The same repository at another revision.
    pub(crate) fn at(mut self, revision: &str) -> Self {
        revision.clone_into(&mut self.revision);
        self
    }

    /// Puts the files where they are imported from; the dependencies too.
    pub(crate) fn unpack(&self, corpora: &Path, to: &Path) -> bool {
        let clone = tempfile::tempdir().expect("a directory");
        let bundle = corpora
            .join("history")
            .join(format!("{}.bundle", self.name));
        let cloned = Command::new("git")
            .args(["clone", "--quiet", "--branch", &self.revision])
            .arg(bundle)
            .arg(clone.path())
            .output();
        if !cloned.is_ok_and(|output| output.status.success()) {
            return false;
        }
        for (from, place) in &self.roots {
            let from = clone.path().join(from);
            if from.is_file() {
                let text = fs::read_to_string(&from).unwrap_or_default();
                write_files(to, &[(place.clone(), text)]);
            } else {
                copy(&from, &to.join(place));
            }
        }
        for name in &self.dependencies {
            copy(
                &corpora.join("deps").join(name),
                &to.join("deps").join(name),
            );
        }
        true
    }

    /// The modules that are linted, and those that are only imported.
    pub(crate) fn modules(&self, directory: &Path) -> (Vec<String>, Vec<String>) {
        let first = |place: &str| place.split('/').next().unwrap_or_default().to_owned();
        let mut modules: Vec<String> = self.roots.iter().map(|(_, place)| first(place)).collect();
        modules.sort();
        modules.dedup();
        modules.retain(|module| {
            let directory = directory.join(module);
            directory.is_dir() && !proto_files(&directory).is_empty()
        });
        let imported = self.dependencies.iter().map(|name| format!("deps/{name}"));
        (modules, imported.collect())
    }
}

/// Copies the `.proto` files below a directory.
fn copy(from: &Path, to: &Path) {
    let mut open: Vec<PathBuf> = vec![from.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "proto")
            {
                let target = to.join(path.strip_prefix(from).expect("below"));
                fs::create_dir_all(target.parent().expect("has one")).expect("writable");
                fs::copy(&path, target).expect("writable");
            }
        }
    }
}
