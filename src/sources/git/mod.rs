//! A git repository, read straight from its object store: no `git`, no checkout, nothing written.
//!
//! What `GIT_DIR`, `GIT_WORK_TREE`, `GIT_OBJECT_DIRECTORY` and their kind say is never followed: inside a hook they
//! point to whatever git is busy with. The one exception is made on purpose: `GIT_INDEX_FILE` names the index that is
//! about to be committed, and it is taken when it lies in this very repository. Of configuration, only the repository's
//! own is read.

mod base;
mod changes;
mod history;
mod index;
mod objects;
mod revision;
mod staged;
mod tags;
mod tree;
mod work_tree;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use changes::{After, Change};
pub use history::{Commit, Merged};
pub use revision::Revision;
pub use staged::StagedTree;
pub use tags::Tag;
pub use tree::RevisionTree;
pub use work_tree::WorkTree;

use super::{BlobId, Environment, Result};
use crate::diagnostic::{Code, Diagnostic, Severity};

/// The code of everything that is wrong with a repository or a revision.
pub const GIT: Code = Code("GIT");

/// A repository. It may be asked from several threads at once.
pub struct Repository {
    shared: gix::ThreadSafeRepository,
    /// Handles that no thread uses at the moment: making one costs more than reading an object.
    idle: Mutex<Vec<gix::Repository>>,
    trees: Mutex<objects::Trees>,
    submodules: Mutex<FxHashMap<String, Option<Arc<Repository>>>>,
    work_tree: Option<PathBuf>,
    environment: Environment,
}

impl Repository {
    /// The repository that `directory` lies in: its working tree, a linked one, a submodule, or a bare repository.
    /// `None` where there is none.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub fn discover(directory: &Path, environment: &Environment) -> Result<Option<Arc<Self>>> {
        let options = gix::discover::upwards::Options {
            trust: gix::discover::upwards::TrustPolicy::Assume(gix::sec::Trust::Full),
            ..Default::default()
        };
        let Ok((place, _)) = gix::discover::upwards_opts(directory, options) else {
            return Ok(None);
        };
        let (git_directory, work_tree) = place.into_repository_and_work_tree_directories();
        Self::open(work_tree.as_deref().unwrap_or(&git_directory), environment).map(Some)
    }

    /// Opens the repository at `path`: the top of a working tree, or a git directory.
    fn open(path: &Path, environment: &Environment) -> Result<Arc<Self>> {
        // In CI the checkout often belongs to another user. Nothing is run and nothing is written, so it is trusted.
        let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
        let shared = gix::ThreadSafeRepository::open_opts(path, options).map_err(|error| {
            git_error(format!(
                "the git repository at `{}` cannot be read: {}",
                path.display(),
                reason(&error)
            ))
            .with_help("run `git fsck` there, or give a directory as baseline")
        })?;
        let work_tree = shared
            .work_dir()
            .and_then(|directory| std::fs::canonicalize(directory).ok());
        Ok(Arc::new(Self {
            shared,
            idle: Mutex::default(),
            trees: Mutex::default(),
            submodules: Mutex::default(),
            work_tree,
            environment: environment.clone(),
        }))
    }

    /// The top of the working tree with all links resolved; `None` for a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.work_tree.as_deref()
    }

    /// The directory that all working trees of the repository share; what is kept between runs belongs here.
    pub fn common_directory(&self) -> PathBuf {
        let directory = self.with(|repository| repository.common_dir().to_owned());
        std::fs::canonicalize(&directory).unwrap_or(directory)
    }

    /// Whether the history was cut off when it was fetched.
    pub fn is_shallow(&self) -> bool {
        self.with(|repository| repository.is_shallow().unwrap_or(false))
    }

    /// Whether blobs may be missing because they are only fetched on demand.
    pub fn is_partial(&self) -> bool {
        self.with(|repository| {
            let config = repository.config_snapshot();
            let is_promisor = |remote: &str| {
                config
                    .boolean(format!("remote.{remote}.promisor").as_str())
                    .unwrap_or(false)
            };
            config.string("extensions.partialClone").is_some()
                || repository
                    .remote_names()
                    .iter()
                    .any(|remote| is_promisor(&remote.to_string()))
        })
    }

    /// The remote that base branches are looked for in: `origin`, or the only one there is.
    pub fn remote(&self) -> Option<String> {
        self.with(|repository| {
            let names = repository.remote_names();
            let mut names = names.iter().map(ToString::to_string);
            let first = names.next()?;
            let others: Vec<String> = names.collect();
            if first == "origin" || others.is_empty() {
                return Some(first);
            }
            others.into_iter().find(|name| name == "origin")
        })
    }

    /// Whether there is any remote that something could be fetched from.
    pub(super) fn has_remote(&self) -> bool {
        self.with(|repository| !repository.remote_names().is_empty())
    }

    /// The path of `directory`, whose links must be resolved, from the top of the working tree, with `/`; `None` where
    /// it lies outside.
    pub fn path_of(&self, directory: &Path) -> Option<String> {
        let path = directory.strip_prefix(self.work_tree()?).ok()?;
        let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }

    /// Lends a handle of its own to the calling thread.
    fn with<T>(&self, use_handle: impl FnOnce(&gix::Repository) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = idle().pop();
        let handle = handle.unwrap_or_else(|| {
            let mut handle = self.shared.to_thread_local();
            handle.object_cache_size_if_unset(1 << 20);
            handle
        });
        let value = use_handle(&handle);
        idle().push(handle);
        value
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Repository({})", self.shared.git_dir().display())
    }
}

/// The id of a commit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(gix::ObjectId);

impl CommitId {
    /// The first characters of the id, as it is shown to the user.
    pub fn short(self) -> String {
        self.0.to_hex_with_len(10).to_string()
    }

    /// The id's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Takes the bytes of an id; `None` where they cannot be one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        gix::ObjectId::try_from(bytes).ok().map(Self)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for CommitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.as_bytes())
    }
}

impl<'de> Deserialize<'de> for CommitId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        Self::from_bytes(bytes).ok_or_else(|| D::Error::custom("this is no object id"))
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitId({self})")
    }
}

fn blob_id(id: &gix::oid) -> Option<BlobId> {
    BlobId::new(id.as_bytes())
}

fn git_error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::without_place(GIT, Severity::Error, message)
}

/// The innermost cause of an error of gix, in lower case.
fn reason(error: &gix::Error) -> String {
    error.probable_cause().to_string().to_lowercase()
}
