//! From paths to parsed files.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use protogov::schema::Role;
use protogov::workspace::{ImportRoot, Loaded, ParsedFiles, load, roots};

use crate::files::Files;

/// Loads as the command line does; paths are relative to the files.
fn loaded(files: &Files, paths: &[&str], import_roots: &[&str]) -> Loaded {
    let paths: Vec<PathBuf> = paths.iter().map(|path| files.path(path)).collect();
    let import_roots: Vec<ImportRoot> = import_roots
        .iter()
        .map(|root| ImportRoot::new(files.path(root)))
        .collect();
    let roots = roots(&paths, &import_roots).expect("all paths are there");
    load(&roots, &ParsedFiles::default())
}

/// Names of the files, those that are only imported in brackets.
fn names(loaded: &Loaded) -> Vec<String> {
    let name = |file: &protogov::workspace::LoadedFile| match file.role {
        Role::Target => file.file.name().to_owned(),
        Role::Import | Role::Builtin => format!("({})", file.file.name()),
    };
    loaded.files.iter().map(name).collect()
}

fn messages(loaded: &Loaded) -> Vec<String> {
    let message = |problem: &protogov::diagnostic::Diagnostic| problem.message.clone();
    loaded.problems.iter().map(message).collect()
}

#[test]
fn a_directory_is_an_import_root() {
    let files = Files::with([
        ("proto/a/a.proto", "import \"b/b.proto\";"),
        ("proto/b/b.proto", "import \"google/protobuf/any.proto\";"),
    ]);
    let loaded = loaded(&files, &["proto"], &[]);
    assert_eq!(
        names(&loaded),
        ["a/a.proto", "b/b.proto", "(google/protobuf/any.proto)"]
    );
    assert!(loaded.missing.is_empty());
}

#[test]
fn a_file_brings_what_it_imports_and_nothing_else() {
    let files = Files::with([
        ("a.proto", "import \"b.proto\";"),
        ("b.proto", "import public \"c.proto\";"),
        ("c.proto", "import \"a.proto\";"),
        ("d.proto", ""),
    ]);
    let loaded = loaded(&files, &["a.proto"], &["."]);
    assert_eq!(names(&loaded), ["a.proto", "(b.proto)", "(c.proto)"]);
}

#[test]
fn the_first_root_that_holds_a_file_names_it() {
    let files = Files::with([
        ("app/a.proto", "import \"x/x.proto\";"),
        ("vendor/x/x.proto", ""),
    ]);
    assert_eq!(
        names(&loaded(&files, &["."], &["vendor"])),
        ["app/a.proto", "x/x.proto"]
    );
    assert_eq!(
        names(&loaded(&files, &["app/a.proto"], &[".", "vendor"])),
        ["app/a.proto", "(x/x.proto)"]
    );
    assert_eq!(
        names(&loaded(&files, &["vendor"], &[".", "vendor"])),
        ["vendor/x/x.proto"]
    );
    assert_eq!(
        names(&loaded(&files, &["vendor/x/x.proto"], &["vendor", "."])),
        ["x/x.proto"]
    );
}

#[test]
fn directories_in_directories_are_visited_once() {
    let files = Files::with([("a/b/c.proto", ""), ("a/d.proto", "")]);
    assert_eq!(
        names(&loaded(&files, &["a/b", "a"], &[])),
        ["b/c.proto", "d.proto"]
    );
}

#[test]
fn a_shadowed_target_is_an_error() {
    let files = Files::with([("one/a.proto", "// one"), ("two/a.proto", "// two")]);
    let loaded = loaded(&files, &[], &["one", "two"]);
    assert_eq!(names(&loaded), ["a.proto"]);
    assert!(
        loaded.files[0]
            .file
            .source()
            .path()
            .ends_with("one/a.proto")
    );
    let [message] = messages(&loaded).try_into().expect("one file is shadowed");
    assert!(message.contains("two/a.proto` is shadowed by"), "{message}");
}

#[test]
fn a_missing_import_tells_where_it_was_looked_for_and_where_it_lies() {
    let files = Files::with([
        (
            "proto/a.proto",
            "import \"none.proto\"; import \"x/x.proto\";",
        ),
        ("proto/third_party/x/x.proto", ""),
    ]);
    let loaded = loaded(&files, &["proto"], &[]);
    let [none, x] = loaded.missing.as_slice() else {
        panic!("two imports are missing: {:?}", loaded.missing);
    };
    assert_eq!(
        (none.name.as_str(), x.name.as_str()),
        ("none.proto", "x/x.proto")
    );
    assert_eq!(none.looked_in.len(), 1);
    assert!(none.roots_that_hold_it.is_empty());
    assert!(x.roots_that_hold_it[0].ends_with("proto/third_party"));
}

#[test]
fn a_well_known_type_in_a_root_replaces_the_bundled_one() {
    let files = Files::with([
        ("a.proto", "import \"google/protobuf/any.proto\";"),
        ("google/protobuf/any.proto", "// ours"),
    ]);
    let loaded = loaded(&files, &["a.proto"], &["."]);
    assert_eq!(loaded.files[1].file.source().text(), "// ours");
}

#[test]
fn excluded_files_can_be_imported() {
    let files = Files::with([
        ("a.proto", "import \"gen/b.proto\";"),
        ("gen/b.proto", ""),
        ("gen/c.proto", ""),
    ]);
    let root = ImportRoot {
        excludes: vec!["gen".into()],
        ..ImportRoot::new(files.root())
    };
    let roots = roots(&[], &[root]).expect("the root is there");
    let loaded = load(&roots, &ParsedFiles::default());
    assert_eq!(names(&loaded), ["a.proto", "(gen/b.proto)"]);
}

#[test]
fn imports_in_circles_and_to_oneself_end() {
    let files = Files::with([
        ("a.proto", "import \"a.proto\"; import \"b.proto\";"),
        ("b.proto", "import \"a.proto\";"),
    ]);
    assert_eq!(names(&loaded(&files, &["."], &[])), ["a.proto", "b.proto"]);
}

#[test]
fn a_path_that_is_not_there_is_said() {
    let files = Files::new();
    let error = roots(&[files.path("none")], &[]).expect_err("there is nothing");
    assert!(error.message.ends_with("none` does not exist"));
    assert!(error.help.is_some());
}

/// What a configuration leaves out is not checked, clashes with nothing, and can be imported.
#[test]
fn what_belongs_to_no_module_is_left_out() {
    let message = "syntax = \"proto3\";\npackage a;\nmessage A {}\n";
    let importer =
        "syntax = \"proto3\";\npackage b;\nimport \"gen/c.proto\";\nmessage B { c.C c = 1; }\n";
    let files = Files::with([
        ("a.proto", message),
        ("b.proto", importer),
        ("old/a.proto", message),
        ("gen/a.proto", message),
        (
            "gen/c.proto",
            "syntax = \"proto3\";\npackage c;\nmessage C {}\n",
        ),
    ]);
    for (config, text) in [
        (
            "protogov.toml",
            "excludes = [\"old\", \"g*n\"]\n[lint]\nuse = [\"COMMENT_MESSAGE\"]\n",
        ),
        (
            "buf.yaml",
            "version: v2\nmodules:\n  - path: .\n    excludes: [old, gen]\nlint:\n  use: [COMMENT_MESSAGE]\n",
        ),
    ] {
        files.write(config, text);
        let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .current_dir(files.root())
            .env_clear()
            .args(["lint", "--format", "concise"])
            .output()
            .expect("it runs");
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            found,
            "a.proto:3:1: error[COMMENT_MESSAGE] message `A` has no comment\n\
             b.proto:4:1: error[COMMENT_MESSAGE] message `B` has no comment\n",
            "{config}"
        );
        fs::remove_file(files.path(config)).expect("it is there");
    }
}
