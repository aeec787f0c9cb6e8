use std::sync::Arc;

use super::{BlobId, Found, Result, Selection, Tree};
use crate::diagnostic::Diagnostic;

/// A directory of another tree, as a tree of its own.
#[derive(Debug, Clone)]
pub struct Subtree {
    tree: Arc<dyn Tree>,
    /// The directory's path, without `/` at its end; not empty.
    prefix: String,
}

impl Subtree {
    /// The directory `prefix` of `tree`; the tree itself where that is empty.
    pub fn of(tree: &Arc<dyn Tree>, prefix: &str) -> Arc<dyn Tree> {
        match prefix.trim_matches('/') {
            "" | "." => Arc::clone(tree),
            prefix => Arc::new(Self {
                tree: Arc::clone(tree),
                prefix: prefix.to_owned(),
            }),
        }
    }

    fn path(&self, path: &str) -> String {
        format!("{}/{path}", self.prefix)
    }
}

impl Tree for Subtree {
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic> {
        let selection = selection.under(&self.prefix);
        self.tree.visit(&selection, &|file| {
            let path = file.path.strip_prefix(&self.prefix);
            if let Some(path) = path.and_then(|path| path.strip_prefix('/')) {
                found(Found {
                    path: path.to_owned(),
                    blob: file.blob,
                });
            }
        })
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        if !super::disk::is_plain(path) {
            return Ok(None);
        }
        self.tree.read(&self.path(path))
    }

    fn read_found(&self, path: &str) -> Result<Option<Vec<u8>>> {
        self.tree.read_found(&self.path(path))
    }

    fn contains(&self, path: &str) -> bool {
        super::disk::is_plain(path) && self.tree.contains(&self.path(path))
    }

    fn blob(&self, path: &str) -> Option<BlobId> {
        self.tree.blob(&self.path(path))
    }

    fn shown(&self, path: &str) -> String {
        self.tree.shown(&self.path(path))
    }

    fn describe(&self) -> String {
        format!("{}/{}", self.tree.describe(), self.prefix)
    }
}
