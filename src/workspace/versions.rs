use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Root, imports};
use crate::sources::git::{Change, CommitId, Repository, RevisionTree, StagedTree, WorkTree};
use crate::sources::{Disk, Result, Selection, Tree};

/// Which version of a repository is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// What lies on disk.
    WorkingTree,
    /// What is staged for the next commit.
    Staged,
    /// A commit.
    Commit(CommitId),
}

/// The same import roots in two versions, and what differs between them.
#[derive(Debug)]
pub struct Versions {
    /// The roots as they were in the base.
    pub before: Vec<Root>,
    /// The roots as they are checked.
    pub after: Vec<Root>,
    /// The targets that differ, for each root.
    pub changes: Vec<Vec<Change>>,
}

impl Versions {
    /// Finds `roots` in the commit `base` and in what is checked. A root outside of the repository is the same in both.
    /// The same paths are asked for in both: today's configuration counts for the past too.
    ///
    /// # Errors
    /// When the index or an object cannot be read.
    pub fn new(
        roots: &[Root],
        repository: &Arc<Repository>,
        base: CommitId,
        checked: Checked,
    ) -> Result<Self> {
        let mut versions = Self {
            before: Vec::new(),
            after: Vec::new(),
            changes: Vec::new(),
        };
        for root in roots {
            let (before, after, changes) = match &root.disk {
                Some(disk) if repository.path_of(disk.real()).is_some() => {
                    versions_of(root, disk, repository, base, checked)?
                }
                _ => (Arc::clone(&root.tree), Arc::clone(&root.tree), Vec::new()),
            };
            versions.before.push(Root {
                tree: before,
                ..root.clone()
            });
            versions.after.push(Root {
                tree: after,
                ..root.clone()
            });
            versions.changes.push(changes);
        }
        Ok(versions)
    }

    /// Asks only for the targets that differ; they bring what they import. Nothing else can have changed by itself.
    #[must_use]
    pub fn narrowed(mut self) -> Self {
        for (index, changes) in self.changes.iter().enumerate() {
            let paths = changes.iter().map(|change| change.path.as_str());
            let only = (!changes.is_empty()).then(|| Selection::only(paths));
            for side in [&mut self.before, &mut self.after] {
                if let Some(root) = side.get_mut(index) {
                    root.targets.clone_from(&only);
                }
            }
        }
        self
    }

    /// How many targets differ.
    pub fn change_count(&self) -> usize {
        self.changes.iter().map(Vec::len).sum()
    }
}

type TwoTrees = (Arc<dyn Tree>, Arc<dyn Tree>, Vec<Change>);

fn versions_of(
    root: &Root,
    disk: &Disk,
    repository: &Arc<Repository>,
    base: CommitId,
    checked: Checked,
) -> Result<TwoTrees> {
    let prefix = repository.path_of(disk.real()).unwrap_or_default();
    let shown = disk.directory().to_string_lossy();
    let shown = shown.strip_prefix("./").unwrap_or(&shown);
    let before = RevisionTree::new(repository, base, &prefix, shown)?;
    let nothing = Selection::only([""; 0]);
    let targets = root.targets.as_ref().unwrap_or(&nothing);
    let (after, changes): (Arc<dyn Tree>, _) = match checked {
        Checked::WorkingTree => {
            let tree = WorkTree::open(repository, disk.directory())?;
            let changes = tree.changes_since(&before, targets)?;
            (Arc::new(tree), changes)
        }
        Checked::Staged => {
            let tree = StagedTree::new(repository, &prefix, shown)?;
            let changes = tree.changes_since(&before, targets)?;
            (Arc::new(tree), changes)
        }
        Checked::Commit(commit) => {
            let tree = RevisionTree::new(repository, commit, &prefix, shown)?;
            let changes = before.changes_to(&tree, targets)?;
            (Arc::new(tree), changes)
        }
    };
    Ok((Arc::new(before), after, changes))
}

/// The targets of `roots` that import one of the files named `changed`, directly or through public imports, as index of
/// the root and path. Every target is read, but only its imports are looked at.
///
/// # Errors
/// When a file cannot be read.
pub fn importers_of(roots: &[Root], changed: &[String]) -> Result<Vec<(usize, String)>> {
    let files = imports::of_targets(roots)?;
    let mut reached: FxHashSet<&str> = changed.iter().map(String::as_str).collect();
    let is_importer = |file: &imports::Imports, reached: &FxHashSet<&str>| {
        file.imports
            .iter()
            .any(|import| reached.contains(import.as_str()))
    };
    // What imports a file publicly passes it on.
    loop {
        let passing: Vec<&str> = files
            .par_iter()
            .filter(|file| {
                !reached.contains(file.path.as_str())
                    && file
                        .public_imports
                        .iter()
                        .any(|import| reached.contains(import.as_str()))
            })
            .map(|file| file.path.as_str())
            .collect();
        if passing.is_empty() {
            break;
        }
        reached.extend(passing);
    }
    let mut importers: Vec<(usize, String)> = files
        .par_iter()
        .filter(|file| is_importer(file, &reached))
        .map(|file| (file.root, file.path.clone()))
        .collect();
    importers.sort();
    Ok(importers)
}
