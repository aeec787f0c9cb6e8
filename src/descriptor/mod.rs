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
mod json;
mod location;
mod message;
mod number;
mod service;
mod source_info;
mod wire;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::schema::{File, FileId, Schema};

/// What is to be written as (a part of) a `FileDescriptorSet`.
#[derive(Debug)]
pub struct Set<'s> {
    /// The schema.
    pub schema: &'s Schema,
    /// Which of its files, in order.
    pub files: Vec<FileId>,
    /// Whether to say where each declaration stands, and its comments.
    pub source_info: bool,
}

/// The `FileDescriptorProto` of a file.
pub fn file(file: File<'_>, source_info: bool) -> Vec<u8> {
    let mut out = Vec::new();
    file::file(&mut out, file, source_info);
    out
}

/// Writes a `FileDescriptorSet` in protobuf's binary format.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_binary(sets: &[Set<'_>], out: &mut dyn Write) -> io::Result<()> {
    for set in sets {
        in_parallel(&set.files, out, |&id| {
            file::record(set.schema.file(id), set.source_info)
        })?;
    }
    Ok(())
}

/// Writes a `FileDescriptorSet` in protobuf's JSON, custom options included.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_json(sets: &[Set<'_>], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"file\":[")?;
    let mut first = true;
    for set in sets {
        let types = json::Types::of(set.schema);
        let files: Vec<(FileId, bool)> = set
            .files
            .iter()
            .map(|&id| (id, std::mem::take(&mut first)))
            .collect();
        in_parallel(&files, out, |&(id, is_first)| {
            let bytes = self::file(set.schema.file(id), set.source_info);
            let mut text = String::with_capacity(bytes.len() * 3);
            text.push_str(if is_first { "\n" } else { ",\n" });
            types.file(&mut text, &bytes);
            text.into_bytes()
        })?;
    }
    out.write_all(b"\n]}\n")
}

/// Makes the bytes of each item on all threads and writes them in order, each as soon as those before it are written:
/// only few are in memory at a time.
fn in_parallel<T: Sync>(
    items: &[T],
    out: &mut dyn Write,
    make: impl Fn(&T) -> Vec<u8> + Sync,
) -> io::Result<()> {
    /// How many results may wait for the writer.
    const WAITING: usize = 64;
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    std::thread::scope(|scope| {
        let make = &make;
        scope.spawn(move || {
            let numbered = items.iter().enumerate();
            // Handed out one by one, so that they are done nearly in order.
            let _ = numbered
                .par_bridge()
                .try_for_each(|(at, item)| sender.send((at, make(item))));
        });
        // Dropped when writing fails, so that nobody waits for it.
        let receiver = receiver;
        let mut next = 0;
        let mut early = BTreeMap::new();
        for (at, bytes) in &receiver {
            early.insert(at, bytes);
            while let Some(bytes) = early.remove(&next) {
                out.write_all(&bytes)?;
                next += 1;
            }
        }
        Ok(())
    })
}

/// The targets as protoc writes them: in the order given, but each after what it imports.
pub fn in_order_of_dependency(
    schema: &Schema,
    targets: impl Iterator<Item = FileId>,
    with_imports: bool,
) -> Vec<FileId> {
    let targets: Vec<FileId> = targets.collect();
    let asked: FxHashSet<FileId> = targets.iter().copied().collect();
    let mut order = Vec::new();
    // Files on the way down, each with the number of imports that were followed.
    let mut open: Vec<(FileId, usize)> = Vec::new();
    let mut met = FxHashSet::default();
    for target in targets {
        if met.insert(target) {
            open.push((target, 0));
        }
        while let Some(top) = open.last_mut() {
            let (id, next) = *top;
            match schema.file(id).imports().direct().get(next) {
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
                    if with_imports || asked.contains(&id) {
                        order.push(id);
                    }
                }
            }
        }
    }
    order
}
