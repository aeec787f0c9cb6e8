//! A directory as it is staged for the next commit.

use std::sync::Arc;

use rayon::prelude::*;

use super::changes::Change;
use super::index::{Index, IndexEntry, under};
use super::tree::joined;
use super::{Repository, Result, RevisionTree, blob_id, git_error};
use crate::diagnostic::Diagnostic;
use crate::sources::{BlobId, Found, Selection, Tree};

/// A directory as it is staged for the next commit.
pub struct StagedTree {
    repository: Arc<Repository>,
    index: Index,
    prefix: String,
    shown: String,
}

impl StagedTree {
    /// The directory at `prefix`, counted from the top of the working tree. `shown` is put before the paths that are
    /// shown to the user.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn new(repository: &Arc<Repository>, prefix: &str, shown: &str) -> Result<Self> {
        Ok(Self {
            repository: Arc::clone(repository),
            index: Index::read(repository)?,
            prefix: prefix.trim_matches('/').to_owned(),
            shown: shown.to_owned(),
        })
    }

    /// The proto files that are staged otherwise than they are in `before`, sorted by path.
    ///
    /// # Errors
    /// When an object is missing.
    pub fn changes_since(
        &self,
        before: &RevisionTree,
        selection: &Selection,
    ) -> Result<Vec<Change>> {
        let changes = self.index.changes_since(before, &self.prefix)?;
        let mut changes: Vec<Change> = changes
            .into_values()
            .filter_map(|change| {
                let path = under(&change.path, &self.prefix)?.to_owned();
                selection.visits(&path).then_some(Change { path, ..change })
            })
            .collect();
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    fn entry(&self, path: &str) -> Option<&IndexEntry> {
        self.index.get(&joined(&self.prefix, path))
    }
}

impl Tree for StagedTree {
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic> {
        let visit = |entry: &IndexEntry| {
            let path = under(&entry.path, &self.prefix)?;
            if !selection.visits(path) {
                return None;
            }
            if entry.is_unmerged {
                return Some(unmerged(&self.shown(path)));
            }
            found(Found {
                path: path.to_owned(),
                blob: blob_id(&entry.id),
            });
            None
        };
        let entries = self.index.under(&self.prefix);
        entries.par_iter().filter_map(visit).collect()
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match self.entry(path) {
            Some(entry) => self.repository.read_entry(entry).map(Some),
            None => Ok(None),
        }
    }

    fn contains(&self, path: &str) -> bool {
        self.entry(path).is_some()
    }

    fn blob(&self, path: &str) -> Option<BlobId> {
        blob_id(&self.entry(path)?.id)
    }

    fn shown(&self, path: &str) -> String {
        joined(&self.shown, path)
    }

    fn describe(&self) -> String {
        match self.prefix.as_str() {
            "" => "the index".to_owned(),
            prefix => format!("{prefix} in the index"),
        }
    }
}

impl std::fmt::Debug for StagedTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StagedTree({})", self.describe())
    }
}

fn unmerged(shown: &str) -> Diagnostic {
    git_error(format!("`{shown}` has conflicts"))
        .with_reason("the index holds several versions of it, and none is what will be committed")
        .with_help("resolve them, then run `git add` on it")
}
