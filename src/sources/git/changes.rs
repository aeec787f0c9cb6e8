//! Which proto files differ between two versions of a tree, found by object ids: equal directories are not entered.

use std::cmp::Ordering;
use std::sync::Arc;

use super::objects::{Entry, EntryKind, Node};
use super::{Result, RevisionTree, blob_id};
use crate::sources::{BlobId, Selection, is_proto};

/// A proto file that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path in the tree.
    pub path: String,
    /// Its content before; `None` where it was not there.
    pub before: Option<BlobId>,
    /// Its content now.
    pub after: After,
}

/// What a changed file is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Gone.
    Absent,
    /// That blob.
    Blob(BlobId),
    /// A content on disk that the index does not know.
    OnDisk,
}

impl RevisionTree {
    /// The proto files that differ between this version and `after`, sorted by path.
    ///
    /// # Errors
    /// When an object is missing.
    pub fn changes_to(&self, after: &Self, selection: &Selection) -> Result<Vec<Change>> {
        let mut diff = Diff {
            selection,
            changes: Vec::new(),
        };
        let mut path = String::new();
        diff.trees(self.root()?.as_ref(), after.root()?.as_ref(), &mut path)?;
        diff.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(diff.changes)
    }
}

struct Diff<'a> {
    selection: &'a Selection,
    changes: Vec<Change>,
}

impl Diff<'_> {
    /// Compares two trees, either of which may not be there.
    fn trees(
        &mut self,
        before: Option<&Node>,
        after: Option<&Node>,
        path: &mut String,
    ) -> Result<()> {
        let is_equal = |a: &Node, b: &Node| a.kind == b.kind && a.id == b.id;
        if before.zip(after).is_some_and(|(a, b)| is_equal(a, b)) {
            return Ok(());
        }
        let (before, before_entries) = opened(before)?;
        let (after, after_entries) = opened(after)?;
        let mut left = before_entries.iter().peekable();
        let mut right = after_entries.iter().peekable();
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.name.cmp(&b.name),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return Ok(()),
            };
            let a = (order != Ordering::Greater).then(|| left.next()).flatten();
            let b = (order != Ordering::Less).then(|| right.next()).flatten();
            if let (Some(a), Some(b)) = (a, b)
                && a.kind == b.kind
                && a.id == b.id
            {
                continue;
            }
            let name = a.or(b).map_or("", |entry| &entry.name);
            let length = path.len();
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(name);
            let child = |(parent, entry): (&Node, &Entry)| parent.child(entry);
            let old = before.as_ref().zip(a).map(child);
            let new = after.as_ref().zip(b).map(child);
            self.entries(old, new, path)?;
            path.truncate(length);
        }
    }

    fn entries(
        &mut self,
        before: Option<Node>,
        after: Option<Node>,
        path: &mut String,
    ) -> Result<()> {
        let is_file = |node: &Node| matches!(node.kind, EntryKind::Blob | EntryKind::Link);
        if is_proto(path) && self.selection.visits(path) {
            let id = |node: &Option<Node>| {
                let node = node.as_ref().filter(|node| is_file(node))?;
                blob_id(&node.id)
            };
            let (old, new) = (id(&before), id(&after));
            if old != new {
                self.changes.push(Change {
                    path: path.clone(),
                    before: old,
                    after: new.map_or(After::Absent, After::Blob),
                });
            }
        }
        let is_directory = |node: &Node| !is_file(node);
        let before = before.filter(is_directory);
        let after = after.filter(is_directory);
        if (before.is_some() || after.is_some()) && self.selection.visits_under(path) {
            self.trees(before.as_ref(), after.as_ref(), path)?;
        }
        Ok(())
    }
}

/// The tree that a node stands for and its entries; a submodule that is not there has none.
fn opened(node: Option<&Node>) -> Result<(Option<Node>, Arc<[Entry]>)> {
    match node.map(Node::as_tree).transpose()?.flatten() {
        Some(tree) => {
            let entries = tree.repository.tree(tree.id)?;
            Ok((Some(tree), entries))
        }
        None => Ok((None, Arc::default())),
    }
}
