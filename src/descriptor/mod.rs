//! A schema as descriptors: `FileDescriptorSet`, `FileDescriptorProto` and `SourceCodeInfo`.
//!
//! The bytes are those that protoc 35.1 writes, record by record; they are written straight from the schema, file by
//! file, without a message in between. Source-retention options stay. Only files without errors have descriptors: of
//! broken ones what is missing is left out.
//!
//! <https://github.com/protocolbuffers/protobuf/blob/v35.1/src/google/protobuf/descriptor.proto>

mod body;
mod enumeration;
mod field;
mod file;
mod location;
mod message;
mod number;
mod service;
mod source_info;
mod wire;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::schema::{File, FileId, Role, Schema};

/// What goes into a descriptor set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Content {
    /// The imports of the files too, direct or not.
    pub imports: bool,
    /// Where each declaration stands, and its comments.
    pub source_info: bool,
}

/// One file as a record of a `FileDescriptorSet`. Put one after the other, they are the set.
#[derive(Debug)]
pub struct Record {
    bytes: Vec<u8>,
}

impl Record {
    /// The bytes of the record: tag, length and `FileDescriptorProto`.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The `FileDescriptorProto` of a file.
pub fn file(file: File<'_>, source_info: bool) -> Vec<u8> {
    let mut out = Vec::new();
    file::file(&mut out, file, source_info);
    out
}

/// The records of a `FileDescriptorSet`: the files that were asked for, each after what it imports.
pub fn set(schema: &Schema, content: Content) -> Vec<Record> {
    let files = in_order_of_dependency(schema, content.imports);
    files
        .par_iter()
        .map(|&id| Record {
            bytes: file::record(schema.file(id), content.source_info),
        })
        .collect()
}

/// The files as protoc writes them: in the order they were asked for, but each after what it imports.
pub fn in_order_of_dependency(schema: &Schema, with_imports: bool) -> Vec<FileId> {
    let mut order = Vec::new();
    // Files on the way down, each with the number of imports that were followed.
    let mut open: Vec<(FileId, usize)> = Vec::new();
    let mut met = FxHashSet::default();
    for target in schema.targets() {
        if met.insert(target.id()) {
            open.push((target.id(), 0));
        }
        while let Some(top) = open.last_mut() {
            let (id, next) = *top;
            let file = schema.file(id);
            match file.imports().direct().get(next) {
                Some(&import) => {
                    top.1 += 1;
                    if let Some(import) = import
                        && met.insert(import)
                    {
                        open.push((import, 0));
                    }
                }
                None => {
                    open.pop();
                    if with_imports || file.role() == Role::Target {
                        order.push(id);
                    }
                }
            }
        }
    }
    order
}
