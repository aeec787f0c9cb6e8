//! Code that is checked in: what is written, what is left alone, and what CI is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files::Files;

const CONTRACT: &str = "syntax = \"proto3\"; package a.v1; message M { message N {} N n = 1; } \
                        service S { rpc Get(M) returns (stream M); }";

fn generate(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(directory)
        .args(["generate", "proto", "--out", "src/pb"])
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn modules_follow_the_packages_and_check_tells_of_drift() {
    let files = Files::with([
        ("proto/a/v1/a.proto", CONTRACT),
        (
            "proto/a/a.proto",
            "syntax = \"proto3\"; package a; message Outer {}",
        ),
    ]);
    let root = files.path(".");
    let (code, text) = generate(&root, &["--check"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(!root.join("src").exists(), "a check writes nothing");

    let (code, text) = generate(&root, &[]);
    assert_eq!(code, Some(0), "{text}");
    let module = read(root.join("src/pb/a/v1.rs"));
    for part in [
        "pub struct M",
        "pub mod m",
        "pub trait S",
        "pub struct SClient",
    ] {
        assert!(module.contains(part), "no `{part}` in\n{module}");
    }
    assert!(read(root.join("src/pb/mod.rs")).contains("pub mod a;"));
    let outer = read(root.join("src/pb/a/mod.rs"));
    assert!(outer.contains("pub mod v1;") && outer.contains("pub struct Outer"));
    let (code, text) = generate(&root, &["--check"]);
    assert_eq!((code, text.trim()), (Some(0), "3 files are up to date"));

    let edited = module.replace("pub struct M", "pub struct Mine");
    fs::write(root.join("src/pb/a/v1.rs"), &edited).expect("written");
    let (code, text) = generate(&root, &["--check"]);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(read(root.join("src/pb/a/v1.rs")), edited);
}

#[test]
fn only_what_was_generated_is_removed_or_replaced() {
    let files = Files::with([
        ("proto/a/v1/a.proto", CONTRACT),
        ("src/pb/mine.rs", "pub struct Mine;\n"),
    ]);
    let root = files.path(".");
    assert_eq!(generate(&root, &[]).0, Some(0));
    let contract = root.join("proto/a/v1/a.proto");
    let moved = CONTRACT.replace("package a.v1", "package b.v1");
    fs::write(contract, moved).expect("written");
    let (code, text) = generate(&root, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(!root.join("src/pb/a").exists(), "nobody needs it any more");
    assert!(root.join("src/pb/b/v1.rs").exists());
    assert!(root.join("src/pb/mine.rs").exists());

    fs::write(root.join("src/pb/mod.rs"), "pub mod mine;\n").expect("written");
    let (code, text) = generate(&root, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("was not written by `protogov generate`"),
        "{text}"
    );
}

#[test]
fn an_edition_is_generated_as_what_it_means() {
    let files = Files::with([(
        "proto/a.proto",
        "edition = \"2023\"; package a; message M { string here = 1; \
         string plain = 2 [features.field_presence = IMPLICIT]; }",
    )]);
    let (code, text) = generate(&files.path("."), &[]);
    assert_eq!(code, Some(0), "{text}");
    let module = read(files.path("src/pb/a.rs"));
    assert!(
        module.contains("pub here: ::core::option::Option<")
            && module.contains("pub plain: ::prost"),
        "{module}"
    );
}

#[test]
fn what_cannot_be_rust_is_refused_with_its_place() {
    let files = Files::with([(
        "proto/a.proto",
        "syntax = \"proto3\"; package a; message FooBar {} message Foo_bar {}",
    )]);
    let (code, text) = generate(&files.path("."), &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("proto/a.proto:1:") && text.contains("rename one of them"),
        "{text}"
    );
    assert!(!files.path("src").exists());
}
