//! `--against` in all its spellings, by the binary.

use std::path::Path;
use std::process::{Command, Output};

use crate::files::Files;
use crate::git::Project;

const BEFORE: &str =
    "syntax = \"proto3\";\npackage a;\nmessage A {\n  string x = 1;\n  int32 y = 2;\n}\n";
const AFTER: &str = "syntax = \"proto3\";\npackage a;\nmessage A {\n  string x = 1;\n}\n";
const OTHER: &str =
    "syntax = \"proto3\";\npackage b;\nimport \"a.proto\";\nmessage B {\n  a.A a = 1;\n}\n";

fn protogov(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(directory)
        .env_clear()
        .args(arguments)
        .output()
        .expect("the binary is built")
}

/// Standard output and exit code of `protogov breaking proto --format concise`, with these arguments besides.
fn breaking(directory: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let mut all = vec!["breaking", "proto", "--format", "concise"];
    all.extend(arguments);
    let output = protogov(directory, &all);
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8_lossy(&text).into_owned(),
        output.status.code(),
    )
}

/// A project whose `y` has gone since `v1`, and everything else that can hold what `v1` was.
fn project() -> Project {
    let project = Project::with([("proto/a.proto", BEFORE), ("proto/b.proto", OTHER)]);
    project.git(&["tag", "v1"]);
    project.git(&["archive", "-o", "../old.tar", "--prefix=p-1/", "v1"]);
    project.git(&["archive", "-o", "../old.tar.gz", "v1"]);
    project.git(&["archive", "-o", "../old.zip", "v1", "proto"]);
    project.files.write("old/proto/a.proto", BEFORE);
    project.files.write("old/proto/b.proto", OTHER);
    for image in ["../old.binpb", "../old.json"] {
        let built = protogov(&project.directory, &["build", "proto", "-o", image]);
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
    }
    project.clone_to("clone", &[]);
    project.write("proto/a.proto", AFTER);
    project
}

#[test]
fn every_baseline_that_is_the_same_gives_the_same() {
    let project = project();
    let whole = format!("{}#branch=main", project.files.path("clone/.git").display());
    for baseline in [
        "v1",
        "main",
        ".git",
        ".git#branch=main",
        ".git#tag=v1",
        ".git#ref=HEAD",
        ".git#branch=main,subdir=proto",
        "../project/.git#tag=v1,subdir=proto",
        ".#format=git,tag=v1",
        whole.as_str(),
        "../clone/.git#branch=main,subdir=proto",
        "../old",
        "../old/proto",
        "../old#subdir=proto",
        "../old.tar#strip_components=1",
        "../old.tar#strip_components=2",
        "../old.tar#strip_components=1,subdir=proto",
        "../old.tar.gz",
        "../old.zip",
        "../old.binpb",
        "../old.json",
    ] {
        let (text, code) = breaking(&project.directory, &["--against", baseline]);
        let findings: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("proto/"))
            .collect();
        assert_eq!(code, Some(1), "{baseline}: {text}");
        assert!(!findings.is_empty(), "{baseline}: {text}");
        for line in findings {
            assert!(line.starts_with("proto/a.proto:3:1:"), "{baseline}: {line}");
        }
        let only_other = ["--exclude", "proto/a.proto", "--against", baseline];
        let (text, code) = breaking(&project.directory, &only_other);
        assert_eq!(code, Some(0), "{baseline}: {text}");
    }
}

#[test]
fn with_several_baselines_all_count() {
    let project = project();
    project.write("proto/a.proto", BEFORE);
    project.files.write("newer/proto/a.proto", BEFORE);
    project.files.write("newer/proto/b.proto", OTHER);
    project
        .files
        .write("newer/proto/c.proto", "syntax = \"proto3\";\npackage c;\n");
    let (text, code) = breaking(&project.directory, &["--against", "v1"]);
    assert_eq!(code, Some(0), "{text}");
    let both = ["--against", "v1", "--against", "../newer"];
    let (text, code) = breaking(&project.directory, &both);
    assert_eq!(code, Some(0), "a removed file only breaks sources: {text}");
    let warnings: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("warning["))
        .collect();
    assert_eq!(
        warnings,
        ["proto/a.proto:1:1: warning[FILE_NO_DELETE] file `c.proto` was removed"]
    );
    // What is found twice is said once.
    project.write("proto/a.proto", AFTER);
    let (once, _) = breaking(&project.directory, &["--against", "v1"]);
    let (twice, _) = breaking(
        &project.directory,
        &["--against", "v1", "--against", "../old"],
    );
    let count = |text: &str| text.matches("proto/a.proto:").count();
    assert_eq!(count(&once), count(&twice));
}

#[test]
fn what_is_staged_is_compared_with_a_directory_too() {
    let project = project();
    let staged = ["--staged", "--against", "../old"];
    let (text, code) = breaking(&project.directory, &staged);
    assert_eq!(code, Some(0), "{text}");
    project.git(&["add", "-A"]);
    let (text, code) = breaking(&project.directory, &staged);
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn outside_of_a_repository_only_an_input_can_be_compared_with() {
    let files = Files::with([("old/a.proto", BEFORE), ("proto/a.proto", AFTER)]);
    let (text, code) = breaking(&files.root(), &["--against", "old"]);
    assert_eq!(code, Some(1), "{text}");
    let (text, code) = breaking(&files.root(), &["--against", "main"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is in no git repository"), "{text}");
    std::fs::create_dir(files.path("empty")).expect("a directory");
    let (text, code) = breaking(&files.root(), &["--against", "empty"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("holds no `.proto` file"), "{text}");
}
