//! What a rendering does to a directory: worked out in full first, then written file by file, each at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use super::file::{Class, Rendered};
use super::lock::{BASE, Hash, LOCK_FILE, Lock, LockedFile};
use super::merge;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It is replaced; nobody had touched it.
    Replaced,
    /// What the user changed and what is new are both in it.
    Merged,
    /// Both sides changed the same lines; so many places are marked.
    Conflict(usize),
    /// It is as it should be, or the user's.
    Unchanged,
    /// It is not rendered any more, and nobody had touched it.
    Removed,
    /// It is not rendered any more, but the user had changed it.
    Orphaned,
    /// The user has deleted it, and it stays deleted.
    Deleted,
}

impl Outcome {
    /// Whether the directory is another one afterwards.
    pub fn changes(self) -> bool {
        !matches!(self, Self::Unchanged | Self::Deleted | Self::Orphaned)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created => f.write_str("created"),
            Self::Replaced => f.write_str("updated"),
            Self::Merged => f.write_str("merged with your changes"),
            Self::Conflict(1) => f.write_str("conflict in 1 place"),
            Self::Conflict(places) => write!(f, "conflict in {places} places"),
            Self::Unchanged => f.write_str("unchanged"),
            Self::Removed => f.write_str("removed"),
            Self::Orphaned => {
                f.write_str("not part of the crate any more, kept because you have changed it")
            }
            Self::Deleted => f.write_str("deleted by you, not written again"),
        }
    }
}

/// A file and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path in the crate.
    pub path: String,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Its text now; `None` where it is not there.
    pub before: Option<String>,
    /// Its text afterwards; `None` where it will not be there.
    pub after: Option<String>,
}

/// Everything that a rendering does to a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    directory: PathBuf,
    /// The files, sorted by path.
    pub files: Vec<FileChange>,
    /// The tool's own files: path and text, `None` to remove it.
    own: Vec<(String, Option<String>)>,
}

/// Why nothing was written.
#[derive(Debug)]
pub enum Refusal {
    /// The directory holds something already, and no crate that was written by protogov.
    NotEmpty(PathBuf),
    /// A file that only protogov writes was edited.
    Edited(String),
    /// A file holds the markers of an earlier conflict.
    Unresolved(String),
    /// What was written last is not known any more, so the user's changes cannot be told from ours.
    BaseMissing(String),
    /// A file cannot be read or written.
    Io(PathBuf, io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEmpty(path) => write!(
                f,
                "`{}` is not empty and holds no `{LOCK_FILE}`: choose another directory",
                path.display()
            ),
            Self::Edited(path) => write!(
                f,
                "`{path}` was edited, but every update makes it anew: move your changes elsewhere and delete the file"
            ),
            Self::Unresolved(path) => write!(
                f,
                "`{path}` has a conflict that is not resolved: edit it, then run again"
            ),
            Self::BaseMissing(path) => write!(
                f,
                "`{BASE}/{path}` is missing, so your changes to `{path}` cannot be told from ours: bring it back from version control"
            ),
            Self::Io(path, error) => {
                write!(f, "cannot read or write `{}`: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Changes {
    /// Works out what a rendering does to a directory. `before` is its lock file, if it has one; `after` is the lock to
    /// be, whose files are filled in here.
    pub fn new(
        directory: &Path,
        rendered: &[Rendered],
        before: Option<&Lock>,
        mut after: Lock,
    ) -> Result<Self, Vec<Refusal>> {
        let known = before.map(|lock| lock.files.clone()).unwrap_or_default();
        if before.is_none() && has_entries(directory) {
            return Err(vec![Refusal::NotEmpty(directory.to_owned())]);
        }
        let mut files = Vec::new();
        let mut refusals = Vec::new();
        let mut own = Vec::new();
        after.files.clear();
        for file in rendered {
            let locked = known.get(&file.path).copied();
            match change(directory, file, locked) {
                Ok(change) => {
                    files.push(change);
                    let hash = Hash::of(&file.text);
                    after.files.insert(
                        file.path.clone(),
                        LockedFile {
                            class: file.class,
                            hash,
                        },
                    );
                    if file.class == Class::Merged {
                        let base = file.base.as_ref().unwrap_or(&file.text);
                        own.push((format!("{BASE}/{}", file.path), Some(base.clone())));
                    }
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        let rendered: BTreeSet<&str> = rendered.iter().map(|file| file.path.as_str()).collect();
        for (path, locked) in known
            .iter()
            .filter(|(path, _)| !rendered.contains(path.as_str()))
        {
            match orphan(directory, path, *locked) {
                Ok(change) => files.extend(change),
                Err(refusal) => refusals.push(refusal),
            }
            own.push((format!("{BASE}/{path}"), None));
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let text = after.text().map_err(|error| {
            vec![Refusal::Io(
                directory.join(LOCK_FILE),
                io::Error::other(error),
            )]
        })?;
        own.push((LOCK_FILE.to_owned(), Some(text)));
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self {
            directory: directory.to_owned(),
            files,
            own,
        })
    }

    /// Whether anything would be written.
    pub fn is_empty(&self) -> bool {
        !self.files.iter().any(|file| file.outcome.changes())
            && self.own.iter().all(|(path, text)| {
                let there = fs::read_to_string(self.directory.join(path)).ok();
                there == *text
            })
    }

    /// Whether both sides changed the same lines somewhere.
    pub fn has_conflicts(&self) -> bool {
        self.files
            .iter()
            .any(|file| matches!(file.outcome, Outcome::Conflict(_)))
    }

    /// How many files come to each outcome.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for file in &self.files {
            *counts.entry(file.outcome.to_string()).or_default() += 1;
        }
        counts
    }

    /// Writes everything: first beside the files, then, once all of it is on the disk, in their place.
    pub fn write(&self) -> Result<(), Refusal> {
        let files = self.files.iter().filter(|file| file.outcome.changes());
        let files = files.map(|file| (file.path.as_str(), file.after.as_deref()));
        let own = self
            .own
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_deref()));
        let mut staged = Staged::default();
        let mut removed = Vec::new();
        for (path, text) in files.chain(own) {
            let path = self.directory.join(path);
            match text {
                Some(text) => staged.add(path, text)?,
                None => removed.push(path),
            }
        }
        staged.commit()?;
        for path in removed {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Refusal::Io(path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn change(
    directory: &Path,
    file: &Rendered,
    locked: Option<LockedFile>,
) -> Result<FileChange, Refusal> {
    let before = read(&directory.join(&file.path))?;
    let done = |outcome, before: Option<String>, after| {
        Ok(FileChange {
            path: file.path.clone(),
            outcome,
            before,
            after,
        })
    };
    let Some(text) = before else {
        // What is made anew has to be there; what the user has deleted stays away.
        if locked.is_some() && file.class != Class::Regenerated {
            return done(Outcome::Deleted, None, None);
        }
        return done(Outcome::Created, None, Some(file.text.clone()));
    };
    let has_crlf = text.contains("\r\n");
    let plain = if has_crlf {
        text.replace("\r\n", "\n")
    } else {
        text.clone()
    };
    let restored = |merged: String| {
        if has_crlf {
            merged.replace('\n', "\r\n")
        } else {
            merged
        }
    };
    if plain == file.text || (file.class == Class::Once && locked.is_some()) {
        return done(Outcome::Unchanged, Some(text.clone()), Some(text));
    }
    let is_untouched = locked.is_some_and(|locked| locked.hash == Hash::of(&plain));
    if is_untouched {
        return done(
            Outcome::Replaced,
            Some(text),
            Some(restored(file.text.clone())),
        );
    }
    if file.class == Class::Regenerated {
        return Err(Refusal::Edited(file.path.clone()));
    }
    if merge::has_markers(&plain) {
        return Err(Refusal::Unresolved(file.path.clone()));
    }
    if locked.is_some_and(|locked| locked.hash == Hash::of(&file.text)) {
        // Only the user has changed it.
        return done(Outcome::Unchanged, Some(text.clone()), Some(text));
    }
    // A file of the user's where a new one is due has nothing in common with it.
    let base = match locked {
        Some(_) => read(&directory.join(BASE).join(&file.path))?
            .ok_or_else(|| Refusal::BaseMissing(file.path.clone()))?,
        None => String::new(),
    };
    let base = base.replace("\r\n", "\n");
    let merged = merge::merge(&base, &plain, &file.text, "protogov");
    let outcome = match merged.conflicts {
        0 if merged.text == plain => Outcome::Unchanged,
        0 => Outcome::Merged,
        places => Outcome::Conflict(places),
    };
    done(outcome, Some(text), Some(restored(merged.text)))
}

/// A file that was rendered once and is not any more.
fn orphan(directory: &Path, path: &str, locked: LockedFile) -> Result<Option<FileChange>, Refusal> {
    let Some(text) = read(&directory.join(path))? else {
        return Ok(None);
    };
    let is_untouched = locked.hash == Hash::of(&text.replace("\r\n", "\n"));
    let (outcome, after) = if is_untouched && locked.class != Class::Once {
        (Outcome::Removed, None)
    } else {
        (Outcome::Orphaned, Some(text.clone()))
    };
    Ok(Some(FileChange {
        path: path.to_owned(),
        outcome,
        before: Some(text),
        after,
    }))
}

fn has_entries(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) || directory.is_file()
}

fn read(path: &Path) -> Result<Option<String>, Refusal> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Refusal::Io(path.to_owned(), error)),
    }
}

/// New texts beside the files they replace. Those that were not put in place go away with this value.
#[derive(Default)]
struct Staged(Vec<(PathBuf, PathBuf)>);

impl Staged {
    fn add(&mut self, path: PathBuf, text: &str) -> Result<(), Refusal> {
        let failed = |error| Refusal::Io(path.clone(), error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".protogov-{}", std::process::id()));
        let beside = path.with_file_name(name);
        self.0.push((beside.clone(), path.clone()));
        fs::write(&beside, text).map_err(failed)?;
        if let Ok(old) = fs::metadata(&path) {
            fs::set_permissions(&beside, old.permissions()).map_err(failed)?;
        }
        Ok(())
    }

    fn commit(mut self) -> Result<(), Refusal> {
        while let Some((beside, path)) = self.0.pop() {
            fs::rename(&beside, &path).map_err(|error| Refusal::Io(path, error))?;
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for (beside, _) in &self.0 {
            // It may not have been written.
            let _ = fs::remove_file(beside);
        }
    }
}
