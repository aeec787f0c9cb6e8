//! Breaking rules: true examples, and the same findings as buf's.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use protogov::checks::breaking::{BreakingFinding, Comparison};
use protogov::checks::{
    Docs, Example, ExampleRole, Registered, RuleKind, RuleOptions, buf_rules, rule, rules,
};
use protogov::compatibility::witness::Surface;
use protogov::diagnostic::Severity;
use protogov::report::{Finding, Style};
use protogov::schema::Schema;
use protogov::schema::diff::Diff;

use crate::buf::{Corpus, Place, differences, has_buf};
use crate::files::Files;
use crate::lint::{link, proto_files};

fn breaking_rules() -> impl Iterator<Item = &'static Registered> {
    rules().iter().copied().filter(|rule| !rule.is_lint())
}

/// The schema of an example; an absent one is a tree in which another file is left.
fn schema(example: Option<&Example>) -> Schema {
    let files = example.map_or_else(
        || {
            vec![(
                "other.proto".to_owned(),
                "syntax = \"proto3\";\n".to_owned(),
            )]
        },
        Example::files,
    );
    let schema = link(&files);
    let errors: Vec<_> = schema.errors().map(|error| &error.message).collect();
    assert!(errors.is_empty(), "{errors:?} in {files:?}");
    schema
}

fn before(docs: &Docs) -> &Example {
    docs.examples
        .iter()
        .find(|example| example.role == ExampleRole::Before)
        .expect("each breaking rule shows a baseline")
}

/// The states of an example after the change; where none is bad, the file is gone.
fn afters(docs: &Docs) -> Vec<(ExampleRole, Option<&Example>)> {
    let mut afters: Vec<_> = docs
        .examples
        .iter()
        .filter(|example| example.role != ExampleRole::Before)
        .map(|example| (example.role, Some(example)))
        .collect();
    if !afters.iter().any(|(role, _)| *role == ExampleRole::Bad) {
        afters.push((ExampleRole::Bad, None));
    }
    afters
}

fn findings(
    before: &Schema,
    after: &Schema,
    rules: &[(&'static Registered, Severity)],
) -> Vec<BreakingFinding> {
    let comparison = Comparison {
        rules,
        options: &RuleOptions::default(),
        finds_witnesses: true,
    };
    comparison.run(&Diff::new(before, after))
}

#[test]
fn examples_are_true() {
    let mut wrong = String::new();
    for rule in breaking_rules().filter(|rule| !rule.is_about_history()) {
        let docs = rule.docs();
        let id = rule.id();
        assert!(
            docs.summary.ends_with('.'),
            "{id}: a summary is one sentence"
        );
        assert!(
            docs.section("What breaks").is_some(),
            "{id}: say what breaks"
        );
        let old = schema(Some(before(&docs)));
        let only = [(rule, Severity::Error)];
        assert!(
            findings(&old, &old, &only).is_empty(),
            "{id}: fires on nothing"
        );
        for (role, example) in afters(&docs) {
            let new = schema(example);
            let found = findings(&old, &new, &only);
            let shown = example.map_or("", |example| example.text.as_str());
            if (role == ExampleRole::Bad) == found.is_empty() {
                let _ = writeln!(
                    wrong,
                    "{id}: {role:?} example has {} findings:\n{shown}",
                    found.len()
                );
            }
            for finding in found {
                assert!(
                    finding.verdict.is_some()
                        || finding.diagnostic.location.is_none()
                        || id.as_str().starts_with("PACKAGE_"),
                    "{id}: no verdict"
                );
                let outcomes = finding.verdict.iter().flat_map(|verdict| {
                    [
                        (Surface::Wire, &verdict.wire),
                        (Surface::Json, &verdict.json),
                    ]
                });
                for (surface, outcome) in outcomes {
                    let mut proofs = finding.proofs.iter();
                    assert!(
                        outcome.rank() == 0 || proofs.any(|proof| proof.surface == surface),
                        "{id}: {outcome} on {surface:?} is neither proved nor said why not"
                    );
                }
                let help = finding.diagnostic.help.as_deref().unwrap_or_default();
                assert!(!help.is_empty(), "{id}: say what to do");
                assert!(
                    !finding.diagnostic.message.ends_with('.'),
                    "{id}: no full stop"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Which of buf's rules are not here yet, so that the list can only shrink.
#[test]
fn bufs_breaking_rules_are_here() {
    let missing: Vec<&str> = buf_rules(RuleKind::Breaking)
        .iter()
        .filter(|rule| !rule.is_deprecated)
        .map(|rule| rule.id)
        .filter(|id| rule(id).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The place that a line of JSON names.
fn place(found: &serde_json::Value, directory: &str) -> Place {
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| found[key].as_u64().unwrap_or(1);
    let keys = ["start_line", "start_column", "end_line", "end_column"];
    let path = text("path").trim_start_matches(directory).to_owned();
    (path, keys.map(number), text("type"))
}

fn own_places(before: &Schema, after: &Schema, rule: &'static Registered) -> Vec<Place> {
    let style = Style::default();
    let mut places: Vec<Place> = findings(before, after, &[(rule, Severity::Error)])
        .into_iter()
        .map(|finding| {
            let mut line = Vec::new();
            let json = Finding::new(&finding.diagnostic, &style);
            json.write(&mut line).expect("JSON");
            place(&serde_json::from_slice(&line).expect("JSON"), "")
        })
        .collect();
    places.sort();
    places
}

fn buf_places(directory: &Path) -> Option<Vec<Place>> {
    let output = Command::new("buf")
        .args([
            "breaking",
            "after",
            "--against",
            "before",
            "--exclude-imports",
            "--error-format",
            "json",
        ])
        .current_dir(directory)
        .output()
        .expect("buf runs");
    if !matches!(output.status.code(), Some(0 | 100)) {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let mut places: Vec<Place> = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| {
            let found: serde_json::Value = serde_json::from_str(line).expect("JSON");
            place(&found, "after/")
        })
        .collect();
    places.sort();
    Some(places)
}

#[test]
fn examples_have_the_places_of_buf() {
    if !has_buf() {
        return;
    }
    let mut differences = String::new();
    for rule in breaking_rules() {
        let id = rule.id();
        if !buf_rules(RuleKind::Breaking)
            .iter()
            .any(|known| known.id == id.as_str())
        {
            continue;
        }
        let docs = rule.docs();
        let old = schema(Some(before(&docs)));
        for (_, example) in afters(&docs) {
            let directory = Files::new();
            let write = |side: &str, files: &[(String, String)]| {
                for (path, text) in files {
                    directory.write(&format!("{side}/{path}"), text);
                }
                let yaml = format!("version: v2\nbreaking:\n  use: [{id}]\n");
                directory.write(&format!("{side}/buf.yaml"), yaml);
            };
            write("before", &before(&docs).files());
            let other = vec![(
                "other.proto".to_owned(),
                "syntax = \"proto3\";\n".to_owned(),
            )];
            write("after", &example.map_or(other, Example::files));
            let Some(theirs) = buf_places(&directory.root()) else {
                let _ = writeln!(differences, "{id}: buf fails");
                continue;
            };
            let ours = own_places(&old, &schema(example), rule);
            if ours != theirs {
                let _ = writeln!(differences, "{id}:\n  buf  {theirs:?}\n  ours {ours:?}");
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// What a program finds between two directories under the same `buf.yaml`; nothing where it cannot build them.
fn places_between(program: &str, directory: &Path) -> Option<Vec<Place>> {
    let output = Command::new(program)
        .args(["breaking", "--against", "../old", "--exclude-imports"])
        .args(["--error-format", "json"])
        .current_dir(directory.join("new"))
        .output()
        .expect("it runs");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let places: Vec<Place> = lines
        .lines()
        .map(|line| place(&serde_json::from_str(line).expect("JSON"), ""))
        .collect();
    let is_broken = places.iter().any(|(_, _, rule)| rule == "COMPILE");
    let is_through = matches!(output.status.code(), Some(0 | 1 | 100));
    (is_through && !is_broken).then_some(places)
}

/// Pairs in `fixtures/breaking`, each with the places where buf 1.75 finds something by any of its rules: as they were
/// written down, and as buf says where it is at hand.
#[test]
fn fixtures_have_the_places_of_buf() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/breaking");
    let has_buf = has_buf();
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(&fixtures).expect("it is there") {
        let case = entry.expect("readable").path();
        let name = case
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        count += 1;
        let files = Files::new();
        for side in ["old", "new"] {
            for (path, text) in proto_files(&case.join(side)) {
                files.write(&format!("{side}/{path}"), text);
            }
            let yaml = "version: v2\nbreaking:\n  use: [FILE, PACKAGE, WIRE_JSON, WIRE, CSR]\n";
            files.write(&format!("{side}/buf.yaml"), yaml);
        }
        let text = fs::read_to_string(case.join("places.txt")).expect("each case has its places");
        let mut expected: Vec<String> = text.lines().map(str::to_owned).collect();
        expected.sort();
        let shown = |program: &str| {
            let places = places_between(program, &files.root()).expect("it compiles");
            let line = |(path, [line, column, end_line, end_column], rule): &Place| {
                format!("{path}:{line}:{column}-{end_line}:{end_column} {rule}")
            };
            let mut lines: Vec<String> = places.iter().map(line).collect();
            lines.sort();
            lines
        };
        let programs = [env!("CARGO_BIN_EXE_protogov"), "buf"];
        for program in &programs[..if has_buf { 2 } else { 1 }] {
            let found = shown(program);
            if found != expected {
                wrong.push(format!("{name}, {program}: {found:#?}"));
            }
        }
    }
    assert!(count > 4, "{count} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two revisions of real contracts in each category, where the contracts are at hand.
#[test]
fn real_revisions_agree_with_buf() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let Ok(index) = fs::read_to_string(corpora.join("INDEX.txt")) else {
        eprintln!("skipped: {} holds no corpora", corpora.display());
        return;
    };
    if !has_buf() {
        return;
    }
    let mut wrong = Vec::new();
    for corpus in index.lines().filter_map(Corpus::parse) {
        let files = Files::new();
        let [old, new] = ["old", "new"].map(|side| files.path(side));
        let (was, is) = (corpus.clone().at("old"), corpus.at("new"));
        if !was.unpack(&corpora, &old) || !is.unpack(&corpora, &new) {
            eprintln!("skipped: {} cannot be unpacked", is.name);
            continue;
        }
        let (before, _) = was.modules(&old);
        let (mut modules, imported) = is.modules(&new);
        modules.retain(|module| before.contains(module));
        for category in ["FILE", "PACKAGE", "WIRE_JSON", "WIRE"] {
            let mut yaml = format!("version: v2\nbreaking:\n  use: [{category}]\nmodules:\n");
            for module in &modules {
                let _ = writeln!(yaml, "  - path: {module}");
            }
            for module in &imported {
                let _ = writeln!(
                    yaml,
                    "  - path: {module}\n    breaking:\n      ignore: [{module}]"
                );
            }
            files.write("old/buf.yaml", &yaml);
            files.write("new/buf.yaml", &yaml);
            let Some(mut buf) = places_between("buf", &files.root()) else {
                eprintln!("skipped: buf does not build {}", is.name);
                break;
            };
            // What is missing is told by `bufs_breaking_rules_are_here`.
            buf.retain(|(_, _, id)| rule(id).is_some());
            let count = buf.len();
            let own = places_between(env!("CARGO_BIN_EXE_protogov"), &files.root());
            let found = differences(own.expect("what buf builds, we build"), buf);
            eprintln!(
                "{} {category}: {count} findings of buf, {} differences",
                is.name,
                found.len()
            );
            wrong.extend(
                found
                    .into_iter()
                    .map(|text| format!("{} {category}: {text}", is.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One change is one finding for people, with all its rules; under buf's configuration JSON tells each rule apart.
#[test]
fn a_change_is_told_once() {
    let files = Files::new();
    files.write(
        "old/a.proto",
        "syntax = \"proto3\";\n\nmessage M {\n  int64 from = 1;\n  int64 to = 2;\n}\n",
    );
    files.write(
        "new/a.proto",
        "syntax = \"proto3\";\n\nmessage M {\n  int64 to = 1;\n  int64 from = 2;\n}\n",
    );
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .args(["breaking", "--against", "../old"])
            .args(arguments)
            .current_dir(files.path("new"))
            .output()
            .expect("it runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let text = run(&["--format", "concise"]);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("error[FIELD_SAME_NUMBER]"), "{text}");
    let text = run(&["--format", "text"]);
    assert!(
        text.contains("also FIELD_SAME_JSON_NAME, FIELD_SAME_NAME"),
        "{text}"
    );
    files.write("new/buf.yaml", "version: v2\n");
    let text = run(&["--format", "json"]);
    assert_eq!(text.lines().count(), 4, "{text}");
    let text = run(&["--format", "concise"]);
    assert_eq!(text.lines().count(), 2, "{text}");
}
