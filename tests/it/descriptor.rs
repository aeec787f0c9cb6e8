//! Descriptors against those that protoc writes, for every accepted case of `fixtures/conformance`.

use std::path::Path;
use std::process::Command;

use protogov::descriptor::{self, Content};
use protogov::schema::Schema;

use crate::cases;
use crate::conformance::link;

const WHOLE: Content = Content {
    imports: true,
    source_info: true,
};

/// The cases whose descriptors differ, each with the reason. The list may only shrink.
const KNOWN: [(&str, &str); 1] = [(
    "extension-declarations/options-messages-of-own-descriptor-are-exempt",
    "a descriptor.proto without ExtensionRangeOptions: protoc falls back to the one compiled into it",
)];

/// protoc writes its sets to one directory, we ours to another; `compare.py` tells what differs, field by field.
#[test]
fn cases_have_the_descriptors_of_protoc() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let folder = temporary.path();
    let (ours, theirs) = (folder.join("ours"), folder.join("protoc"));
    if run("referee.py", &["--export".as_ref(), &theirs]).is_none() {
        eprintln!("skipped: descriptors of protoc, as grpc_tools is not installed for python3");
        return;
    }
    for case in cases::all() {
        let schema = link(&case);
        if schema.errors().next().is_some() {
            continue;
        }
        let path = ours.join(case.id()).with_extension("binpb");
        std::fs::create_dir_all(path.parent().expect("in a topic")).expect("writable");
        std::fs::write(path, set(&schema)).expect("writable");
    }
    let told =
        run("compare.py", &[&ours, &theirs]).expect("python-protobuf is there with grpc_tools");
    let mut known: Vec<&str> = KNOWN.iter().map(|&(id, _)| id).collect();
    let mut differences = Vec::new();
    for line in told.lines() {
        let Some((id, difference)) = line.split_once(": ") else {
            continue;
        };
        // What one of us rejects has no descriptors; that is the matter of another test.
        if difference == "missing" {
            continue;
        }
        match known.iter().position(|&known| known == id) {
            Some(at) => _ = known.remove(at),
            None => differences.push(line),
        }
    }
    eprintln!("{}", told.lines().last().unwrap_or_default());
    assert!(
        differences.is_empty(),
        "descriptors differ:\n{}",
        differences.join("\n")
    );
    assert!(
        known.is_empty(),
        "these are equal, take them out of the list: {known:?}"
    );
}

fn set(schema: &Schema) -> Vec<u8> {
    let records = descriptor::set(schema, WHOLE);
    records
        .iter()
        .flat_map(|record| record.bytes())
        .copied()
        .collect()
}

/// Runs a script of the suite; gives what it prints. `None` where it cannot run.
fn run(script: &str, arguments: &[&Path]) -> Option<String> {
    let output = Command::new("python3")
        .arg(cases::folder().join(script))
        .args(arguments)
        .output()
        .ok()?;
    let is_traceback = String::from_utf8_lossy(&output.stderr).contains("Error: No module");
    (!is_traceback).then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
