//! Descriptor sets as sources: printed, parsed and compiled again, a set is equal to what it was.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use protogov::descriptor;
use protogov::schema::{Input, Role, Schema};
use protogov::sources::{Selection, Tree, well_known};
use protogov::syntax::File;
use protogov::text::Source;
use protogov::workspace::image;

use rayon::prelude::*;

use crate::cases;
use crate::disk::visit;

/// Reads a set, compiles what it was printed as, and gives the set of that, its files in the same order.
fn compiled_again(bytes: &[u8], is_json: bool, names: &[String]) -> Result<Vec<u8>, String> {
    let image =
        image::read(bytes, is_json, "a set").map_err(|problem| problem.into_facts().message)?;
    let parse = |name: &str, bytes: &[u8], role| {
        let source = Source::new(name, name, bytes.to_vec()).expect("small");
        Input::new(Arc::new(File::parse(Arc::new(source))), role)
    };
    let role = |name| match well_known::text(name) {
        Some(_) => Role::Import,
        None => Role::Target,
    };
    let files = image.files.files();
    let mut inputs: Vec<Input> = files
        .map(|(name, bytes)| parse(name, bytes, role(name)))
        .collect();
    let descriptor = "google/protobuf/descriptor.proto";
    if !image.files.contains(descriptor) {
        let text = well_known::text(descriptor).expect("it is bundled");
        inputs.push(parse(descriptor, text.as_bytes(), Role::Builtin));
    }
    let schema = Schema::link(inputs);
    if let Some(error) = schema.errors().next() {
        let place = error.location.as_ref().map(|place| place.source.text());
        return Err(format!(
            "{} in\n{}",
            error.message,
            place.unwrap_or_default()
        ));
    }
    let mut set = Vec::new();
    for name in names {
        let file = schema
            .files()
            .find(|file| file.syntax().name() == name)
            .ok_or_else(|| format!("{name} is missing"))?;
        put(&mut set, &descriptor::file(file, false));
    }
    Ok(set)
}

/// Appends a file to a set.
fn put(set: &mut Vec<u8>, file: &[u8]) {
    set.push(0x0a);
    let mut length = file.len();
    while length >= 0x80 {
        set.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    set.push(length as u8);
    set.extend_from_slice(file);
}

/// The names of the files of a set, in their order: each file's first record.
fn names(mut set: &[u8]) -> Vec<String> {
    let length = |bytes: &mut &[u8]| {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = bytes[0];
            *bytes = &bytes[1..];
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    };
    let mut names = Vec::new();
    while set.first() == Some(&0x0a) {
        set = &set[1..];
        let size = length(&mut set);
        let mut file = &set[1..size];
        let size_of_name = length(&mut file);
        names.push(String::from_utf8_lossy(&file[..size_of_name]).into_owned());
        set = &set[size..];
    }
    names
}

fn sets_in(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|known| known == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Lets python-protobuf compare two folders of sets; gives what differs.
fn differences(ours: &Path, theirs: &Path) -> Vec<String> {
    let output = Command::new("python3")
        .arg(cases::folder().join("compare.py"))
        .arg("--no-source-info")
        .args([ours, theirs])
        .output()
        .expect("python3 is there");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = told.lines().filter(|line| line.contains(": "));
    lines.map(str::to_owned).collect()
}

fn python(script: &Path, arguments: &[&Path]) -> bool {
    let output = Command::new("python3").arg(script).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

/// protoc's sets of the files beside this test's fixtures.
fn fixtures(folder: &Path) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = root.join("fixtures/image");
    ["proto2", "proto3", "editions", "edition_2024"]
        .iter()
        .all(|name| {
            let output = Command::new("python3")
                .args(["-m", "grpc_tools.protoc", "--include_imports", "-I"])
                .arg(&fixtures)
                .arg("-I")
                .arg(root.join("src/sources/well_known"))
                .arg("-o")
                .arg(folder.join(name).with_extension("binpb"))
                .arg(format!("{name}.proto"))
                .output();
            output.is_ok_and(|output| output.status.success())
        })
}

/// Compiles every set in `theirs` again, or one in `step`, and compares. `known` are those that differ, with the reason.
fn check_round_trip(theirs: &Path, extension: &str, step: u32, known: &[(&str, &str)]) {
    let ours = tempfile::tempdir().expect("a temporary directory");
    let mut failed = Vec::new();
    let sets = sets_in(theirs, extension);
    // By name and not by position, so that a new case does not change which others are tried.
    let is_sampled = |path: &PathBuf| {
        let name = path
            .strip_prefix(theirs)
            .expect("under it")
            .to_string_lossy();
        let sum = name.bytes().fold(0_u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
        sum % step == 0
    };
    let sets: Vec<PathBuf> = sets.into_iter().filter(is_sampled).collect();
    assert!(!sets.is_empty(), "there are sets to compare");
    let compiled = sets.par_iter().map(|path| {
        let binary = path.with_extension("binpb");
        let id = path
            .strip_prefix(theirs)
            .expect("under it")
            .with_extension("");
        let names = names(&std::fs::read(&binary).expect("readable"));
        let bytes = std::fs::read(path).expect("readable");
        match compiled_again(&bytes, extension == "json", &names) {
            Ok(set) => {
                let to = ours.path().join(&id).with_extension("binpb");
                std::fs::create_dir_all(to.parent().expect("a folder")).expect("writable");
                std::fs::write(to, set).expect("writable");
                None
            }
            Err(error) => Some(format!("{}: {error}", id.display())),
        }
    });
    failed.par_extend(compiled.flatten_iter());
    failed.extend(
        differences(ours.path(), theirs)
            .into_iter()
            .filter(|line| !line.ends_with(": missing")),
    );
    failed.retain(|line| {
        !known
            .iter()
            .any(|(id, _)| line.starts_with(&format!("{id}: ")))
    });
    eprintln!("{} sets compiled again", sets.len());
    assert!(
        failed.is_empty(),
        "{} sets differ:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn a_set_is_the_same_after_it_was_printed_and_compiled_again() {
    let theirs = tempfile::tempdir().expect("a temporary directory");
    if !fixtures(theirs.path()) {
        eprintln!("skipped: sets of protoc, as grpc_tools is not installed for python3");
        return;
    }
    check_round_trip(theirs.path(), "binpb", 1, &[]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/image/to_json.py");
    assert!(python(&script, &[theirs.path()]));
    check_round_trip(theirs.path(), "json", 1, &[]);
}

/// Set to try every case and not one of five, which takes a minute.
const ALL: &str = "PROTOGOV_TEST_ALL_SETS";

#[test]
fn the_sets_of_accepted_cases_are_the_same_after_they_were_printed_and_compiled_again() {
    let Some(theirs) = cases::sets_of_protoc() else {
        eprintln!("skipped: sets of protoc, as grpc_tools is not installed for python3");
        return;
    };
    let step = if std::env::var_os(ALL).is_some() {
        1
    } else {
        5
    };
    check_round_trip(theirs, "binpb", step, &KNOWN);
}

const NOT_UTF8: &str = "descriptors hold text; protoc lets other bytes through";

/// The cases whose sets differ, each with the reason. The list may only shrink.
const KNOWN: [(&str, &str); 8] = [
    (
        "options/path-oneof-two-members",
        "two members of a oneof, each set by a path, have no literal that holds both",
    ),
    (
        "options/path-oneof-message-members",
        "two members of a oneof, each set by a path, have no literal that holds both",
    ),
    ("option-literals/float-nan", "the sign of a NaN"),
    ("defaults/string-not-utf8", NOT_UTF8),
    ("lexing/invalid-utf8-in-json-name", NOT_UTF8),
    ("lexing/invalid-utf8-in-reserved-name", NOT_UTF8),
    ("lexing/invalid-utf8-in-string-default", NOT_UTF8),
    (
        "extension-declarations/options-messages-of-own-descriptor-are-exempt",
        "as in the test of descriptors: a descriptor.proto of its own without ExtensionRangeOptions",
    ),
];

#[test]
fn what_is_no_set_is_said() {
    for (bytes, is_json) in [
        (&b""[..], false),
        (b"nonsense", false),
        (b"\x0a\xff", false),
        (b"\x0a\x02\x0a\x7f", false),
        (b"{}", true),
        (b"[]", true),
        (b"{\"file\": 1}", true),
        (b"{\"file\": [{\"name\": 1}]}", true),
    ] {
        let error = image::read(bytes, is_json, "x.binpb").expect_err("it is none");
        assert!(
            error
                .message
                .starts_with("`x.binpb` is no descriptor set: "),
            "{}",
            error.message
        );
    }
}

#[test]
fn messages_in_messages_without_end_are_refused() {
    let mut bytes = Vec::new();
    for _ in 0..2_000 {
        let mut outer = vec![0x1a];
        let mut length = bytes.len();
        while length >= 0x80 {
            outer.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        outer.push(length as u8);
        outer.extend_from_slice(&bytes);
        bytes = outer;
    }
    bytes[0] = 0x22;
    let mut set = Vec::new();
    put(&mut set, &bytes);
    assert!(image::read(&set, false, "x").is_err());
}

/// buf's own extension tells imports from targets.
#[test]
fn imports_of_an_image_are_no_targets() {
    let json = br#"{"file": [
        {"name": "a.proto", "syntax": "proto3", "bufExtension": {"isImport": false}},
        {"name": "b.proto", "syntax": "proto3", "bufExtension": {"isImport": true}},
        {"name": "c.proto", "bufExtension": {"isImport": false, "isSyntaxUnspecified": true}}
    ]}"#;
    let image = image::read(json, true, "image.json").expect("it is one");
    assert_eq!(
        visit(&image.files, &image.targets).0,
        ["a.proto", "c.proto"]
    );
    assert!(image.files.contains("b.proto"));
    assert!(matches!(image.files.read("c.proto"), Ok(Some(text)) if text.is_empty()));
    assert_eq!(visit(&image.files, &Selection::all()).0.len(), 3);
}
