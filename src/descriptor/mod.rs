//! A schema as descriptors: `FileDescriptorSet`, `FileDescriptorProto` and `SourceCodeInfo`.
//!
//! The bytes are those that protoc 35.1 writes, record by record; they are written straight from the schema, file by
//! file, without a message in between. Source-retention options stay. Only files without errors have descriptors: of
//! broken ones what is missing is left out.
//!
//! <https://github.com/protocolbuffers/protobuf/blob/v35.1/src/google/protobuf/descriptor.proto>

mod body;
mod declaration;
mod enumeration;
mod field;
mod file;
mod json;
mod location;
mod message;
mod number;
mod service;
mod source_info;
mod well_known_json;
mod wire;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, mpsc};

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
        let append = |out: &mut Vec<u8>, &id: &FileId| {
            file::record(out, set.schema.file(id), set.source_info);
        };
        in_parallel(&set.files, |&id| size(set.schema, id), out, append)?;
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
        let append = |out: &mut Vec<u8>, &(id, is_first): &(FileId, bool)| {
            let bytes = self::file(set.schema.file(id), set.source_info);
            let mut text = String::with_capacity(bytes.len() * 3);
            text.push_str(if is_first { "\n" } else { ",\n" });
            types.file(&mut text, &bytes);
            out.append(&mut text.into_bytes());
        };
        in_parallel(&files, |&(id, _)| size(set.schema, id), out, append)?;
    }
    out.write_all(b"\n]}\n")
}

/// How much there is to do for a file: the length of its source.
fn size(schema: &Schema, file: FileId) -> usize {
    schema.file(file).source().len() as usize
}

/// Appends the bytes of each item on all threads and writes them in order, in batches, each as soon as those before it
/// are written. Only as many batches are in memory as there are buffers, and these are used again and again: memory
/// that is never given back is never asked for anew.
fn in_parallel<T: Sync>(
    items: &[T],
    size: impl Fn(&T) -> usize,
    out: &mut dyn Write,
    append: impl Fn(&mut Vec<u8>, &T) + Sync,
) -> io::Result<()> {
    let batches = batches(items, size);
    let threads = rayon::current_num_threads().min(batches.len());
    let buffers = (threads * 2 + 2).min(batches.len());
    let (empty_sender, empty) = mpsc::channel();
    for _ in 0..buffers {
        // The receiver lives until the end of this function.
        let _ = empty_sender.send(Vec::with_capacity(BATCH_BYTES * 2));
    }
    let (full_sender, full) = mpsc::channel();
    // Whoever has a buffer takes the first batch that nobody has: so the one that the writer waits for has a buffer.
    let todo = Mutex::new((batches.iter().enumerate().peekable(), empty));
    let take = || {
        let (batches, empty) = &mut *todo.lock().ok()?;
        batches.peek()?;
        let buffer: Vec<u8> = empty.recv().ok()?;
        let (at, batch) = batches.next()?;
        Some((buffer, at, *batch))
    };
    std::thread::scope(|scope| {
        let (take, append) = (&take, &append);
        for _ in 0..threads {
            let full_sender = full_sender.clone();
            scope.spawn(move || {
                while let Some((mut buffer, at, batch)) = take() {
                    for item in batch {
                        append(&mut buffer, item);
                    }
                    if full_sender.send((at, buffer)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(full_sender);
        // Both are dropped when writing fails, so that nobody waits for it.
        let (full, empty_sender) = (full, empty_sender);
        let mut next = 0;
        let mut early = BTreeMap::new();
        for (at, buffer) in &full {
            early.insert(at, buffer);
            while let Some(mut buffer) = early.remove(&next) {
                out.write_all(&buffer)?;
                buffer.clear();
                // Nobody wants it when all is done.
                let _ = empty_sender.send(buffer);
                next += 1;
            }
        }
        Ok(())
    })
}

/// Bytes of sources that make a batch.
const BATCH_BYTES: usize = 1 << 17;

/// Cuts items into batches of some size.
fn batches<T>(items: &[T], size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut batches = Vec::new();
    let mut rest = items;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|item| {
            let fits = bytes < BATCH_BYTES;
            bytes += size(item);
            fits
        });
        let (batch, after) = rest.split_at(fits.count());
        batches.push(batch);
        rest = after;
    }
    batches
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
