//! From a repository to a ledger: the line of commits, what each changed, and the facts of each blob.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::append::{FileChange, FileFacts, Writer};
use super::branches::MergedFile;
use super::facts::{self, TypeFacts};
use super::ledger::{CommitDetail, Ledger, Moment, Reach};
use crate::sources::git::{After, Change, CommitId, Merged, Repository};
use crate::sources::{BlobId, Result};

/// How many commits are looked at before what they changed is written down, so that a long history is never in memory
/// as a whole.
const BATCH: usize = 512;

/// Goes on with a ledger of the same reach up to `head`. Where the ledger's line and that of `head` part, what comes after is
/// dropped.
///
/// # Errors
/// When an object is missing or broken.
pub(super) fn extend(
    repository: &Repository,
    known: Ledger,
    head: CommitId,
    reach: Reach,
) -> Result<Ledger> {
    let mut moments = known.moments();
    moments.retain(|_, moment| !known.is_merged(*moment));
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
    let new: Vec<CommitId> = new.into_iter().rev().collect();
    let branches = match reach {
        Reach::FirstParents => vec![Vec::new(); new.len()],
        Reach::All => {
            let known: FxHashSet<CommitId> = ledger.line.iter().copied().collect();
            repository.merged(&new, |id| known.contains(&id))?
        }
    };
    for merged in branches.iter().flatten().filter(|one| one.parent.is_none()) {
        ledger.is_cut |= repository.is_shallow() && repository.is_cut_at(merged.id)?;
    }
    let mut walk = Walk::new(repository, ledger);
    let mut before = from;
    for (batch, branches) in new.chunks(BATCH).zip(branches.chunks(BATCH)) {
        walk.batch(before, batch, branches)?;
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
    let known = Ledger {
        is_cut,
        ..Ledger::default()
    };
    let mut walk = Walk::new(repository, known);
    for (commits, changes) in line.chunks(BATCH).zip(changes.chunks(BATCH)) {
        walk.read(changes.iter().flatten())?;
        for (commit, changes) in commits.iter().zip(changes) {
            let moment = walk.writer.pass(*commit);
            if !changes.is_empty() {
                walk.write(moment, *commit, changes)?;
            }
        }
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

impl<'a> Walk<'a> {
    fn new(repository: &'a Repository, ledger: Ledger) -> Self {
        Self {
            repository,
            writer: Writer::new(ledger),
            facts: FxHashMap::default(),
            shared: Shared::default(),
        }
    }

    /// Takes commits that follow each other, oldest first, each with the branches that it merged.
    fn batch(
        &mut self,
        before: Option<CommitId>,
        commits: &[CommitId],
        branches: &[Vec<Merged>],
    ) -> Result<()> {
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
        let on_branches: Vec<Vec<Vec<Change>>> = branches
            .par_iter()
            .map(|branch| self.changes_on(branch))
            .collect::<Result<_>>()?;
        self.read(changes.iter().chain(on_branches.iter().flatten()).flatten())?;
        for (at, commit) in commits.iter().enumerate() {
            let none = Vec::new();
            let branch = branches.get(at).unwrap_or(&none);
            let merged = self.pass_branch(branch, on_branches.get(at).into_iter().flatten())?;
            let moment = self.writer.pass(*commit);
            let changes = changes.get(at).map_or(&[][..], Vec::as_slice);
            if !changes.is_empty() || !merged.is_empty() {
                self.write(moment, *commit, changes)?;
            }
            self.writer.merge(moment, &merged);
        }
        Ok(())
    }

    /// What each commit of a branch changed.
    fn changes_on(&self, branch: &[Merged]) -> Result<Vec<Vec<Change>>> {
        let commits = branch.iter();
        commits
            .map(|merged| self.repository.proto_changes(merged.parent, merged.id))
            .collect()
    }

    /// Takes the commits of a branch; gives what they declare in the files that they change.
    fn pass_branch<'c>(
        &mut self,
        branch: &[Merged],
        changes: impl Iterator<Item = &'c Vec<Change>>,
    ) -> Result<Vec<MergedFile>> {
        let mut files = Vec::new();
        for (merged, changes) in branch.iter().zip(changes) {
            let moment = self.writer.pass_merged(merged.id);
            if changes.is_empty() {
                continue;
            }
            self.writer.tell(moment, self.detail(merged.id)?);
            for change in changes {
                let after = match change.after {
                    After::Absent | After::OnDisk => Some(FileFacts::default()),
                    After::Blob(blob) => self.facts.get(&blob).cloned().flatten(),
                };
                // What does not compile says nothing.
                let Some(facts) = after else { continue };
                let before = change
                    .before
                    .and_then(|blob| self.facts.get(&blob))
                    .cloned();
                files.push(MergedFile {
                    moment,
                    path: change.path.as_str().into(),
                    before: before.flatten().unwrap_or_default(),
                    facts,
                });
            }
        }
        Ok(files)
    }

    fn detail(&self, commit: CommitId) -> Result<CommitDetail> {
        let commit = self.repository.commit(commit)?;
        Ok(CommitDetail {
            seconds: commit.seconds,
            author: commit.author,
        })
    }

    /// Reads the blobs that are not known yet.
    fn read<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) -> Result<()> {
        let mut wanted = FxHashSet::default();
        let mut missing = Vec::new();
        for change in changes {
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
        self.writer.tell(moment, self.detail(commit)?);
        self.writer.write(moment, &compiled, skipped);
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
