//! The index: what is staged for the next commit.

use std::path::PathBuf;
use std::sync::Arc;

use gix::ObjectId;
use gix::index::entry::{Flags, Mode, Stage, Stat};
use gix::objs::Kind;
use rustc_hash::FxHashMap;

use super::changes::{After, Change};
use super::objects::{EntryKind, Node};
use super::tree::joined;
use super::{Repository, Result, RevisionTree, blob_id, git_error, reason};
use crate::sources::is_proto;

/// The proto files of an index.
pub(super) struct Index {
    /// Sorted by path.
    pub(super) entries: Vec<IndexEntry>,
    /// The ids of the directories that have not changed since a commit, as git keeps them.
    directories: Option<gix::index::extension::Tree>,
    file: gix::index::File,
    stat_options: gix::index::entry::stat::Options,
}

/// A proto file in the index.
pub(super) struct IndexEntry {
    /// The path from the top of the working tree.
    pub(super) path: String,
    pub(super) id: ObjectId,
    /// What the file on disk looked like when it was last known to be this blob.
    stat: Option<Stat>,
    /// Whether the file is left out of the working tree by a sparse checkout.
    pub(super) is_sparse: bool,
    pub(super) is_link: bool,
    pub(super) is_unmerged: bool,
}

impl Index {
    /// Reads the index of a repository; that of one that has none is empty.
    pub(super) fn read(repository: &Arc<Repository>) -> Result<Self> {
        let path = repository.index_path();
        let (file, stat_options) = repository
            .with(|handle| {
                let file = gix::index::File::at_or_default(
                    &path,
                    handle.object_hash(),
                    false,
                    gix::index::decode::Options::default(),
                )?;
                let options = gix::index::entry::stat::Options {
                    use_nsec: true,
                    ..handle.stat_options()?
                };
                Ok((file, options))
            })
            .map_err(|error: gix::Error| {
                git_error(format!(
                    "the index `{}` cannot be read: {}",
                    path.display(),
                    reason(&error)
                ))
                .with_help("run `git reset` to have it written anew")
            })?;
        let mut index = Self {
            entries: Vec::new(),
            directories: file.tree().cloned(),
            file,
            stat_options,
        };
        index.fill(repository)?;
        Ok(index)
    }

    fn fill(&mut self, repository: &Arc<Repository>) -> Result<()> {
        let mut entries: Vec<IndexEntry> = Vec::new();
        for entry in self.file.entries() {
            let Ok(path) = std::str::from_utf8(entry.path(&self.file)) else {
                continue;
            };
            let is_intended = entry.flags.contains(Flags::INTENT_TO_ADD);
            let made = IndexEntry {
                path: path.trim_end_matches('/').to_owned(),
                id: entry.id,
                stat: Some(entry.stat),
                is_sparse: entry.flags.contains(Flags::SKIP_WORKTREE),
                is_link: entry.mode == Mode::SYMLINK,
                is_unmerged: entry.stage() != Stage::Unconflicted,
            };
            match entry.mode {
                Mode::DIR => collect(
                    Node {
                        place: made.path.clone(),
                        ..Node::top(repository, made.id)
                    },
                    &made,
                    &mut entries,
                )?,
                Mode::COMMIT => {
                    let submodule = Node {
                        repository: Arc::clone(repository),
                        top: ObjectId::empty_tree(made.id.kind()),
                        place: made.path.clone(),
                        kind: EntryKind::Submodule,
                        id: made.id,
                    };
                    collect(submodule, &made, &mut entries)?;
                }
                // Of the three versions of a conflict one entry is enough.
                _ if is_proto(path)
                    && !is_intended
                    && entries.last().is_none_or(|last| last.path != path) =>
                {
                    entries.push(made);
                }
                _ => {}
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        self.entries = entries;
        Ok(())
    }

    /// The position of a path's entry.
    pub(super) fn position(&self, path: &str) -> Option<usize> {
        let at = self
            .entries
            .binary_search_by(|entry| entry.path.as_str().cmp(path));
        at.ok()
    }

    pub(super) fn get(&self, path: &str) -> Option<&IndexEntry> {
        self.entries.get(self.position(path)?)
    }

    /// The entries under a directory.
    pub(super) fn under(&self, directory: &str) -> &[IndexEntry] {
        if directory.is_empty() {
            return &self.entries;
        }
        let prefix = format!("{directory}/");
        let start = self.entries.partition_point(|entry| entry.path < prefix);
        let rest = self.entries.get(start..).unwrap_or_default();
        let length = rest.partition_point(|entry| entry.path.starts_with(&prefix));
        rest.get(..length).unwrap_or_default()
    }

    /// Whether the file on disk is known to be the blob of its entry without reading it.
    pub(super) fn is_clean(&self, entry: &IndexEntry, on_disk: &std::path::Path) -> bool {
        let Some(stat) = &entry.stat else {
            return false;
        };
        let now = gix::index::fs::Metadata::from_path_no_follow(on_disk)
            .ok()
            .and_then(|metadata| Stat::from_fs(&metadata).ok());
        now.is_some_and(|now| {
            stat.matches(&now, self.stat_options)
                && !stat.is_racy(self.file.timestamp(), self.stat_options)
        })
    }

    /// The proto files under the root of `before` that the index has otherwise, by their path from the top.
    pub(super) fn changes_since(
        &self,
        before: &RevisionTree,
        prefix: &str,
    ) -> Result<FxHashMap<String, Change>> {
        let mut listing = Listing {
            equal: Vec::new(),
            files: Vec::new(),
        };
        let root = before.root()?;
        if let Some(root) = root.map(|root| root.as_tree()).transpose()?.flatten() {
            let known = self
                .directories
                .as_ref()
                .and_then(|top| directory_at(top, prefix));
            listing.list(&root, known, prefix)?;
        }
        listing.equal.sort();
        let mut changes = FxHashMap::default();
        let mut add = |path: String, before: Option<ObjectId>, after: Option<ObjectId>| {
            let after = after.and_then(|id| blob_id(&id));
            let change = Change {
                path: path.clone(),
                before: before.and_then(|id| blob_id(&id)),
                after: after.map_or(After::Absent, After::Blob),
            };
            changes.insert(path, change);
        };
        let mut files: FxHashMap<String, ObjectId> = listing.files.iter().cloned().collect();
        for entry in self.under(prefix) {
            if !listing.is_equal(&entry.path) {
                let before = files.remove(&entry.path);
                if before != Some(entry.id) {
                    add(entry.path.clone(), before, Some(entry.id));
                }
            }
        }
        for (path, id) in listing.files {
            if files.contains_key(&path) {
                add(path, Some(id), None);
            }
        }
        Ok(changes)
    }
}

impl Repository {
    /// Where the index is: the one that git is about to commit when it runs us as a hook, else the repository's own.
    fn index_path(&self) -> PathBuf {
        let own = self.with(gix::Repository::index_path);
        let announced = self.environment.get("GIT_INDEX_FILE").and_then(|path| {
            let path = self.work_tree()?.join(path);
            let directory = std::fs::canonicalize(path.parent()?).ok()?;
            let ours = std::fs::canonicalize(self.shared.git_dir()).ok()?;
            (directory == ours && path.is_file()).then_some(path)
        });
        announced.unwrap_or(own)
    }
}

/// Adds the proto files under a directory that the index holds as one entry.
fn collect(directory: Node, like: &IndexEntry, entries: &mut Vec<IndexEntry>) -> Result<()> {
    let mut open = vec![(like.path.clone(), directory)];
    while let Some((path, directory)) = open.pop() {
        let Some(tree) = directory.as_tree()? else {
            continue;
        };
        for entry in tree.repository.tree(tree.id)?.iter() {
            let path = joined(&path, &entry.name);
            match entry.kind {
                EntryKind::Tree | EntryKind::Submodule => open.push((path, tree.child(entry))),
                EntryKind::Blob | EntryKind::Link if is_proto(&path) => entries.push(IndexEntry {
                    path,
                    id: entry.id,
                    stat: None,
                    is_sparse: like.is_sparse,
                    is_link: entry.kind == EntryKind::Link,
                    is_unmerged: false,
                }),
                _ => {}
            }
        }
    }
    Ok(())
}

/// The proto files of a version, but for the directories that the index has just so.
struct Listing {
    /// Sorted.
    equal: Vec<String>,
    files: Vec<(String, ObjectId)>,
}

impl Listing {
    fn list(
        &mut self,
        tree: &Node,
        known: Option<&gix::index::extension::Tree>,
        path: &str,
    ) -> Result<()> {
        let mut open = vec![(tree.clone(), known, path.to_owned())];
        while let Some((tree, known, path)) = open.pop() {
            if known.is_some_and(|known| known.num_entries.is_some() && known.id == tree.id) {
                self.equal.push(path);
                continue;
            }
            for entry in tree.repository.tree(tree.id)?.iter() {
                let path = joined(&path, &entry.name);
                match entry.kind {
                    EntryKind::Tree | EntryKind::Submodule => {
                        let known = known.and_then(|known| child_of(known, &entry.name));
                        if let Some(tree) = tree.child(entry).as_tree()? {
                            open.push((tree, known, path));
                        }
                    }
                    EntryKind::Blob | EntryKind::Link if is_proto(&path) => {
                        self.files.push((path, entry.id));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether a path lies in one of the equal directories.
    fn is_equal(&self, path: &str) -> bool {
        let mut directory = path;
        while let Some((parent, _)) = directory.rsplit_once('/') {
            if self
                .equal
                .binary_search_by(|equal| equal.as_str().cmp(parent))
                .is_ok()
            {
                return true;
            }
            directory = parent;
        }
        self.equal.first().is_some_and(String::is_empty)
    }
}

fn child_of<'a>(
    directory: &'a gix::index::extension::Tree,
    name: &str,
) -> Option<&'a gix::index::extension::Tree> {
    let is_named = |child: &&gix::index::extension::Tree| child.name.as_slice() == name.as_bytes();
    directory.children.iter().find(is_named)
}

fn directory_at<'a>(
    top: &'a gix::index::extension::Tree,
    path: &str,
) -> Option<&'a gix::index::extension::Tree> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    parts.try_fold(top, |directory, name| child_of(directory, name))
}

impl Repository {
    /// The bytes of an entry, which may belong to a submodule.
    pub(super) fn read_entry(self: &Arc<Self>, entry: &IndexEntry) -> Result<Vec<u8>> {
        if entry.stat.is_none() {
            let submodules: Vec<Arc<Self>> = self.known_submodules();
            for submodule in submodules {
                if submodule.with(|handle| handle.has_object(entry.id)) {
                    return submodule.object(entry.id, Kind::Blob);
                }
            }
        }
        self.object(entry.id, Kind::Blob)
    }
}

/// The rest of a path under a directory.
pub(super) fn under<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() {
        return Some(path);
    }
    path.strip_prefix(directory)?.strip_prefix('/')
}
