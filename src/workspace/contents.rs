//! What a load depends on, as one number: whether two loads give the same files is told without parsing any.
//!
//! It depends on the targets, on the imports that are no targets (those that are nowhere too), and on what the walk
//! has to say. The names of the imports have to be known from an earlier load: they are the same as long as no file has
//! changed.

use std::sync::Mutex;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::{Loaded, Root};
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::Role;
use crate::sources::well_known;

/// What a load read. It tells changes apart, not attackers: the digest is XXH3's of 128 bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Equal for loads from the same roots that give the same files.
    pub digest: u128,
    /// What is imported and no target, by name, sorted.
    pub imports: Vec<String>,
}

impl Contents {
    /// What was read. `None` where something could not be: what is wrong with the disk is found out anew each time.
    pub fn of(loaded: &Loaded) -> Option<Self> {
        let files = loaded.files.par_iter();
        let mut parts: Vec<u128> = files
            .map(|loaded| {
                let source = loaded.file.source();
                let is_target = loaded.role == Role::Target;
                file(is_target, source.name(), source.path(), source.bytes())
            })
            .collect();
        if let Some(descriptor) = &loaded.descriptor {
            let source = descriptor.file.source();
            parts.push(file(false, source.name(), source.path(), source.bytes()));
        }
        parts.extend(problems(&loaded.problems)?);
        let imported = loaded.files.iter().filter(|file| file.role != Role::Target);
        let mut imports: Vec<String> = imported
            .chain(&loaded.descriptor)
            .map(|loaded| &loaded.file)
            .map(|file| file.source().name().to_owned())
            .collect();
        let mut missing: Vec<&str> = (loaded.missing.iter())
            .map(|missing| missing.name.as_str())
            .collect();
        missing.sort_unstable();
        missing.dedup();
        parts.extend(missing.iter().map(|name| absent(name)));
        imports.extend(missing.into_iter().map(str::to_owned));
        imports.sort_unstable();
        Some(Self {
            digest: whole(parts),
            imports,
        })
    }

    /// Whether a load from these roots would read the same now. Every byte is read, none is kept.
    pub fn are_in(&self, roots: &[Root]) -> bool {
        digest(roots, &self.imports) == Some(self.digest)
    }
}

fn digest(roots: &[Root], imports: &[String]) -> Option<u128> {
    // `None` where a file cannot be read or is shadowed: that is an error, which is no part of any digest.
    let parts: Mutex<Vec<Option<u128>>> = Mutex::default();
    let push = |part| {
        if let Ok(mut parts) = parts.lock() {
            parts.push(part);
        }
    };
    let visits: Vec<Vec<Diagnostic>> = (roots.par_iter().enumerate())
        .filter_map(|(index, root)| {
            let earlier = roots.get(..index).unwrap_or_default();
            Some(root.tree.visit(root.targets.as_ref()?, &|found| {
                let path = found.path.as_str();
                let is_shadowed = earlier.iter().any(|root| root.tree.contains(path));
                let bytes = root.tree.read_found(path).ok().flatten();
                let bytes = bytes.filter(|_| !is_shadowed);
                push(bytes.map(|bytes| file(true, path, &root.tree.shown(path), &bytes)));
            }))
        })
        .collect();
    let imported: Vec<Option<u128>> = imports.par_iter().map(|name| import(roots, name)).collect();
    let mut parts = parts.into_inner().ok()?;
    parts.extend(imported);
    let mut parts = parts.into_iter().collect::<Option<Vec<u128>>>()?;
    parts.extend(problems(&visits.concat())?);
    Some(whole(parts))
}

/// What an import is now; `None` where it cannot be read.
fn import(roots: &[Root], name: &str) -> Option<u128> {
    for root in roots {
        if let Some(bytes) = root.tree.read(name).ok()? {
            return Some(file(false, name, &root.tree.shown(name), &bytes));
        }
    }
    Some(match well_known::text(name) {
        Some(text) => file(false, name, name, text.as_bytes()),
        None => absent(name),
    })
}

fn file(is_target: bool, name: &str, path: &str, bytes: &[u8]) -> u128 {
    let content = xxh3_128(bytes);
    part(u8::from(is_target), &[name, path], content)
}

fn absent(name: &str) -> u128 {
    part(2, &[name], 0)
}

/// What the walk has to say; `None` where that is an error.
fn problems(problems: &[Diagnostic]) -> Option<Vec<u128>> {
    let is_harmless = |problem: &Diagnostic| problem.severity < Severity::Error;
    let part = |problem: &Diagnostic| is_harmless(problem).then(|| part(3, &[&problem.message], 0));
    problems.iter().map(part).collect()
}

fn part(kind: u8, texts: &[&str], content: u128) -> u128 {
    let mut bytes = vec![kind];
    bytes.extend_from_slice(&content.to_le_bytes());
    for text in texts {
        bytes.extend_from_slice(&text.len().to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    xxh3_128(&bytes)
}

/// The digest of parts in any order.
fn whole(mut parts: Vec<u128>) -> u128 {
    parts.sort_unstable();
    let bytes: Vec<u8> = parts.into_iter().flat_map(u128::to_le_bytes).collect();
    xxh3_128(&bytes)
}
