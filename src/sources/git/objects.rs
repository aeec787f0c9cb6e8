//! Trees and blobs: decoded trees are kept, since versions of a project share most of them.

use std::sync::{Arc, PoisonError};

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};
use rustc_hash::FxHashMap;

use super::{CommitId, Repository, Result, git_error, reason};
use crate::diagnostic::Diagnostic;

/// How often a path may lead through symbolic links.
const MAX_LINKS: usize = 16;

/// Decoded trees by id.
pub(super) type Trees = FxHashMap<ObjectId, Arc<[Entry]>>;

/// What a name in a tree stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    Tree,
    Blob,
    Link,
    Submodule,
}

/// A name in a tree.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Box<str>,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

/// Something in a version of a repository; inside a submodule, of another repository than the one that was asked.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) repository: Arc<Repository>,
    /// The root tree of that version.
    pub(super) top: ObjectId,
    /// The path from there.
    pub(super) place: String,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

impl Node {
    /// The root of a version of a repository.
    pub(super) fn top(repository: &Arc<Repository>, tree: ObjectId) -> Self {
        Self {
            repository: Arc::clone(repository),
            top: tree,
            place: String::new(),
            kind: EntryKind::Tree,
            id: tree,
        }
    }

    /// What an entry of this tree stands for.
    pub(super) fn child(&self, entry: &Entry) -> Self {
        let place = match self.place.as_str() {
            "" => entry.name.to_string(),
            place => format!("{place}/{}", entry.name),
        };
        Self {
            repository: Arc::clone(&self.repository),
            top: self.top,
            place,
            kind: entry.kind,
            id: entry.id,
        }
    }

    /// The tree that this stands for: of a submodule, that of the commit it is pinned to. `None` for a file or a link,
    /// and for a submodule that is not there.
    pub(super) fn as_tree(&self) -> Result<Option<Self>> {
        match self.kind {
            EntryKind::Tree => Ok(Some(self.clone())),
            EntryKind::Blob | EntryKind::Link => Ok(None),
            EntryKind::Submodule => self.pinned(),
        }
    }

    /// The tree of the commit that this submodule is pinned to; `None` where the submodule is not there.
    fn pinned(&self) -> Result<Option<Self>> {
        let Some(submodule) = self.repository.submodule(self.top, &self.place)? else {
            return Ok(None);
        };
        let commit = CommitId(self.id);
        if submodule.with(|repository| repository.has_object(commit.0)) {
            return Ok(Some(Self::top(&submodule, submodule.tree_of(commit)?)));
        }
        let place = &self.place;
        Err(git_error(format!(
            "the submodule `{place}` does not hold the commit {} that it is pinned to",
            commit.short()
        ))
        .with_help(format!("run `git -C {place} fetch origin {commit}`")))
    }
}

impl Repository {
    /// The entries of a tree, sorted by name. Names that are not UTF-8 are left out: no import can name them.
    pub(super) fn tree(&self, id: ObjectId) -> Result<Arc<[Entry]>> {
        if let Some(entries) = self.trees().get(&id) {
            return Ok(Arc::clone(entries));
        }
        let data = self.object(id, Kind::Tree)?;
        let mut entries = Vec::new();
        for entry in TreeRefIter::from_bytes(&data, id.kind()) {
            let entry = entry.map_err(|error| self.broken(id, &reason(&error)))?;
            let Ok(name) = std::str::from_utf8(entry.filename) else {
                continue;
            };
            let kind = if entry.mode.is_tree() {
                EntryKind::Tree
            } else if entry.mode.is_link() {
                EntryKind::Link
            } else if entry.mode.is_commit() {
                EntryKind::Submodule
            } else {
                EntryKind::Blob
            };
            entries.push(Entry {
                name: name.into(),
                kind,
                id: entry.oid.to_owned(),
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let entries: Arc<[Entry]> = entries.into();
        self.trees().insert(id, Arc::clone(&entries));
        Ok(entries)
    }

    fn trees(&self) -> std::sync::MutexGuard<'_, Trees> {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of an object of that kind.
    pub(super) fn object(&self, id: ObjectId, kind: Kind) -> Result<Vec<u8>> {
        let found = self.with(|repository| {
            let object = repository.try_find_object(id)?;
            Ok(object.map(|object| (object.kind, object.detach().data)))
        });
        Err(match found {
            Ok(Some((found, data))) if found == kind => return Ok(data),
            Ok(Some((found, _))) => self.broken(id, &format!("it is a {found}")),
            Ok(None) => self.absent(id, kind),
            Err(error) => self.broken(id, &reason(&error)),
        })
    }

    /// The tree of a commit.
    pub(super) fn tree_of(&self, commit: CommitId) -> Result<ObjectId> {
        let data = self.object(commit.0, Kind::Commit)?;
        gix::objs::CommitRefIter::from_bytes(&data, commit.0.kind())
            .tree_id()
            .map_err(|error| self.broken(commit.0, &reason(&error)))
    }

    /// What `path` stands for under the tree `root`, symbolic links followed as long as they stay in the repository.
    ///
    /// # Errors
    /// When an object on the way is missing, or a submodule is not there.
    pub(super) fn lookup(self: &Arc<Self>, root: ObjectId, path: &str) -> Result<Option<Node>> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            match self.lookup_once(root, &path)? {
                Step::Found(node) => return Ok(node),
                Step::Link(target) => match target {
                    Some(target) => path = target,
                    None => return Ok(None),
                },
            }
        }
        Ok(None)
    }

    fn lookup_once(self: &Arc<Self>, root: ObjectId, path: &str) -> Result<Step> {
        let mut node = Node::top(self, root);
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            if node.kind != EntryKind::Tree {
                return Ok(Step::Found(None));
            }
            let entries = self.tree(node.id)?;
            let at = entries.binary_search_by(|entry| entry.name.as_ref().cmp(part));
            let Some(entry) = at.ok().and_then(|at| entries.get(at)) else {
                return Ok(Step::Found(None));
            };
            let directory = node.place.clone();
            node = node.child(entry);
            if entry.kind == EntryKind::Link {
                let target = self.object(entry.id, Kind::Blob)?;
                let rest: Vec<&str> = parts.collect();
                let target = std::str::from_utf8(&target)
                    .ok()
                    .and_then(|target| follow(&directory, target, &rest));
                return Ok(Step::Link(target));
            }
            if entry.kind == EntryKind::Submodule && parts.peek().is_some() {
                let pinned = node.pinned()?.ok_or_else(|| not_initialised(&node.place))?;
                let rest: Vec<&str> = parts.collect();
                return pinned
                    .repository
                    .lookup(pinned.top, &rest.join("/"))
                    .map(Step::Found);
            }
        }
        Ok(Step::Found(Some(node)))
    }

    /// The repository of the submodule at `path`; `None` where it is not there. Beside a working tree only one that is
    /// checked out counts, so that both sides of a comparison hold the same submodules.
    pub(super) fn submodule(
        self: &Arc<Self>,
        root: ObjectId,
        path: &str,
    ) -> Result<Option<Arc<Self>>> {
        let known = || {
            self.submodules
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(submodule) = known().get(path) {
            return Ok(submodule.clone());
        }
        let place = match self.work_tree() {
            Some(work_tree) => Some(work_tree.join(path)).filter(|at| at.join(".git").exists()),
            None => self
                .submodule_name(root, path)?
                .map(|name| self.common_directory().join("modules").join(name))
                .filter(|at| at.exists()),
        };
        let submodule = place
            .map(|place| Self::open(&place, &super::Environment::default()))
            .transpose()?;
        known().insert(path.to_owned(), submodule.clone());
        Ok(submodule)
    }

    /// The submodules that were opened so far.
    pub(super) fn known_submodules(&self) -> Vec<Arc<Self>> {
        let known = self
            .submodules
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.values().flatten().map(Arc::clone).collect()
    }

    /// The name under which `.gitmodules` of that tree lists the submodule at `path`.
    fn submodule_name(&self, root: ObjectId, path: &str) -> Result<Option<String>> {
        let entries = self.tree(root)?;
        let Some(modules) = entries
            .iter()
            .find(|entry| &*entry.name == ".gitmodules" && entry.kind == EntryKind::Blob)
        else {
            return Ok(None);
        };
        let text = self.object(modules.id, Kind::Blob)?;
        let text = String::from_utf8_lossy(&text);
        let Ok(config) = gix::config::File::try_from(&*text) else {
            return Ok(None);
        };
        let name = config
            .sections_by_name("submodule")
            .into_iter()
            .flatten()
            .find(|section| {
                section
                    .value("path")
                    .is_some_and(|value| *value == path.as_bytes())
            })
            .and_then(|section| section.header().subsection_name().map(ToString::to_string));
        // A name with `..` would lead out of the directory of submodules.
        Ok(name.filter(|name| name.split('/').all(|part| !matches!(part, "" | "." | ".."))))
    }

    fn broken(&self, id: ObjectId, why: &str) -> Diagnostic {
        git_error(format!("git object {id} cannot be read: {why}"))
            .with_help("run `git fsck` to see what is broken")
    }

    fn absent(&self, id: ObjectId, kind: Kind) -> Diagnostic {
        if !self.is_partial() {
            return git_error(format!("{kind} {id} is missing from the git repository"))
                .with_help("run `git fsck` to see what is broken");
        }
        let remote = self.remote().unwrap_or_else(|| "origin".to_owned());
        git_error(format!("{kind} {id} is not in this partial clone"))
            .with_reason("a partial clone fetches objects on demand, and protogov never uses the network")
            .with_help(format!(
                "run `git cat-file -e {id}` to bring this one, or `git fetch --refetch --no-filter {remote}` to bring all"
            ))
    }
}

/// What following a path up to its first link gives.
enum Step {
    Found(Option<Node>),
    /// The path to go on with; `None` where the link leaves the repository.
    Link(Option<String>),
}

/// The path that a link in `directory` leads to, with what comes after the link.
fn follow(directory: &str, target: &str, rest: &[&str]) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut path: Vec<&str> = directory.split('/').collect();
    path.retain(|part| !part.is_empty());
    for part in target.split('/').chain(rest.iter().copied()) {
        match part {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

fn not_initialised(place: &str) -> Diagnostic {
    git_error(format!("the submodule `{place}` is not there"))
        .with_reason("its commit is pinned here, but its objects lie in a repository of its own")
        .with_help(format!("run `git submodule update --init {place}`"))
}
