//! Descriptors beside those of protox, another compiler in Rust, which is always at hand. It knows no editions, refuses some
//! of what protoc takes, and takes some of what protoc refuses; so it is asked only about what protoc and it both take.

use std::fs;
use std::path::Path;

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use protogov::descriptor::{self, Set};
use protogov::schema::Schema;

use crate::cases;
use crate::conformance;
use crate::lint::{link, proto_files};

/// The cases in which protox has other descriptors than protoc and we, by the reason.
const KNOWN: [(&str, &[&str]); 3] = [
    (
        "numbers in defaults are printed in other digits",
        &[
            "defaults/double-printing",
            "defaults/double-printing-random",
            "defaults/float-from-integer",
            "defaults/float-overflow-and-underflow",
            "defaults/float-printing-random",
        ],
    ),
    (
        "options are those of the descriptor.proto compiled into it, whatever the files bring",
        &[
            "extension-declarations/options-messages-of-own-descriptor-are-exempt",
            "files/own-copy-of-descriptor-cut-down",
            "files/own-copy-of-descriptor-with-options",
        ],
    ),
    (
        "an rpc with an empty body has options in protoc, which are empty",
        &[
            "grammar/rpc-empty-body",
            "grammar/service-line-rpc-no-space-returns",
            "source-info/comments-in-rpc",
            "source-info/comments-service",
            "source-info/spans-rpc-body-with-semicolons",
            "source-info/spans-services",
            "whole-files/proto2-everything",
        ],
    ),
];

/// What protox makes of the files, each under its name; nothing where it refuses one.
fn of_protox(files: &[(String, Vec<u8>)]) -> Option<Vec<FileDescriptorProto>> {
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().expect("below the directory")).ok()?;
        fs::write(path, text).ok()?;
    }
    let mut compiler = protox::Compiler::new([directory.path()]).ok()?;
    compiler.include_imports(false).include_source_info(false);
    for (name, _) in files {
        compiler.open_file(name).ok()?;
    }
    Some(comparable(&compiler.encode_file_descriptor_set()))
}

/// The files that were asked for, as we describe them.
fn of_ours(schema: &Schema) -> Vec<FileDescriptorProto> {
    let set = Set {
        schema,
        files: schema.targets().map(|file| file.id()).collect(),
        source_info: false,
    };
    let mut out = Vec::new();
    descriptor::write_binary(&[set], &mut out).expect("memory can be written to");
    comparable(&out)
}

/// The files of a set in order of their names. Custom options are no part of prost's types.
fn comparable(set: &[u8]) -> Vec<FileDescriptorProto> {
    let mut files = FileDescriptorSet::decode(set).expect("a set").file;
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn has_no_edition(files: &[(String, Vec<u8>)]) -> bool {
    let text = |text: &[u8]| String::from_utf8_lossy(text).contains("edition");
    !files.iter().any(|(_, bytes)| text(bytes))
}

#[test]
fn cases_have_the_descriptors_of_protox() {
    let mut compared = 0;
    let mut differ = Vec::new();
    let mut known: Vec<&str> = KNOWN.iter().flat_map(|(_, ids)| *ids).copied().collect();
    for case in cases::all() {
        if !case.verdict.is_accept() || !has_no_edition(&case.files) {
            continue;
        }
        let schema = conformance::link(&case);
        let Some(theirs) = of_protox(&case.files) else {
            continue;
        };
        if schema.errors().next().is_some() {
            continue;
        }
        compared += 1;
        let id = case.id();
        if of_ours(&schema) != theirs {
            match known.iter().position(|known| *known == id) {
                Some(at) => _ = known.remove(at),
                None => differ.push(id),
            }
        }
    }
    eprintln!("compared with protox: {compared} cases");
    assert!(compared > 500, "{compared}");
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(known.is_empty(), "they agree now: {known:?}");
}

#[test]
fn own_contracts_have_the_descriptors_of_protox() {
    let files = proto_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("proto"));
    let bytes: Vec<(String, Vec<u8>)> = (files.iter())
        .map(|(name, text)| (name.clone(), text.clone().into_bytes()))
        .collect();
    let theirs = of_protox(&bytes).expect("protox takes them");
    assert_eq!(of_ours(&link(&files)), theirs);
}
