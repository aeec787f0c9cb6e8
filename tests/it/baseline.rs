//! Baselines that are no git revision: directories, archives, descriptor sets.

use std::path::PathBuf;

use protogov::sources::input::Input;
use protogov::workspace::{self, Baseline, ImportRoot, ParsedFiles, is_input, load};

use crate::files::Files;

/// The files of a baseline, by today's roots, as name and text.
fn files_of(baseline: &str, top: &Files, import_roots: &[&str]) -> Vec<(String, String)> {
    let roots: Vec<ImportRoot> = import_roots
        .iter()
        .map(|root| ImportRoot::new(top.path(root)))
        .collect();
    let roots = workspace::roots(&[], &roots).expect("all are there");
    let input = Input::parse(baseline).expect("it is spelled right");
    let opened = Baseline::open(&input, || Ok(Vec::new())).expect("it can be opened");
    let loaded = load(&opened.roots(&roots, &top.root()), &ParsedFiles::default());
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let file = |file: &workspace::LoadedFile| {
        let source = file.file.source();
        (source.name().to_owned(), source.text().to_owned())
    };
    loaded.files.iter().map(file).collect()
}

fn project() -> Files {
    Files::with([
        ("proto/a.proto", "// a today"),
        ("vendor/b.proto", "// b today"),
    ])
}

fn shown(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

fn expected(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    files.iter().map(owned).collect()
}

#[test]
fn a_directory_has_todays_roots() {
    let old = Files::with([
        ("proto/a.proto", "// a then"),
        ("vendor/b.proto", "// b then"),
        ("other/c.proto", "// no root"),
    ]);
    assert_eq!(
        files_of(&shown(old.root()), &project(), &["proto", "vendor"]),
        expected(&[("a.proto", "// a then"), ("b.proto", "// b then")])
    );
    assert_eq!(
        files_of(&shown(old.path("proto")), &project(), &["proto", "vendor"]),
        expected(&[("a.proto", "// a then")]),
        "a directory that was a root itself"
    );
    assert_eq!(
        files_of(&shown(old.path("proto")), &project(), &["."]),
        expected(&[("a.proto", "// a then")])
    );
    assert_eq!(
        files_of(
            &format!("{}#subdir=proto,format=dir", shown(old.root())),
            &project(),
            &["proto"]
        ),
        expected(&[("a.proto", "// a then")])
    );
}

#[test]
fn an_archive_has_todays_roots() {
    let old = Files::new();
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in [
        ("p-1.0/proto/a.proto", "// a then"),
        ("p-1.0/vendor/b.proto", "// b then"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        builder
            .append_data(&mut header, path, text.as_bytes())
            .expect("written to memory");
    }
    old.write("old.tar", builder.into_inner().expect("written to memory"));
    let input = format!("{}#strip_components=1", shown(old.path("old.tar")));
    assert_eq!(
        files_of(&input, &project(), &["proto", "vendor"]),
        expected(&[("a.proto", "// a then"), ("b.proto", "// b then")])
    );
    let input = Input::parse(&format!(
        "{}#strip_components=9",
        shown(old.path("old.tar"))
    ));
    let opened = Baseline::open(&input.expect("it is spelled right"), || Ok(Vec::new()));
    assert!(opened.is_err_and(|error| error.message.ends_with("holds no `.proto` file")));
}

#[test]
fn a_descriptor_set_is_read_by_the_names_of_its_files() {
    let old = Files::new();
    let set = b"{\"file\": [{\"name\": \"a.proto\", \"syntax\": \"proto3\", \"package\": \"x\"}]}";
    old.write("old.json", set);
    assert_eq!(
        files_of(
            &shown(old.path("old.json")),
            &project(),
            &["proto", "vendor"]
        ),
        expected(&[("a.proto", "syntax = \"proto3\";\npackage x;\n")])
    );
}

#[test]
fn a_revision_and_an_input_are_told_apart() {
    let files = project();
    let directory = shown(files.path("proto"));
    for (text, is_revision, expected) in [
        ("main", true, false),
        ("v1.0.0", false, false),
        ("HEAD~3", true, false),
        ("feature/x", true, false),
        (".git#branch=main", false, true),
        ("old.tar.gz", false, true),
        ("image.binpb", true, true),
        ("./proto", true, true),
        (directory.as_str(), false, true),
        ("-", false, true),
    ] {
        assert_eq!(is_input(text, |_| is_revision), expected, "{text}");
    }
}
