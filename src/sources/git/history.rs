//! Commits in the order of their history, and what each changed.

use std::cmp::Ordering;

use gix::ObjectId;
use gix::objs::tree::EntryRef;
use gix::objs::{Kind, TreeRefIter};
use rustc_hash::{FxHashMap, FxHashSet};

use super::changes::{After, Change};
use super::{CommitId, Repository, Result, blob_id, git_error, reason};
use crate::sources::{BlobId, is_proto};

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// The commits it stands on; those that a shallow clone has cut off are left out.
    pub parents: Vec<CommitId>,
    /// When it was committed, in seconds since 1970 UTC.
    pub seconds: i64,
    /// Its author's name.
    pub author: String,
    /// The first line of its message.
    pub summary: String,
}

/// A commit of a branch that was merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Its id.
    pub id: CommitId,
    /// The first commit it stands on.
    pub parent: Option<CommitId>,
}

/// What is left to do on a walk over commits.
enum Step {
    /// To look at what a commit stands on.
    Visit(CommitId),
    /// To name a commit, since all that it stands on is named.
    Done(Merged),
}

impl Repository {
    /// What is known of a commit.
    ///
    /// # Errors
    /// When it is missing or broken.
    pub fn commit(&self, id: CommitId) -> Result<Commit> {
        let read = || {
            self.with(|repository| -> gix::Result<Commit> {
                let commit = repository.find_commit(id.0)?;
                let decoded = commit.decode()?;
                let author = decoded.author()?.name.to_string();
                let summary = commit.message()?.summary().to_string();
                let cut = repository.shallow_commits()?;
                let is_cut = cut.is_some_and(|cut| cut.binary_search(&id.0).is_ok());
                let parents = commit.parent_ids().map(|id| CommitId(id.detach()));
                Ok(Commit {
                    id,
                    parents: if is_cut {
                        Vec::new()
                    } else {
                        parents.collect()
                    },
                    seconds: commit.time()?.seconds,
                    author,
                    summary,
                })
            })
        };
        read().map_err(|error| {
            git_error(format!(
                "commit {} cannot be read: {}",
                id.short(),
                reason(&error)
            ))
        })
    }

    /// The line of first parents from `head` back to the first commit that `is_known`, newest first, without that one;
    /// and that one. Without a known commit it goes back to the first commit, or to where a shallow clone was cut off.
    ///
    /// # Errors
    /// When a commit is missing or broken.
    pub fn first_parents(
        &self,
        head: CommitId,
        is_known: impl Fn(CommitId) -> bool,
    ) -> Result<(Vec<CommitId>, Option<CommitId>)> {
        let walk = || {
            self.with(|repository| -> gix::Result<_> {
                let cut = repository.shallow_commits()?;
                let is_cut = |id: &ObjectId| {
                    cut.as_ref()
                        .is_some_and(|cut| cut.binary_search(id).is_ok())
                };
                let mut line = Vec::new();
                let mut next = Some(head.0);
                while let Some(id) = next {
                    if is_known(CommitId(id)) {
                        return Ok((line, Some(CommitId(id))));
                    }
                    line.push(CommitId(id));
                    let commit = repository.find_commit(id)?;
                    let parent = commit.parent_ids().next().map(gix::Id::detach);
                    next = parent.filter(|_| !is_cut(&id));
                }
                Ok((line, None))
            })
        };
        walk().map_err(|error| {
            git_error(format!(
                "the history of {} cannot be read: {}",
                head.short(),
                reason(&error)
            ))
        })
    }

    /// What each commit of a line merged into it: the commits of its other parents that are not on the line, are not
    /// known and were not merged before, those that others stand on first. `line` is oldest first.
    ///
    /// # Errors
    /// When a commit is missing or broken.
    pub fn merged(
        &self,
        line: &[CommitId],
        is_known: impl Fn(CommitId) -> bool,
    ) -> Result<Vec<Vec<Merged>>> {
        let mut seen: FxHashSet<CommitId> = line.iter().copied().collect();
        let mut branches = Vec::with_capacity(line.len());
        for commit in line {
            let mut branch = Vec::new();
            let parents = self.parents(*commit)?;
            let others = parents.into_iter().skip(1).rev();
            let mut open: Vec<Step> = others.map(Step::Visit).collect();
            while let Some(step) = open.pop() {
                match step {
                    Step::Done(merged) => branch.push(merged),
                    Step::Visit(id) if is_known(id) || !seen.insert(id) => {}
                    Step::Visit(id) => {
                        let parents = self.parents(id)?;
                        let parent = parents.first().copied();
                        open.push(Step::Done(Merged { id, parent }));
                        open.extend(parents.into_iter().rev().map(Step::Visit));
                    }
                }
            }
            branches.push(branch);
        }
        Ok(branches)
    }

    /// The commits that a commit stands on; none where a shallow clone has cut them off.
    fn parents(&self, id: CommitId) -> Result<Vec<CommitId>> {
        let read = || {
            self.with(|repository| -> gix::Result<_> {
                let cut = repository.shallow_commits()?;
                if cut.is_some_and(|cut| cut.binary_search(&id.0).is_ok()) {
                    return Ok(Vec::new());
                }
                let commit = repository.find_commit(id.0)?;
                Ok(commit
                    .parent_ids()
                    .map(|id| CommitId(id.detach()))
                    .collect())
            })
        };
        read().map_err(|error| {
            git_error(format!(
                "commit {} cannot be read: {}",
                id.short(),
                reason(&error)
            ))
        })
    }

    /// Whether a shallow clone has cut off the parents of a commit.
    ///
    /// # Errors
    /// When the list of such commits cannot be read.
    pub fn is_cut_at(&self, commit: CommitId) -> Result<bool> {
        let cut = self.with(|repository| {
            let cut = repository.shallow_commits()?;
            Ok(cut.is_some_and(|cut| cut.binary_search(&commit.0).is_ok()))
        });
        cut.map_err(|error: gix::Error| {
            git_error(format!(
                "it cannot be told where the shallow clone ends: {}",
                reason(&error)
            ))
        })
    }

    /// The proto files that differ between two commits, sorted as git sorts; with no commit before, all of `after`.
    /// Symbolic links and submodules are not followed.
    ///
    /// Unlike [`RevisionTree::changes_to`](super::RevisionTree::changes_to) this keeps no tree in memory, so that a
    /// long history can be walked.
    ///
    /// # Errors
    /// When an object is missing or broken.
    pub fn proto_changes(&self, before: Option<CommitId>, after: CommitId) -> Result<Vec<Change>> {
        let before = before.map(|commit| self.tree_of(commit)).transpose()?;
        let after = self.tree_of(after)?;
        let mut changes = Vec::new();
        self.compare(before, Some(after), "", &mut changes)?;
        Ok(changes)
    }

    fn compare(
        &self,
        before: Option<ObjectId>,
        after: Option<ObjectId>,
        directory: &str,
        changes: &mut Vec<Change>,
    ) -> Result<()> {
        if before == after {
            return Ok(());
        }
        let data = |id: Option<ObjectId>| id.map(|id| self.object(id, Kind::Tree)).transpose();
        let (old, new) = (data(before)?, data(after)?);
        let kind = before
            .or(after)
            .map_or(gix::hash::Kind::Sha1, |id| id.kind());
        let old = entries(&old, kind)?;
        let new = entries(&new, kind)?;
        let mut old = old.iter().peekable();
        let mut new = new.iter().peekable();
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(a), Some(b)) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return Ok(()),
            };
            let a = (order != Ordering::Greater).then(|| old.next()).flatten();
            let b = (order != Ordering::Less).then(|| new.next()).flatten();
            let Some(entry) = a.or(b) else { return Ok(()) };
            if a.map(|entry| entry.oid) == b.map(|entry| entry.oid) {
                continue;
            }
            let Ok(name) = std::str::from_utf8(entry.filename) else {
                continue;
            };
            let id = |entry: Option<&EntryRef<'_>>| entry.map(|entry| entry.oid.to_owned());
            if entry.mode.is_tree() {
                let path = super::tree::joined(directory, name);
                self.compare(id(a), id(b), &path, changes)?;
            } else if is_proto(name) {
                let blob = |entry: Option<&EntryRef<'_>>| {
                    let entry = entry.filter(|entry| entry.mode.is_blob())?;
                    blob_id(entry.oid)
                };
                let (old, new) = (blob(a), blob(b));
                if old != new {
                    changes.push(Change {
                        path: super::tree::joined(directory, name),
                        before: old,
                        after: new.map_or(After::Absent, After::Blob),
                    });
                }
            }
        }
    }

    /// The blob at each of `paths` in each of `commits`, which are best neighbours in a history: what a commit has in
    /// common with the one before is not read again.
    ///
    /// # Errors
    /// When an object is missing or broken.
    pub fn blobs_at(
        &self,
        commits: &[CommitId],
        paths: &[&str],
    ) -> Result<Vec<Vec<Option<BlobId>>>> {
        let mut known = FxHashMap::default();
        let mut held = Vec::with_capacity(commits.len());
        for commit in commits {
            let root = self.tree_of(*commit)?;
            let mut blobs = Vec::with_capacity(paths.len());
            for path in paths {
                blobs.push(self.blob_at(root, path, &mut known)?);
            }
            held.push(blobs);
        }
        Ok(held)
    }

    /// The blob at a path below a tree; `known` remembers what was found below the trees seen so far.
    fn blob_at<'p>(
        &self,
        tree: ObjectId,
        path: &'p str,
        known: &mut FxHashMap<(ObjectId, &'p str), Option<BlobId>>,
    ) -> Result<Option<BlobId>> {
        if let Some(blob) = known.get(&(tree, path)) {
            return Ok(*blob);
        }
        let (name, rest) = match path.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let data = Some(self.object(tree, Kind::Tree)?);
        let entry = entries(&data, tree.kind())?
            .into_iter()
            .find(|entry| entry.filename == name.as_bytes())
            .map(|entry| (entry.mode, entry.oid.to_owned()));
        let blob = match (entry, rest) {
            (Some((mode, id)), Some(rest)) if mode.is_tree() => self.blob_at(id, rest, known)?,
            (Some((mode, id)), None) if mode.is_blob() => blob_id(&id),
            _ => None,
        };
        known.insert((tree, path), blob);
        Ok(blob)
    }

    /// The content of a blob.
    ///
    /// # Errors
    /// When it is missing or broken.
    pub fn blob(&self, id: BlobId) -> Result<Vec<u8>> {
        let id = ObjectId::try_from(id.as_bytes())
            .map_err(|error| git_error(format!("{id} is no object id: {error}")))?;
        self.object(id, Kind::Blob)
    }
}

/// The entries of a tree, in git's order; none where there is no tree.
fn entries(data: &Option<Vec<u8>>, kind: gix::hash::Kind) -> Result<Vec<EntryRef<'_>>> {
    TreeRefIter::from_bytes(data.as_deref().unwrap_or_default(), kind)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| git_error(format!("a tree cannot be read: {error}")))
}
