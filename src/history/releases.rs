//! Which releases held what: the tags of a repository as moments of a ledger.

use super::ledger::{Ledger, Moment, Tenure};
use crate::sources::Result;
use crate::sources::git::{CommitId, Repository};

/// The release tags of a repository.
#[derive(Debug, Clone, Default)]
pub struct Releases {
    /// The newest commit of the line that each tag contains, oldest first; of the same commit, by version.
    tags: Vec<(Moment, String)>,
    /// The commits of merged branches that have a tag of their own, likewise.
    of_branches: Vec<(Moment, String)>,
    /// The commits of merged branches, in order.
    merged: Vec<Moment>,
}

impl Releases {
    /// The tags that match one of `patterns` and have history in common with the ledger. A tag on a branch of its own
    /// holds what was there when the branch left the line.
    ///
    /// # Errors
    /// When the references or a commit cannot be read.
    pub fn read(repository: &Repository, ledger: &Ledger, patterns: &[String]) -> Result<Self> {
        let mut found = Vec::new();
        for pattern in patterns {
            for tag in repository.tags(pattern)? {
                if !found.contains(&tag) {
                    found.push(tag);
                }
            }
        }
        let moments = ledger.moments();
        let mut releases = Self::default();
        for tag in found {
            let on_line = |id: CommitId| moments.get(&id).filter(|at| !ledger.is_merged(**at));
            let own = moments.get(&tag.commit);
            if let Some(moment) = own.filter(|at| ledger.is_merged(**at)) {
                releases.of_branches.push((*moment, tag.name.clone()));
            }
            let (_, meets) = repository.first_parents(tag.commit, |id| on_line(id).is_some())?;
            if let Some(moment) = meets.and_then(on_line) {
                releases.tags.push((*moment, tag.name));
            }
        }
        // Stable, so that versions of the same commit stay in order.
        releases.tags.sort_by_key(|(moment, _)| *moment);
        releases.of_branches.sort_by_key(|(moment, _)| *moment);
        releases.merged = ledger.merged.clone();
        Ok(releases)
    }

    /// The first and the last release in which a number stood for this.
    pub fn of(&self, tenure: &Tenure) -> Option<(&str, &str)> {
        let is_over = |at: Moment| tenure.until.is_some_and(|(until, _)| until <= at);
        let tags = match self.merged.binary_search(&tenure.from) {
            Ok(_) => &self.of_branches,
            Err(_) => &self.tags,
        };
        let mut held = tags
            .iter()
            .filter(|(at, _)| tenure.from <= *at && !is_over(*at));
        let first = &held.next()?.1;
        let last = held.next_back().map_or(first, |(_, name)| name);
        Some((first, last))
    }
}
