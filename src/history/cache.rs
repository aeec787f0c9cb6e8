//! The ledger of the last run, kept in the git directory.
//!
//! It is only ever a shortcut: what cannot be read, is of another version or was written halfway is made anew, and what
//! cannot be written is not. It says which commits it knows, so it cannot be stale: commits that are gone from the line
//! are cut off, and new ones are appended.

use std::fs;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ledger::{Ledger, Reach};
use crate::sources::git::Repository;
use crate::sources::replace;

/// Says what the file is, and in which form. To be raised with any change of what is stored or of how it is found.
const fn header(reach: Reach) -> &'static [u8] {
    match reach {
        Reach::FirstParents => b"protogov history 3\n",
        Reach::All => b"protogov history of branches 3\n",
    }
}

/// Where the ledger of a repository is kept; all its working trees share it.
fn place(repository: &Repository, reach: Reach) -> PathBuf {
    repository.common_directory().join(match reach {
        Reach::FirstParents => "protogov/history",
        Reach::All => "protogov/history-all",
    })
}

/// Whether an earlier run kept the ledger of the first parents.
pub(super) fn is_there(repository: &Repository) -> bool {
    place(repository, Reach::FirstParents).is_file()
}

/// The ledger of an earlier run; an empty one where there is none that can be used.
pub(super) fn load(repository: &Repository, reach: Reach) -> Ledger {
    let read = || {
        let bytes = fs::read(place(repository, reach)).ok()?;
        let rest = bytes.strip_prefix(header(reach))?;
        let (sum, body) = rest.split_at_checked(SUM)?;
        // Whatever the bytes are, to decode them does no harm.
        let (is_whole, ledger) = rayon::join(|| Sha256::digest(body)[..] == *sum, || decode(body));
        ledger.filter(|_| is_whole)
    };
    read().unwrap_or_default()
}

/// Keeps a ledger for the next run. A repository that cannot be written to is no reason to fail.
pub(super) fn store(repository: &Repository, ledger: &Ledger, reach: Reach) {
    let path = place(repository, reach);
    if let (Some(directory), Ok(body)) = (path.parent(), encode(ledger)) {
        let content = [header(reach), &Sha256::digest(&body), &body].concat();
        if fs::create_dir_all(directory).is_ok() {
            let _ = replace::write(&path, &content);
        }
    }
}

/// Bytes of the sum over the rest.
const SUM: usize = 32;

/// How many entries of a long list are one part.
const PART: usize = 1024;

/// A ledger without its long lists, and how many bytes each part of them has. The parts follow: first of the records, then of
/// the paths. They are decoded side by side.
#[derive(Serialize, Deserialize)]
struct Contents {
    rest: Ledger,
    records: Vec<usize>,
    paths: Vec<usize>,
}

fn encode(ledger: &Ledger) -> postcard::Result<Vec<u8>> {
    let records = encode_parts(&ledger.records)?;
    let paths = encode_parts(&ledger.paths)?;
    let contents = Contents {
        rest: Ledger {
            line: ledger.line.clone(),
            merged: ledger.merged.clone(),
            details: ledger.details.clone(),
            records: Vec::new(),
            paths: Vec::new(),
            reuses: ledger.reuses.clone(),
            skipped: ledger.skipped.clone(),
            is_cut: ledger.is_cut,
        },
        records: records.iter().map(Vec::len).collect(),
        paths: paths.iter().map(Vec::len).collect(),
    };
    let mut body = postcard::to_stdvec(&contents)?;
    body.extend(records.into_iter().chain(paths).flatten());
    Ok(body)
}

fn encode_parts<T: Serialize>(list: &[T]) -> postcard::Result<Vec<Vec<u8>>> {
    list.chunks(PART).map(postcard::to_stdvec).collect()
}

fn decode(body: &[u8]) -> Option<Ledger> {
    let (contents, parts) = postcard::take_from_bytes::<Contents>(body).ok()?;
    let (records, parts) = split(parts, &contents.records)?;
    let (paths, end) = split(parts, &contents.paths)?;
    let (records, paths) = rayon::join(|| decode_parts(&records), || decode_parts(&paths));
    end.is_empty().then_some(Ledger {
        records: records?,
        paths: paths?,
        ..contents.rest
    })
}

/// Cuts parts of these lengths off; gives what follows them too.
fn split<'b>(mut bytes: &'b [u8], lengths: &[usize]) -> Option<(Vec<&'b [u8]>, &'b [u8])> {
    let mut parts = Vec::new();
    for &length in lengths {
        let (part, rest) = bytes.split_at_checked(length)?;
        parts.push(part);
        bytes = rest;
    }
    Some((parts, bytes))
}

fn decode_parts<T: DeserializeOwned + Send>(parts: &[&[u8]]) -> Option<Vec<T>> {
    let parts = parts.par_iter().map(|part| postcard::from_bytes(part).ok());
    let lists: Vec<Vec<T>> = parts.collect::<Option<_>>()?;
    Some(lists.into_iter().flatten().collect())
}
