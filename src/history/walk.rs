//! From a repository to a ledger: the line of commits, what each changed, and the facts of each blob.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::append::{FileChange, FileFacts, Writer};
use super::facts::{self, TypeFacts};
use super::ledger::{CommitDetail, Ledger, Moment};
use crate::sources::git::{After, Change, CommitId, Repository};
use crate::sources::{BlobId, Result};

/// How many commits are looked at before what they changed is written down, so that a long history is never in memory
/// as a whole.
const BATCH: usize = 512;

/// Goes on with a ledger up to `head`. Where the ledger's line and that of `head` part, what comes after is dropped.
///
/// # Errors
/// When an object is missing or broken.
pub(super) fn extend(repository: &Repository, known: Ledger, head: CommitId) -> Result<Ledger> {
    let moments = known.moments();
    let (new, from) = repository.first_parents(head, |id| moments.contains_key(&id))?;
    let mut ledger = match from.and_then(|from| moments.get(&from)) {
        Some(_) if from == known.head() => known,
        Some(moment) => known.cut_after(*moment),
        None => Ledger::default(),
    };
    if from.is_none() {
        ledger.is_cut = match new.last() {
            Some(oldest) => repository.is_shallow() && repository.is_cut_at(*oldest)?,
            None => false,
        };
    }
    let mut walk = Walk {
        repository,
        writer: Writer::new(ledger),
        facts: FxHashMap::default(),
        shared: Shared::default(),
    };
    let mut before = from;
    let new: Vec<CommitId> = new.into_iter().rev().collect();
    for batch in new.chunks(BATCH) {
        walk.batch(before, batch)?;
        before = batch.last().copied();
    }
    Ok(walk.writer.finish())
}

/// The ledger of some files only. Where one of them came to be, the files that the same commit took away are followed
/// too, as far as they declared a type of the same name.
///
/// # Errors
/// When an object is missing or broken.
pub(super) fn of_files(
    repository: &Repository,
    head: CommitId,
    paths: &[String],
) -> Result<Ledger> {
    let (line, _) = repository.first_parents(head, |_| false)?;
    let is_cut = match line.last() {
        Some(oldest) => repository.is_shallow() && repository.is_cut_at(*oldest)?,
        None => false,
    };
    let line: Vec<CommitId> = line.into_iter().rev().collect();
    let mut paths: BTreeSet<String> = paths.iter().cloned().collect();
    let mut changes = Vec::new();
    for _ in 0..MOVES_FOLLOWED {
        changes = file_changes(repository, &line, &paths)?;
        let older = origins(repository, &line, &changes)?;
        let count = paths.len();
        paths.extend(older);
        if paths.len() == count {
            break;
        }
    }
    let mut walk = Walk {
        repository,
        writer: Writer::new(Ledger {
            is_cut,
            ..Ledger::default()
        }),
        facts: FxHashMap::default(),
        shared: Shared::default(),
    };
    for (commits, changes) in line.chunks(BATCH).zip(changes.chunks(BATCH)) {
        walk.read(changes)?;
        walk.write_all(commits, changes)?;
    }
    Ok(walk.writer.finish())
}

/// How often a file may have moved for its history to be followed.
const MOVES_FOLLOWED: usize = 8;

/// What each commit of a line did to some files; the oldest commit has all of them that it holds.
fn file_changes(
    repository: &Repository,
    line: &[CommitId],
    paths: &BTreeSet<String>,
) -> Result<Vec<Vec<Change>>> {
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let held: Vec<Vec<Vec<Option<BlobId>>>> = line
        .par_chunks(BATCH)
        .map(|commits| repository.blobs_at(commits, &paths))
        .collect::<Result<_>>()?;
    let nothing = vec![None; paths.len()];
    let held: Vec<Vec<Option<BlobId>>> = held.into_iter().flatten().collect();
    let before = std::iter::once(&nothing).chain(&held);
    let changes = before.zip(&held).map(|(before, after)| {
        let blobs = before.iter().zip(after).zip(&paths);
        blobs
            .filter(|((before, after), _)| before != after)
            .map(|((before, after), path)| Change {
                path: (*path).to_owned(),
                before: *before,
                after: after.map_or(After::Absent, After::Blob),
            })
            .collect()
    });
    Ok(changes.collect())
}

/// The files that went in the very commits in which others came to be, and that declared types of the same names.
fn origins(
    repository: &Repository,
    line: &[CommitId],
    changes: &[Vec<Change>],
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    // Before the first commit there is nothing to come from.
    for (commits, changes) in line.windows(2).zip(changes.iter().skip(1)) {
        let [parent, commit] = commits else { continue };
        let came = changes.iter().filter(|change| change.before.is_none());
        let mut names = FxHashSet::default();
        for change in came {
            names.extend(relative_names(repository, change.after)?);
        }
        if names.is_empty() {
            continue;
        }
        for gone in repository.proto_changes(Some(*parent), *commit)? {
            let (Some(before), After::Absent) = (gone.before, gone.after) else {
                continue;
            };
            let declared = relative_names(repository, After::Blob(before))?;
            if declared.iter().any(|name| names.contains(name)) {
                found.push(gone.path);
            }
        }
    }
    Ok(found)
}

/// The names, without the package, of the types that a blob declares.
fn relative_names(repository: &Repository, blob: After) -> Result<Vec<Box<str>>> {
    let After::Blob(blob) = blob else {
        return Ok(Vec::new());
    };
    let types = facts::of_file(repository.blob(blob)?).unwrap_or_default();
    let names = types
        .iter()
        .filter_map(|facts| facts.name.get(facts.package_length..));
    Ok(names.map(Box::from).collect())
}

struct Walk<'a> {
    repository: &'a Repository,
    writer: Writer,
    /// What each blob declares; none where it does not compile.
    facts: FxHashMap<BlobId, Option<FileFacts>>,
    shared: Shared,
}

impl Walk<'_> {
    /// Takes commits that follow each other, oldest first.
    fn batch(&mut self, before: Option<CommitId>, commits: &[CommitId]) -> Result<()> {
        let parents = before.into_iter().map(Some);
        let first = before.is_none().then_some(None);
        let parents = parents
            .chain(first)
            .chain(commits.iter().copied().map(Some));
        let pairs: Vec<(Option<CommitId>, CommitId)> =
            parents.zip(commits.iter().copied()).collect();
        let changes: Vec<Vec<Change>> = pairs
            .par_iter()
            .with_min_len(8)
            .map(|(parent, commit)| self.repository.proto_changes(*parent, *commit))
            .collect::<Result<_>>()?;
        self.read(&changes)?;
        self.write_all(commits, &changes)
    }

    fn write_all(&mut self, commits: &[CommitId], changes: &[Vec<Change>]) -> Result<()> {
        for (commit, changes) in commits.iter().zip(changes) {
            let moment = self.writer.pass(*commit);
            if !changes.is_empty() {
                self.write(moment, *commit, changes)?;
            }
        }
        Ok(())
    }

    /// Reads the blobs that are not known yet.
    fn read(&mut self, changes: &[Vec<Change>]) -> Result<()> {
        let mut wanted = FxHashSet::default();
        let mut missing = Vec::new();
        for change in changes.iter().flatten() {
            let after = match change.after {
                After::Blob(blob) => Some(blob),
                After::Absent | After::OnDisk => None,
            };
            for blob in after.into_iter().chain(self.writer.in_force(&change.path)) {
                if !self.facts.contains_key(&blob) && wanted.insert(blob) {
                    missing.push(blob);
                }
            }
        }
        let read: Vec<(BlobId, Option<FileFacts>)> = missing
            .into_par_iter()
            .with_min_len(4)
            .map(|blob| {
                let types = facts::of_file(self.repository.blob(blob)?);
                let share = |facts| self.shared.share(facts);
                Ok((
                    blob,
                    types.map(|types| types.into_iter().map(share).collect()),
                ))
            })
            .collect::<Result<_>>()?;
        self.facts.extend(read);
        Ok(())
    }

    fn write(&mut self, moment: Moment, commit: CommitId, changes: &[Change]) -> Result<()> {
        let mut skipped = 0;
        let mut compiled = Vec::new();
        for change in changes {
            let (blob, after) = match change.after {
                After::Absent | After::OnDisk => (None, FileFacts::default()),
                After::Blob(blob) => match self.facts.get(&blob) {
                    Some(Some(facts)) => (Some(blob), Arc::clone(facts)),
                    // What was in force stays so until a revision compiles again.
                    _ => {
                        skipped += 1;
                        continue;
                    }
                },
            };
            let before = self.writer.in_force(&change.path);
            let before = before.and_then(|before| self.facts.get(&before).cloned().flatten());
            compiled.push(FileChange {
                path: change.path.as_str().into(),
                before: before.unwrap_or_default(),
                after,
                blob,
            });
        }
        let commit = self.repository.commit(commit)?;
        let detail = CommitDetail {
            seconds: commit.seconds,
            author: commit.author,
        };
        self.writer.write(moment, detail, &compiled, skipped);
        Ok(())
    }
}

/// Each distinct type is kept once: most revisions of a file change one of its types.
#[derive(Default)]
struct Shared {
    types: [Mutex<HashTable<Arc<TypeFacts>>>; 16],
}

impl Shared {
    fn share(&self, facts: TypeFacts) -> Arc<TypeFacts> {
        let hash = |facts: &TypeFacts| FxBuildHasher.hash_one(facts);
        let own = hash(&facts);
        let Some(part) = self.types.get((own >> 32) as usize % self.types.len()) else {
            return Arc::new(facts);
        };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let known = part.find(own, |known| **known == facts);
        if let Some(known) = known {
            return Arc::clone(known);
        }
        let facts = Arc::new(facts);
        part.insert_unique(own, Arc::clone(&facts), |facts| hash(facts));
        facts
    }
}
