//! `breaking` asks the history about numbers and names that are new.

use std::path::Path;
use std::process::Command;

use protogov::checks::{Docs, ExampleRole, rules};

use crate::git::Project;

/// What `protogov breaking` prints in a directory, one line per finding, and its notes.
fn breaking(directory: &Path, against: &str) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .args(["breaking", "--format", "concise", "--against", against])
        .current_dir(directory)
        .output()
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

fn message(fields: &str) -> String {
    format!("syntax = \"proto3\";\npackage shop.v1;\nmessage M {{ {fields} }}\n")
}

/// The versions of a file `a.proto`, a commit each; the first is released.
fn project(versions: &[&str]) -> Project {
    let project = Project::init(&[]);
    for (at, fields) in versions.iter().enumerate() {
        project.commit([("a.proto", message(fields).as_str())]);
        if at == 0 {
            project.git(&["tag", "v1.0.0"]);
        }
    }
    project
}

#[test]
fn examples_of_history_rules_are_true() {
    let mut count = 0;
    for rule in rules().iter().filter(|rule| rule.is_about_history()) {
        count += 1;
        let project = Project::init(&[]);
        let docs = rule.docs();
        if let Some(settings) = settings(&docs) {
            // The commits of tests are years old, so that 180 days are over.
            project.write("protogov.toml", &settings.replace("= 180", "= 100000"));
        }
        for (at, example) in docs.examples.iter().enumerate() {
            let [(path, text)] = &example.files()[..] else {
                panic!("one file")
            };
            project.write(path, text);
            if example.role == ExampleRole::Before {
                project.commit([]);
                if at == 0 {
                    project.git(&["tag", "v1.0.0"]);
                }
            }
        }
        let (found, _) = breaking(&project.directory, "HEAD");
        let expected = format!("error[{}]", rule.id());
        assert!(found.contains(&expected), "{}: {found}", rule.id());
    }
    assert_eq!(count, 4);
}

/// The configuration that a rule's section of options shows, which those rules need that are silent without.
fn settings(docs: &Docs) -> Option<&str> {
    let (_, block) = docs.section("Options")?.split_once("```toml\n")?;
    block.split_once("```").map(|(settings, _)| settings)
}

#[test]
fn only_what_was_released_is_an_error_and_what_comes_back_is_nothing() {
    let project = project(&[
        "int32 a = 1; int32 b = 2;",
        "int32 a = 1; int32 c = 3;",
        "int32 a = 1;",
    ]);
    project.write("a.proto", &message("int32 a = 1; int32 b = 2; bool d = 3;"));
    let (found, _) = breaking(&project.directory, "HEAD");
    assert!(
        found.contains("warning[FIELD_NUMBER_REUSED] number 3 "),
        "{found}"
    );
    assert_eq!(found.lines().count(), 1, "{found}");
    // With the ledger that `history` keeps, it is the same.
    let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .arg("history")
        .current_dir(&project.directory)
        .output()
        .expect("it runs");
    assert!(output.status.success());
    assert!(project.directory.join(".git/protogov/history").is_file());
    assert_eq!(breaking(&project.directory, "HEAD").0, found);
}

/// JSON goes by names: it breaks only where nobody, or somebody else, has the old one.
#[test]
fn a_name_that_lives_on_under_another_number_is_no_break_in_json() {
    let project = project(&["int32 a = 1; int32 b = 2;", "int32 a = 1; int32 b = 3;"]);
    for (field, json) in [
        ("int32 b = 3;", "  json: safe\n"),
        ("string b = 3;", "  json: breaks: "),
        ("", "  json: breaks: the old name is refused"),
    ] {
        let fields = format!("int32 a = 1; bool d = 2; {field}");
        project.write("a.proto", &message(&fields));
        let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .args(["breaking", "--against", "HEAD"])
            .current_dir(&project.directory)
            .output()
            .expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let (_, reuse) = text
            .split_once("error[FIELD_NUMBER_REUSED]")
            .expect("it is found");
        let (reuse, _) = reuse.split_once("fingerprint").expect("it ends");
        assert!(reuse.contains(json), "{field}: {text}");
    }
}

#[test]
fn a_file_is_followed_to_where_it_came_from() {
    let project = project(&["int32 a = 1; int32 b = 2;", "int32 a = 1;"]);
    project.git(&["mv", "a.proto", "moved.proto"]);
    project.commit([]);
    project.write("moved.proto", &message("int32 a = 1; bool d = 2;"));
    let (found, _) = breaking(&project.directory, "HEAD");
    assert!(
        found.contains("error[FIELD_NUMBER_REUSED] number 2 "),
        "{found}"
    );
}

/// Of an old holder's type the history keeps the name; what it holds is taken from the type that has the name today.
#[test]
fn a_reuse_is_proven_where_the_old_type_is_still_there() {
    let file = |fields: &str| {
        format!(
            "syntax = \"proto3\";\npackage shop.v1;\nmessage M {{ {fields} }}\nmessage Part {{ string name = 1; }}\n\
             enum State {{ STATE_UNSPECIFIED = 0; STATE_PAID = 1; }}\n"
        )
    };
    let proof = |old: &str, new: &str| {
        let project = Project::init(&[]);
        for fields in [old, "", "/* more */"] {
            project.commit([("a.proto", file(fields).as_str())]);
        }
        project.write("a.proto", &file(new));
        let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .args(["breaking", "--format", "json", "--against", "HEAD"])
            .current_dir(&project.directory)
            .output()
            .expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let found = text
            .lines()
            .find(|line| line.contains("FIELD_NUMBER_REUSED"));
        let found: serde_json::Value =
            serde_json::from_str(found.unwrap_or_default()).expect("a finding");
        let proofs = found["proofs"].as_array().expect("proofs").iter();
        let wire = proofs.clone().find(|proof| proof["surface"] == "wire");
        wire.expect("one of the wire")["sentence"]
            .as_str()
            .expect("a sentence")
            .to_owned()
    };
    let cases = [
        (
            "State state = 2;",
            "int32 count = 2;",
            "the baseline writes `state = STATE_PAID` as `1001`, and today's schema reads `count = 1`",
        ),
        (
            "Part part = 2;",
            "string text = 2;",
            r#"the baseline writes `part = {name = "a"}` as `12030a0161`, and today's schema reads `text = "\n\u{1}a"`"#,
        ),
        (
            "map<string, Part> parts = 2;",
            "bytes raw = 2;",
            "the baseline writes `parts = {\"\": {}}` as `12040a001200`, and today's schema reads `raw = bytes 0a001200`",
        ),
        (
            "google.protobuf.Gone gone = 2;",
            "bytes raw = 2;",
            "no witness: the history does not keep what `google.protobuf.Gone` holds, and no type of today is called so",
        ),
    ];
    for (old, new, sentence) in cases {
        assert_eq!(proof(old, new), sentence);
    }
}

#[test]
fn a_shallow_clone_says_so_and_a_lock_file_stands_in() {
    let project = project(&[
        "int32 a = 1; int32 b = 2;",
        "int32 a = 1;",
        "int32 a = 1; /* more */",
    ]);
    let run = |directory: &Path, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .args(arguments)
            .current_dir(directory)
            .output()
            .expect("it runs");
        assert!(output.status.success());
    };
    let shallow = project.clone_to("shallow", &["--depth", "1"]);
    std::fs::write(shallow.join("a.proto"), message("int32 a = 1; bool d = 2;")).expect("writable");
    let (found, notes) = breaking(&shallow, "HEAD");
    assert!(!found.contains("REUSED"), "{found}");
    assert!(
        notes.contains("history incomplete, checked back to 2023-11-14"),
        "{notes}"
    );
    run(&project.directory, &["history", "--write", "numbers.lock"]);
    std::fs::copy(
        project.directory.join("numbers.lock"),
        shallow.join("numbers.lock"),
    )
    .expect("written");
    let (found, notes) = breaking(&shallow, "HEAD");
    assert!(
        found.contains("error[FIELD_NUMBER_REUSED] number 2 "),
        "{found}"
    );
    assert!(!notes.contains("incomplete"), "{notes}");
}
