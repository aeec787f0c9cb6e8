//! A version of a directory of a repository.

use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;
use rayon::Scope;

use super::objects::{Entry, EntryKind, Node};
use super::{CommitId, Repository, Result, blob_id};
use crate::diagnostic::Diagnostic;
use crate::sources::{BlobId, Found, Selection, Tree, is_proto};

/// A directory of a repository as it was in a commit.
#[derive(Debug, Clone)]
pub struct RevisionTree {
    repository: Arc<Repository>,
    /// The root tree of the commit.
    top: ObjectId,
    /// The directory's path from there, empty for the top itself.
    prefix: String,
    shown: String,
    description: String,
}

impl RevisionTree {
    /// The directory at `prefix`, counted from the top of the repository, in that commit. Where the commit has no such
    /// directory the tree is empty. `shown` is put before the paths that are shown to the user.
    ///
    /// # Errors
    /// When the commit is missing.
    pub fn new(
        repository: &Arc<Repository>,
        commit: CommitId,
        prefix: &str,
        shown: &str,
    ) -> Result<Self> {
        let prefix = prefix.trim_matches('/');
        Ok(Self {
            repository: Arc::clone(repository),
            top: repository.tree_of(commit)?,
            prefix: prefix.to_owned(),
            shown: shown.to_owned(),
            description: match prefix {
                "" => commit.short(),
                prefix => format!("{prefix} at {}", commit.short()),
            },
        })
    }

    /// What the tree's own directory stands for.
    pub(super) fn root(&self) -> Result<Option<Node>> {
        self.repository.lookup(self.top, &self.prefix)
    }

    /// What a path in the tree stands for.
    pub(super) fn node(&self, path: &str) -> Result<Option<Node>> {
        if !crate::sources::disk::is_plain(path) {
            return Ok(None);
        }
        let path = joined(&self.prefix, path);
        self.repository.lookup(self.top, &path)
    }

    fn blob_node(&self, path: &str) -> Result<Option<Node>> {
        let node = self.node(path)?;
        Ok(node.filter(|node| node.kind == EntryKind::Blob))
    }
}

impl Tree for RevisionTree {
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic> {
        let walk = Walk {
            tree: self,
            selection,
            found,
            problems: Mutex::default(),
        };
        match self.root().and_then(|root| match root {
            Some(root) => root.as_tree(),
            None => Ok(None),
        }) {
            Ok(Some(root)) => rayon::scope(|scope| walk.directory(scope, root, String::new())),
            Ok(None) => {}
            Err(problem) => walk.report(problem),
        }
        let mut problems = walk.problems.into_inner().unwrap_or_default();
        problems.sort_by(|a, b| a.message.cmp(&b.message));
        problems
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let Some(node) = self.blob_node(path)? else {
            return Ok(None);
        };
        match node.repository.object(node.id, Kind::Blob) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(mut problem) => {
                problem.message = format!("`{}`: {}", self.shown(path), problem.message);
                Err(problem)
            }
        }
    }

    fn contains(&self, path: &str) -> bool {
        matches!(self.blob_node(path), Ok(Some(_)))
    }

    fn blob(&self, path: &str) -> Option<BlobId> {
        blob_id(&self.blob_node(path).ok()??.id)
    }

    fn shown(&self, path: &str) -> String {
        joined(&self.shown, path)
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

/// One visit of a tree.
struct Walk<'a> {
    tree: &'a RevisionTree,
    selection: &'a Selection,
    found: &'a (dyn Fn(Found) + Sync),
    problems: Mutex<Vec<Diagnostic>>,
}

impl Walk<'_> {
    fn directory<'scope>(&'scope self, scope: &Scope<'scope>, directory: Node, path: String) {
        let entries = match directory.repository.tree(directory.id) {
            Ok(entries) => entries,
            Err(problem) => return self.report(problem),
        };
        for entry in entries.iter() {
            self.entry(scope, &directory, entry, joined(&path, &entry.name));
        }
    }

    fn entry<'scope>(
        &'scope self,
        scope: &Scope<'scope>,
        directory: &Node,
        entry: &Entry,
        path: String,
    ) {
        match entry.kind {
            EntryKind::Blob if is_proto(&path) && self.selection.visits(&path) => {
                let blob = blob_id(&entry.id);
                scope.spawn(move |_| (self.found)(Found { path, blob }));
            }
            EntryKind::Tree | EntryKind::Submodule if self.selection.visits_under(&path) => {
                match directory.child(entry).as_tree() {
                    Ok(Some(tree)) => {
                        scope.spawn(move |scope| self.directory(scope, tree, path));
                    }
                    Ok(None) => {}
                    Err(problem) => self.report(problem),
                }
            }
            EntryKind::Link if is_proto(&path) && self.selection.visits(&path) => self.link(path),
            _ => {}
        }
    }

    /// A link to a file counts as the file, unless the visit comes to that anyway.
    fn link(&self, path: String) {
        match self.tree.blob_node(&path) {
            Ok(Some(node)) if !self.comes_to(&node) => (self.found)(Found {
                blob: blob_id(&node.id),
                path,
            }),
            Ok(_) => {}
            Err(problem) => self.report(problem),
        }
    }

    fn comes_to(&self, node: &Node) -> bool {
        let prefix = self.tree.prefix.as_str();
        let path = match node.place.strip_prefix(prefix) {
            Some(path) if prefix.is_empty() => Some(path),
            Some(path) => path.strip_prefix('/'),
            None => None,
        };
        node.top == self.tree.top
            && path.is_some_and(|path| is_proto(path) && self.selection.visits(path))
    }

    fn report(&self, problem: Diagnostic) {
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(problem);
    }
}

/// `path` under `directory`, which may be empty.
pub(super) fn joined(directory: &str, path: &str) -> String {
    match directory {
        "" | "." => path.to_owned(),
        directory => format!("{}/{path}", directory.trim_end_matches('/')),
    }
}
