//! Descriptors against those that protoc writes, for every accepted case of `fixtures/conformance`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use protogov::descriptor::{self, Set};
use protogov::schema::Schema;
use protogov::workspace::{self, ImportRoot, ParsedFiles};

use crate::buf::Corpus;
use crate::cases;
use crate::conformance::link;
use crate::lint::proto_files;

/// The cases whose descriptors differ, each with the reason. The list may only shrink.
const KNOWN: [(&str, &str); 1] = [(
    "extension-declarations/options-messages-of-own-descriptor-are-exempt",
    "a descriptor.proto without ExtensionRangeOptions: protoc falls back to the one compiled into it",
)];

/// protoc writes its sets to one directory, we ours to another; `compare.py` tells what differs, field by field.
#[test]
fn cases_have_the_descriptors_of_protoc() {
    let Some(theirs) = cases::sets_of_protoc() else {
        eprintln!("skipped: descriptors of protoc, as grpc_tools is not installed for python3");
        return;
    };
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let ours = temporary.path();
    for case in cases::all() {
        let schema = link(&case);
        if schema.errors().next().is_some() {
            continue;
        }
        let path = ours.join(case.id()).with_extension("binpb");
        fs::create_dir_all(path.parent().expect("in a topic")).expect("writable");
        fs::write(path, set(&schema)).expect("writable");
    }
    let told =
        run("compare.py", &[ours, theirs]).expect("python-protobuf is there with grpc_tools");
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
    let targets = schema.targets().map(|file| file.id());
    let mut out = Vec::new();
    let set = Set {
        schema,
        files: descriptor::in_order_of_dependency(schema, targets, true),
        source_info: true,
    };
    descriptor::write_binary(&[set], &mut out).expect("memory can be written to");
    out
}

/// Every corpus that lies beside the repository: all that protoc compiles has the same descriptors with the same source
/// info, byte for byte.
#[test]
fn real_contracts_have_the_descriptors_of_protoc() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let Ok(index) = fs::read_to_string(corpora.join("INDEX.txt")) else {
        eprintln!("skipped: {} holds no corpora", corpora.display());
        return;
    };
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut compare = |name: &str, modules: &[PathBuf], imported: &[PathBuf]| {
        let Some(theirs) = protoc(modules, imported) else {
            eprintln!("skipped: protoc does not compile {name}, or grpc_tools is not installed");
            return;
        };
        let ours = build(modules, imported);
        let files = records(&theirs);
        let equal = records(&ours) == files;
        eprintln!(
            "{name}: {} files, {}",
            files.len(),
            if equal { "equal" } else { "different" }
        );
        compared += files.len();
        if !equal {
            wrong.push(name.to_owned());
        }
    };
    for corpus in index.lines().filter_map(Corpus::parse) {
        let directory = tempfile::tempdir().expect("a directory");
        if !corpus.unpack(&corpora, directory.path()) {
            eprintln!("skipped: {} cannot be unpacked", corpus.name);
            continue;
        }
        let (modules, imported) = corpus.modules(directory.path());
        let paths = |names: Vec<String>| -> Vec<PathBuf> {
            names
                .iter()
                .map(|name| directory.path().join(name))
                .collect()
        };
        compare(&corpus.name, &paths(modules), &paths(imported));
    }
    let directory = tempfile::tempdir().expect("a directory");
    let tree = directory.path().join("googleapis");
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "--branch", "rev-2026-08-22"])
        .arg(corpora.join("googleapis.bundle"))
        .arg(&tree)
        .output();
    if cloned.is_ok_and(|output| output.status.success()) {
        compare("googleapis", &[tree], &[]);
    } else {
        eprintln!("skipped: googleapis cannot be unpacked");
    }
    eprintln!("{compared} files compared");
    assert!(wrong.is_empty(), "descriptors differ: {wrong:?}");
}

/// The set that protoc makes of all files of the modules.
fn protoc(modules: &[PathBuf], imported: &[PathBuf]) -> Option<Vec<u8>> {
    let scratch = tempfile::tempdir().expect("a directory");
    let (arguments, out) = (scratch.path().join("arguments"), scratch.path().join("set"));
    let mut names: Vec<String> = Vec::new();
    for module in modules {
        names.extend(proto_files(module).into_iter().map(|(path, _)| path));
    }
    names.sort();
    fs::write(&arguments, names.join("\n")).expect("writable");
    let status = Command::new("python3")
        .args([
            "-m",
            "grpc_tools.protoc",
            "--include_imports",
            "--include_source_info",
        ])
        .arg("--retain_options")
        .args(
            modules
                .iter()
                .chain(imported)
                .map(|root| format!("-I{}", root.display())),
        )
        .arg(format!("-o{}", out.display()))
        .arg(format!("@{}", arguments.display()))
        .output();
    status
        .ok()?
        .status
        .success()
        .then(|| fs::read(&out).expect("written"))
}

/// The set that we make of them.
fn build(modules: &[PathBuf], imported: &[PathBuf]) -> Vec<u8> {
    let import_roots: Vec<ImportRoot> = modules
        .iter()
        .chain(imported)
        .map(ImportRoot::new)
        .collect();
    let roots = workspace::roots(modules, &import_roots).expect("all are there");
    let loaded = workspace::load(&roots, &ParsedFiles::default());
    set(&Schema::link(loaded.inputs()))
}

/// The files of a set, by their bytes.
fn records(set: &[u8]) -> BTreeSet<&[u8]> {
    let mut found = BTreeSet::new();
    let mut rest = set;
    while let Some((_, after)) = rest.split_first() {
        let length = after.iter().take_while(|&&byte| byte >= 0x80).count() + 1;
        let (length, after) = after.split_at(length);
        let length = length
            .iter()
            .rev()
            .fold(0, |sum, &byte| sum << 7 | usize::from(byte & 0x7F));
        let (record, after) = after.split_at(length);
        found.insert(record);
        rest = after;
    }
    found
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
