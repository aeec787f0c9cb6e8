//! Commits in the order of their history.

use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::{CommitId, Repository, Result, git_error, reason};

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
            Box::new(git_error(format!(
                "commit {} cannot be read: {}",
                id.short(),
                reason(&error)
            )))
        })
    }

    /// The commits that `head` stands on and itself, newest first; with `first_parent` only the line of first parents.
    /// In a shallow clone they end where the history was cut off.
    ///
    /// # Errors
    /// When a commit is missing or broken.
    pub fn ancestors(&self, head: CommitId, first_parent: bool) -> Result<Vec<CommitId>> {
        let walk = || {
            self.with(|repository| -> gix::Result<Vec<CommitId>> {
                let walk = repository
                    .rev_walk([head.0])
                    .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst));
                let walk = if first_parent {
                    walk.first_parent_only()
                } else {
                    walk
                };
                walk.all()?.map(|commit| Ok(CommitId(commit?.id))).collect()
            })
        };
        walk().map_err(|error| {
            Box::new(git_error(format!(
                "the history of {} cannot be read: {}",
                head.short(),
                reason(&error)
            )))
        })
    }
}
