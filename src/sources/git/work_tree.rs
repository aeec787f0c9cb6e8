//! The working tree: the files on disk, and what the index knows of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;
use rayon::prelude::*;

use super::changes::{After, Change};
use super::index::{Index, IndexEntry, under};
use super::tree::joined;
use super::{Repository, Result, RevisionTree, blob_id, git_error};
use crate::diagnostic::Diagnostic;
use crate::sources::{BlobId, Disk, Found, Selection, Tree};

/// A directory of a working tree. A file that a sparse checkout leaves out is read from the index, and the identity of
/// a file that did not change since git last looked at it is known.
#[derive(Debug)]
pub struct WorkTree {
    repository: Arc<Repository>,
    disk: Disk,
    index: Arc<Index>,
    /// The directory's path from the top of the working tree.
    prefix: String,
}

impl WorkTree {
    /// Takes a directory in the working tree of `repository`; its spelling is kept for what is shown to the user.
    ///
    /// # Errors
    /// When there is none, or it lies outside, or the index cannot be read.
    pub fn open(repository: &Arc<Repository>, directory: impl Into<PathBuf>) -> Result<Self> {
        let disk = Disk::open(directory)?;
        let Some(prefix) = repository.path_of(disk.real()) else {
            return Err(git_error(format!(
                "`{}` is not in the working tree of the git repository",
                disk.describe()
            ))
            .with_help("give a directory of the repository, or a directory as baseline"));
        };
        Ok(Self {
            index: Arc::new(Index::read(repository)?),
            repository: Arc::clone(repository),
            disk,
            prefix,
        })
    }

    /// The proto files on disk that are not as they are in `before`, sorted by path. A file is only read when its size
    /// or times are not those that the index knows.
    ///
    /// # Errors
    /// When an object is missing.
    pub fn changes_since(
        &self,
        before: &RevisionTree,
        selection: &Selection,
    ) -> Result<Vec<Change>> {
        let staged = self.index.changes_since(before, &self.prefix)?;
        let seen: Vec<AtomicBool> = self.index.entries.iter().map(|_| false.into()).collect();
        let unclean = Mutex::new(Vec::new());
        self.disk.visit(selection, &|found| {
            let path = joined(&self.prefix, &found.path);
            let entry = self.index.position(&path);
            if let Some(seen) = entry.and_then(|at| seen.get(at)) {
                seen.store(true, Ordering::Relaxed);
            }
            let entry = entry.and_then(|at| self.index.entries.get(at));
            if !entry.is_some_and(|entry| self.is_clean(entry, &found.path)) {
                let id = self.id_on_disk(&found.path);
                let mut unclean = unclean.lock().unwrap_or_else(PoisonError::into_inner);
                unclean.push((path, entry.map(|entry| entry.id), id));
            }
        });
        let mut changes: BTreeMap<String, Change> = staged
            .into_iter()
            .filter(|(path, _)| self.is_meant(path, selection))
            .collect();
        for (path, staged, on_disk) in unclean.into_inner().unwrap_or_else(PoisonError::into_inner)
        {
            let before = before_of(&changes, &path, staged);
            let id = on_disk.and_then(|id| blob_id(&id));
            if id.is_some() && id == before {
                changes.remove(&path);
                continue;
            }
            let after = match id {
                Some(id) if on_disk == staged => After::Blob(id),
                _ => After::OnDisk,
            };
            let change = Change {
                path: path.clone(),
                before,
                after,
            };
            changes.insert(path, change);
        }
        for (entry, seen) in self.index.entries.iter().zip(seen) {
            let is_there = seen.into_inner()
                || entry.is_sparse
                || entry.is_link && self.disk.contains(&self.path_in(entry));
            if !is_there && self.is_meant(&entry.path, selection) {
                let before = before_of(&changes, &entry.path, Some(entry.id));
                changes.remove(&entry.path);
                if before.is_some() {
                    let change = Change {
                        path: entry.path.clone(),
                        before,
                        after: After::Absent,
                    };
                    changes.insert(entry.path.clone(), change);
                }
            }
        }
        let relative = |change: Change| Change {
            path: under(&change.path, &self.prefix)
                .unwrap_or_default()
                .to_owned(),
            ..change
        };
        Ok(changes.into_values().map(relative).collect())
    }

    fn is_meant(&self, path: &str, selection: &Selection) -> bool {
        under(path, &self.prefix).is_some_and(|path| selection.visits(path))
    }

    fn path_in(&self, entry: &IndexEntry) -> String {
        under(&entry.path, &self.prefix)
            .unwrap_or_default()
            .to_owned()
    }

    fn is_clean(&self, entry: &IndexEntry, path: &str) -> bool {
        self.index.is_clean(entry, &self.disk.real().join(path))
    }

    fn id_on_disk(&self, path: &str) -> Option<ObjectId> {
        let bytes = self.disk.read_found(path).ok()??;
        let hash = self.repository.with(|handle| handle.object_hash());
        gix::objs::compute_hash(hash, Kind::Blob, &bytes).ok()
    }

    fn entry(&self, path: &str) -> Option<&IndexEntry> {
        self.index.get(&joined(&self.prefix, path))
    }

    /// The entry of a file that is not on disk because of a sparse checkout.
    fn sparse_entry(&self, path: &str) -> Option<&IndexEntry> {
        self.entry(path).filter(|entry| entry.is_sparse)
    }
}

impl Tree for WorkTree {
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic> {
        let problems = self.disk.visit(selection, &|file| {
            let blob = self.blob(&file.path);
            found(Found { blob, ..file });
        });
        self.index.under(&self.prefix).par_iter().for_each(|entry| {
            let path = self.path_in(entry);
            if entry.is_sparse && selection.visits(&path) && !self.disk.contains(&path) {
                found(Found {
                    path,
                    blob: blob_id(&entry.id),
                });
            }
        });
        problems
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match (self.disk.read(path)?, self.sparse_entry(path)) {
            (None, Some(entry)) => self.repository.read_entry(entry).map(Some),
            (bytes, _) => Ok(bytes),
        }
    }

    fn contains(&self, path: &str) -> bool {
        self.disk.contains(path) || self.sparse_entry(path).is_some()
    }

    fn blob(&self, path: &str) -> Option<BlobId> {
        let entry = self.entry(path)?;
        let is_known = !entry.is_link
            && (self.is_clean(entry, path) || entry.is_sparse && !self.disk.contains(path));
        is_known.then(|| blob_id(&entry.id)).flatten()
    }

    fn shown(&self, path: &str) -> String {
        self.disk.shown(path)
    }

    fn describe(&self) -> String {
        self.disk.describe()
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} proto files)", self.entries.len())
    }
}

/// What a file was before: what the change says, or else what is staged, since that did not change.
fn before_of(
    changes: &BTreeMap<String, Change>,
    path: &str,
    staged: Option<ObjectId>,
) -> Option<BlobId> {
    match changes.get(path) {
        Some(change) => change.before,
        None => staged.and_then(|id| blob_id(&id)),
    }
}
