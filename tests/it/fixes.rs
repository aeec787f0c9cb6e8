//! Fixes: what they make of examples, of fixtures, of every case of the conformance suite, and of files on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use protogov::checks::{FixSafety, Lint, Registered, RuleOptions, Suppressions, rule, rules};
use protogov::diagnostic::Diagnostic;
use protogov::fix::{self, Fixed, Options, Subject};
use protogov::schema::{Input, Role, Schema};
use protogov::sources::well_known;
use protogov::syntax::File;
use protogov::text::Source;

use crate::cases;
use crate::files::Files;
use crate::git::Project;
use crate::lint::{link, proto_files};

/// Files in memory, and the rules that they are held to.
struct Memory {
    schema: Schema,
    rules: Vec<&'static Registered>,
}

impl Subject for Memory {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn replace(&mut self, schema: Schema) -> Schema {
        std::mem::replace(&mut self.schema, schema)
    }

    fn findings(&self) -> Vec<Diagnostic> {
        let broken: Vec<*const Source> = self
            .schema
            .errors()
            .filter_map(|error| Some(Arc::as_ptr(&error.location.as_ref()?.source)))
            .collect();
        let lint = Lint {
            schema: &self.schema,
            files: self
                .schema
                .targets()
                .filter(|file| !broken.contains(&Arc::as_ptr(file.source())))
                .map(|file| file.id())
                .collect(),
            rules: self.rules.clone(),
            options: &RuleOptions::default(),
            severity: &|id, _| rule(id.as_str()).map(|rule| rule.severity()),
            suppressions: Suppressions {
                protogov: true,
                ..Suppressions::default()
            },
            with_fixes: true,
        };
        let mut findings = lint.run().findings;
        findings.extend(fix::merged_conflicts(&self.schema));
        findings
    }
}

/// Applies all fixes, those that are not safe too.
fn fixed(subject: &mut Memory) -> Fixed {
    let options = Options {
        unsafe_too: true,
        is_published: &|_, _| true,
    };
    fix::apply(subject, &options).unwrap_or_else(|bug| panic!("{}", bug.message))
}

/// The files after all fixes of some rules, as path and text.
fn fixed_files(
    files: &[(String, String)],
    rules: &[&'static Registered],
) -> (Memory, Vec<(String, String)>) {
    let mut subject = Memory {
        schema: link(files),
        rules: rules.to_vec(),
    };
    fixed(&mut subject);
    let texts = subject
        .schema
        .targets()
        .map(|file| (file.path().to_owned(), file.source().text().to_owned()))
        .collect();
    (subject, texts)
}

/// After the fix, a bad example has no finding of its rule, unless the rule says when it has no fix.
#[test]
fn bad_examples_are_mended() {
    /// Rules whose bad example shows what no name can mend.
    const BY_HAND: &[&str] = &["ENUM_ZERO_VALUE_SUFFIX"];
    let mut wrong = Vec::new();
    for rule in rules().iter().filter(|rule| rule.is_lint()) {
        if matches!(rule.rule().fix, FixSafety::None | FixSafety::RenameByHand)
            || BY_HAND.contains(&rule.id().as_str())
            || rule.id().as_str().starts_with("PACKAGE_SAME_")
        {
            continue;
        }
        for example in &rule.docs().examples {
            if example.role != protogov::checks::ExampleRole::Bad {
                continue;
            }
            let files = example.files();
            let mut needed = vec![*rule];
            for (_, text) in &files {
                let ids = text.split("protogov:allow(").skip(1);
                needed
                    .extend(ids.filter_map(|rest| protogov::checks::rule(rest.split(')').next()?)));
            }
            let (subject, texts) = fixed_files(&files, &needed);
            for finding in subject.findings() {
                wrong.push(format!("{}: {} in\n{texts:?}", rule.id(), finding.message));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A rule that declares a fix offers one for its bad example, and no other rule does.
#[test]
fn fixes_are_declared() {
    for rule in rules().iter().filter(|rule| rule.is_lint()) {
        let mut offers = false;
        for example in &rule.docs().examples {
            let files = example.files();
            offers |= crate::lint::lint(&files, &[*rule])
                .iter()
                .any(|finding| finding.code.0 == rule.id().as_str() && finding.fix.is_some());
        }
        let declares = !matches!(rule.rule().fix, FixSafety::None | FixSafety::RenameByHand);
        assert!(
            declares || !offers,
            "{}: the fix is not declared",
            rule.id()
        );
    }
}

/// `fixtures/fix/<rule>[.<case>]/before` becomes `after`, by the fixes of that rule alone.
#[test]
fn fixtures_become_what_is_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fix");
    let mut directories: Vec<PathBuf> = fs::read_dir(root)
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    directories.sort();
    assert!(!directories.is_empty());
    for directory in directories {
        let name = directory.file_name().expect("a name").to_string_lossy();
        let id = name.split('.').next().unwrap_or_default().to_uppercase();
        let only: Vec<&'static Registered> = rule(&id).into_iter().collect();
        let before = proto_files(&directory.join("before"));
        let (_, after) = fixed_files(&before, &only);
        let expected_at = directory.join("after");
        if std::env::var_os("UPDATE").is_some() {
            for (path, text) in &after {
                let path = expected_at.join(path);
                fs::create_dir_all(path.parent().expect("a directory")).expect("made");
                fs::write(path, text).expect("written");
            }
        }
        let expected: BTreeMap<String, String> = proto_files(&expected_at).into_iter().collect();
        for (path, text) in after {
            assert_eq!(expected.get(&path), Some(&text), "{name}: {path}");
        }
    }
}

/// All fixes of all rules, on every case that protoc takes: nothing breaks, no comment is lost, and a second run has
/// nothing to do.
#[test]
fn every_case_survives_all_fixes() {
    let lint: Vec<&'static Registered> = rules()
        .iter()
        .copied()
        .filter(|rule| rule.is_lint())
        .collect();
    let whole = std::env::var_os("PROTOGOV_TEST_ALL_SETS").is_some();
    let accepted = cases::all()
        .into_iter()
        .filter(|case| case.verdict.is_accept());
    let mut count = 0;
    for case in accepted.enumerate().filter(|(at, _)| whole || at % 7 == 0) {
        let case = case.1;
        let inputs = case
            .files
            .iter()
            .map(|(path, bytes)| input(path, bytes, Role::Target));
        let own: Vec<&str> = case.files.iter().map(|(path, _)| path.as_str()).collect();
        let bundled = well_known::FILES
            .iter()
            .filter(|(path, _)| !own.contains(path))
            .map(|(path, text)| input(path, text.as_bytes(), Role::Import));
        let mut subject = Memory {
            schema: Schema::link(inputs.chain(bundled).collect()),
            rules: lint.clone(),
        };
        if subject.schema.errors().next().is_some() {
            continue;
        }
        let options = Options {
            unsafe_too: true,
            is_published: &|_, _| true,
        };
        let fixed = match fix::apply(&mut subject, &options) {
            Ok(fixed) => fixed,
            Err(bug) => panic!("{}: {}", case.id(), bug.message),
        };
        assert_eq!(subject.schema.errors().count(), 0, "{}", case.id());
        let again = fix::apply(&mut subject, &options).expect("no bug the second time");
        assert!(again.files.is_empty(), "{}: {:?}", case.id(), again.counts);
        count += fixed.counts.values().sum::<usize>();
    }
    assert!(count > 50, "only {count} findings were fixed");
}

fn input(path: &str, bytes: &[u8], role: Role) -> Input {
    let source = Source::new(path, path, bytes.to_vec()).expect("small enough");
    Input::new(Arc::new(File::parse(Arc::new(source))), role)
}

/// Output of the binary, standard error after standard output, and its exit code.
fn protogov(directory: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(directory)
        .env_clear()
        .args(arguments)
        .output()
        .expect("the binary is built");
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8_lossy(&text).into_owned(),
        output.status.code(),
    )
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is there")
}

const CONFIG: &str = "[lint]\nuse = [\"FIELD_LOWER_SNAKE_CASE\", \"IMPORT_USED\"]\n";
const PUBLISHED: &str = "syntax = \"proto3\";\npackage a;\nmessage A {\n  string oldName = 1;\n}\n";

/// A name in the base branch is only changed when asked for; one that nobody has seen is.
#[test]
fn a_rename_is_safe_while_no_baseline_has_the_name() {
    let project = Project::with([("protogov.toml", CONFIG), ("proto/a.proto", PUBLISHED)]);
    let new = PUBLISHED.replace("}\n", "  string newName = 2;\n}\n");
    project.write("proto/a.proto", &new);
    let at = project.directory.join("proto/a.proto");
    let (text, code) = protogov(
        &project.directory,
        &["lint", "--fix", "--format", "concise"],
    );
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("field name `oldName`"), "{text}");
    assert!(text.contains("fixed 1 finding in 1 file"), "{text}");
    assert!(
        text.contains("1 finding more can be fixed with `--unsafe-fixes`"),
        "{text}"
    );
    assert_eq!(read(&at), new.replace("newName", "new_name"));
    let (text, code) = protogov(&project.directory, &["lint", "--fix", "--unsafe-fixes"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(read(&at).contains("old_name"));
}

/// `--diff` prints what `git apply` takes, writes nothing, and fails when there is something to print.
#[test]
fn a_diff_is_shown_and_nothing_written() {
    let project = Project::with([("protogov.toml", CONFIG), ("proto/a.proto", PUBLISHED)]);
    let at = project.directory.join("proto/a.proto");
    let (text, code) = protogov(&project.directory, &["lint", "--diff"]);
    assert_eq!(code, Some(0), "nothing is safe: {text}");
    let arguments = ["lint", "--diff", "--unsafe-fixes"];
    let (text, code) = protogov(&project.directory, &arguments);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("--- a/proto/a.proto\n+++ b/proto/a.proto\n"),
        "{text}"
    );
    assert!(
        text.contains("-  string oldName = 1;\n+  string old_name = 1;\n"),
        "{text}"
    );
    assert_eq!(read(&at), PUBLISHED);
    let (text, code) = protogov(&project.directory, &["lint", "--unsafe-fixes"]);
    assert_eq!(code, Some(2), "{text}");
}

/// Only one file is asked for, and a file that nobody named uses what is renamed in it.
#[test]
fn a_rename_reaches_files_that_were_not_asked_for() {
    let files = Files::with([
        ("protogov.toml", "[lint]\nuse = [\"MESSAGE_PASCAL_CASE\"]\n"),
        (
            "a.proto",
            "syntax = \"proto3\";\nmessage old_a {}\nmessage B { old_a a = 1; }\n",
        ),
        (
            "b.proto",
            "syntax = \"proto3\";\nimport \"a.proto\";\nmessage c_c { .old_a a = 1; }\n",
        ),
    ]);
    let arguments = ["lint", "a.proto", "--fix", "--unsafe-fixes"];
    let (text, code) = protogov(&files.root(), &arguments);
    assert_eq!(code, Some(0), "{text}");
    assert!(read(&files.path("a.proto")).contains("message OldA {}\nmessage B { OldA a = 1; }"));
    let other = read(&files.path("b.proto"));
    assert!(other.contains("message c_c { .OldA a = 1; }"), "{other}");
}

/// Line ends, the byte order mark, a last line without an end, and permissions stay.
#[test]
fn files_keep_their_form() {
    let files = Files::with([(
        "protogov.toml",
        "[lint]\nuse = [\"SYNTAX_SPECIFIED\", \"FILE_LAYOUT_ORDER\"]\n",
    )]);
    files.write("a.proto", "\u{feff}message A {}\r\npackage a;\r\n// last");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(files.path("a.proto"), fs::Permissions::from_mode(0o640)).expect("set");
    }
    let (text, code) = protogov(&files.root(), &["lint", "--fix"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        read(&files.path("a.proto")),
        "\u{feff}syntax = \"proto2\";\r\n\r\npackage a;\r\n\r\nmessage A {}\r\n// last"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(files.path("a.proto"))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}

/// One file of two cannot be replaced: then neither is.
#[cfg(unix)]
#[test]
fn all_files_are_written_or_none() {
    let bad = "syntax = \"proto3\";\nimport \"google/protobuf/any.proto\";\n";
    let files = Files::with([
        ("protogov.toml", "[lint]\nuse = [\"IMPORT_USED\"]\n"),
        ("a.proto", bad),
        ("elsewhere/b.proto.txt", bad),
    ]);
    files.link("b.proto", files.path("elsewhere/b.proto.txt"));
    let (text, code) = protogov(&files.root(), &["lint", "--fix"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("`b.proto` is a symbolic link"), "{text}");
    assert_eq!(read(&files.path("a.proto")), bad);
    let (text, code) = protogov(&files.root(), &["lint", "--fix", "--exclude", "b.proto"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(read(&files.path("a.proto")), "syntax = \"proto3\";\n");
    let left: Vec<_> = fs::read_dir(files.root())
        .expect("readable")
        .map(|entry| entry.expect("an entry").file_name())
        .filter(|name| name.to_string_lossy().contains("protogov-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

const TWO: &str = "syntax = \"proto3\";\npackage a;\nmessage A {\n  string x = 1;\n  int32 y = 2;\n  int32 z = 3;\n}\nenum E {\n  E_UNSPECIFIED = 0;\n  E_OLD = 1;\n}\nmessage B { int32 only = 1; }\n";

/// What was removed is reserved, in statements of the file's style, next to those that are there.
#[test]
fn removals_are_reserved() {
    let edition = TWO
        .replace("syntax = \"proto3\"", "edition = \"2023\"")
        .replace("package a", "package e");
    let project = Project::with([("a.proto", TWO), ("e.proto", &edition)]);
    let without = |text: &str| {
        text.replace("  int32 y = 2;\n  int32 z = 3;\n", "")
            .replace("  E_OLD = 1;\n", "")
            .replace(" int32 only = 1; ", "")
    };
    let kept = without(TWO).replace(
        "  string x = 1;",
        "  reserved 9, 4; // kept\n  string x = 1;",
    );
    project.write("a.proto", &kept);
    project.write("e.proto", &without(&edition));
    let (text, code) = protogov(&project.directory, &["breaking", "--diff"]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(read(&project.directory.join("a.proto")), kept);
    let (text, code) = protogov(
        &project.directory,
        &["breaking", "--fix", "--format", "concise"],
    );
    assert_eq!(code, Some(1), "removing fields stays a break: {text}");
    assert!(!text.contains("not reserved"), "{text}");
    assert_eq!(
        read(&project.directory.join("a.proto")),
        "syntax = \"proto3\";\npackage a;\nmessage A {\n  reserved 2 to 4, 9; // kept\n  reserved \"y\", \"z\";\n  string x = 1;\n}\nenum E {\n  reserved 1;\n  reserved \"E_OLD\";\n  E_UNSPECIFIED = 0;\n}\nmessage B {\n  reserved 1;\n  reserved \"only\";\n}\n"
    );
    let other = read(&project.directory.join("e.proto"));
    assert!(
        other.contains("  reserved 2 to 3;\n  reserved y, z;\n"),
        "{other}"
    );
    let (text, code) = protogov(&project.directory, &["breaking", "--diff"]);
    assert_eq!((text.as_str(), code), ("", Some(0)));
}

/// `--diff` shows what `--fix` would write and writes nothing, with or without `--fix`.
#[test]
fn reservations_are_shown_before_they_are_written() {
    let project = Project::with([("a.proto", TWO)]);
    let without = TWO.replace("  int32 y = 2;\n  int32 z = 3;\n", "");
    project.write("a.proto", &without);
    let shown = "--- a/a.proto\n+++ b/a.proto\n@@ -1,6 +1,8 @@\n syntax = \"proto3\";\n package a;\n message A {\n\
                 +  reserved 2 to 3;\n+  reserved \"y\", \"z\";\n   string x = 1;\n }\n enum E {\n\
                 info[FIX] would fix 1 finding in 1 file\n";
    for options in [
        &["breaking", "--diff"][..],
        &["breaking", "--fix", "--diff"],
    ] {
        let (text, code) = protogov(&project.directory, options);
        assert_eq!((text.as_str(), code), (shown, Some(1)), "{options:?}");
        assert_eq!(read(&project.directory.join("a.proto")), without);
    }
}

/// Two branches that each reserved the same, merged into a file that no compiler takes.
#[test]
fn what_a_merge_has_doubled_is_mended() {
    let project = Project::with([("a.proto", TWO)]);
    let merged = TWO.replace(
        "  string x = 1;\n  int32 y = 2;\n",
        "  reserved 2;\n  reserved \"y\";\n  reserved 2;\n  reserved \"y\";\n  string x = 1;\n",
    );
    project.write("a.proto", &merged);
    let (text, code) = protogov(&project.directory, &["breaking", "--fix"]);
    assert_eq!(code, Some(0), "{text}");
    let now = read(&project.directory.join("a.proto"));
    assert!(
        now.contains("{\n  reserved 2;\n  reserved \"y\";\n  string x = 1;\n"),
        "{now}"
    );
    let (text, code) = protogov(&project.directory, &["build"]);
    assert_eq!(code, Some(0), "{text}");
}

/// Findings written down do not count; new ones do, and what is gone is told and can be pruned.
#[test]
fn a_baseline_holds_what_was_there() {
    let files = Files::with([("protogov.toml", CONFIG), ("proto/a.proto", PUBLISHED)]);
    let run = |arguments: &[&str]| {
        let mut all = vec!["lint", "--format", "concise", "--baseline", "known.txt"];
        all.extend(arguments);
        protogov(&files.root(), &all)
    };
    let (text, code) = run(&[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("does not exist"), "{text}");
    let (text, code) = run(&["--write-baseline"]);
    assert_eq!(code, Some(0), "{text}");
    let line = "FIELD_LOWER_SNAKE_CASE a.A.oldName\n";
    assert_eq!(
        read(&files.path("known.txt")),
        format!("# protogov lint baseline 1\n{line}")
    );
    assert_eq!(run(&[]).1, Some(0));
    // Lines above it do not matter.
    let more = PUBLISHED.replace("message A {", "\n\nmessage A {\n  string newName = 2;");
    files.write("proto/a.proto", &more);
    let (text, code) = run(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("newName") && !text.contains("oldName"),
        "{text}"
    );
    files.write("proto/a.proto", PUBLISHED.replace("oldName", "old_name"));
    let (text, code) = run(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("`a.A.oldName`, which is not found any more"),
        "{text}"
    );
    // Of a file that was not looked at nothing is known.
    files.write("proto/b.proto", "syntax = \"proto3\";\npackage b;\n");
    let (text, _) = run(&["proto/b.proto"]);
    assert!(!text.contains("oldName"), "{text}");
    let (text, code) = run(&["--prune-baseline"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        read(&files.path("known.txt")),
        "# protogov lint baseline 1\n"
    );
    files.write(
        "known.txt",
        "# protogov lint baseline 1\nNO_SUCH_RULE a.A\n",
    );
    let (text, _) = run(&[]);
    assert!(text.contains("`NO_SUCH_RULE`, which is no rule"), "{text}");
    files.write("known.txt", "{}");
    let (text, code) = run(&[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("is no baseline of protogov: line 1"),
        "{text}"
    );
}

/// Fixes leave alone what a baseline holds, and what a change has not touched.
#[test]
fn what_was_there_before_is_not_fixed() {
    let import = |path: &str| format!("import \"google/protobuf/{path}.proto\";\n");
    let before = PUBLISHED.replace("message A", &format!("{}message A", import("any")));
    let more = format!("{}{}", import("any"), import("empty"));
    let after = before.replace(&import("any"), &more);
    let project = Project::with([("protogov.toml", CONFIG), ("proto/a.proto", &before)]);
    let run = |arguments: &[&str]| {
        let mut all = vec!["lint", "--format", "concise"];
        all.extend(arguments);
        protogov(&project.directory, &all)
    };
    let baseline = ["--baseline", "known.txt"];
    run(&[&baseline[..], &["--write-baseline"]].concat());
    let at = project.directory.join("proto/a.proto");
    let other = "syntax = \"proto3\";\npackage b;\n";
    project.write("proto/b.proto", &format!("{other}{}", import("any")));
    let (text, code) = run(&[&baseline[..], &["--fix"]].concat());
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(read(&at), before, "{text}");
    assert_eq!(read(&project.directory.join("proto/b.proto")), other);
    project.write("proto/a.proto", &after);
    let (text, _) = run(&["--new-only", "--fix"]);
    assert_eq!(read(&at), before, "{text}");
    let (text, code) = run(&[&baseline[..], &["--fix", "--prune-baseline"]].concat());
    assert_eq!(code, Some(2), "{text}");
}

/// Tools that offer fixes are given them: each as one change, and none that is only a part.
#[test]
fn reports_for_tools_carry_fixes() {
    let import = "import \"google/protobuf/any.proto\";\n";
    let text = PUBLISHED.replace("message A", &format!("{import}message A"));
    let files = Files::with([("protogov.toml", CONFIG), ("a.proto", &text)]);
    let (lines, _) = protogov(&files.root(), &["lint", "--format", "rdjsonl"]);
    let suggestions: Vec<serde_json::Value> = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .map(|line: serde_json::Value| line["suggestions"].clone())
        .collect();
    let expected = serde_json::json!([{
        "range": {"start": {"line": 3, "column": 1}, "end": {"line": 4, "column": 1}},
        "text": "",
    }]);
    assert_eq!(suggestions, [expected, serde_json::Value::Null], "{lines}");
    let (log, _) = protogov(&files.root(), &["lint", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    let results = &log["runs"][0]["results"];
    let replacements = &results[0]["fixes"][0]["artifactChanges"][0]["replacements"];
    assert_eq!(replacements[0]["insertedContent"]["text"], "", "{log}");
    assert!(results[1].get("fixes").is_none(), "{log}");
}

/// Only what the change touched counts, and published names only when asked for.
#[test]
fn only_what_a_change_touched_is_reported() {
    let config = "[lint]\nuse = [\"FIELD_LOWER_SNAKE_CASE\", \"COMMENT_FIELD\", \"IMPORT_USED\"]\n";
    let import = "import \"google/protobuf/any.proto\";\n";
    let before = PUBLISHED.replace("message A", &format!("{import}message A"));
    let project = Project::with([("protogov.toml", config), ("proto/a.proto", &before)]);
    let run = |arguments: &[&str]| {
        let mut all = vec!["lint", "--format", "concise", "--new-only"];
        all.extend(arguments);
        let (text, code) = protogov(&project.directory, &all);
        let found: Vec<String> = text
            .lines()
            .filter_map(|line| line.split_once("[")?.1.split_once("]"))
            .map(|(id, _)| id.to_owned())
            .filter(|id| id != "BASELINE")
            .collect();
        (found.join(" "), code)
    };
    assert_eq!(run(&[]), (String::new(), Some(0)));
    // A new field, and one whose type has changed; its name is out in the world.
    let touched = before.replace(
        "string oldName = 1;",
        "bytes oldName = 1;\n  bool newOne = 2;",
    );
    project.write("proto/a.proto", &touched);
    let (found, code) = run(&[]);
    assert_eq!(found, "COMMENT_FIELD COMMENT_FIELD FIELD_LOWER_SNAKE_CASE");
    assert_eq!(code, Some(1));
    let (found, _) = run(&["--naming", "published"]);
    let twice = "COMMENT_FIELD FIELD_LOWER_SNAKE_CASE COMMENT_FIELD FIELD_LOWER_SNAKE_CASE";
    assert_eq!(found, twice);
    let (_, code) = run(&["--against", "no-such-branch"]);
    assert_eq!(code, Some(2));
}

/// Of the rules that a comment allows, those that find nothing are told and taken out; a reason can be required.
#[test]
fn suppressions_are_held_to_what_they_do() {
    let files = Files::with([
        (
            "protogov.toml",
            "[lint]\nuse = [\"MESSAGE_PASCAL_CASE\", \"FIELD_LOWER_SNAKE_CASE\", \"UNUSED_SUPPRESSION\"]\n[suppression]\nrequire_reason = true\n",
        ),
        (
            "a.proto",
            "syntax = \"proto3\";\n// protogov:allow(MESSAGE_PASCAL_CASE, FIELD_LOWER_SNAKE_CASE) old\nmessage a_a {\n  // protogov:allow(FIELD_LOWER_SNAKE_CASE)\n  string bB = 1;\n  // buf:lint:ignore FIELD_LOWER_SNAKE_CASE\n  string c = 2;\n}\n",
        ),
    ]);
    let (text, code) = protogov(&files.root(), &["lint", "--format", "concise"]);
    let found: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once(": ")?.1.split_once(' '))
        .map(|(id, _)| id)
        .collect();
    assert_eq!(
        found,
        ["error[SUPPRESSION_REASON]", "warning[UNUSED_SUPPRESSION]"],
        "{text}"
    );
    assert_eq!(code, Some(1));
    files.write("b.proto", "syntax = \"proto3\";\n// protogov:allow(MESSAGE_PASCAL_CASE, FIELD_LOWER_SNAKE_CASE) old\nmessage b_b {}\n");
    let (text, _) = protogov(&files.root(), &["lint", "--fix"]);
    assert!(
        read(&files.path("b.proto"))
            .contains("\n// protogov:allow(MESSAGE_PASCAL_CASE) old\nmessage b_b"),
        "{text}"
    );
    assert!(!read(&files.path("a.proto")).contains("buf:lint"), "{text}");
}
