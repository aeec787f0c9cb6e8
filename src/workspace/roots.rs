use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity};
use crate::sources::{Disk, INPUT, Result, Selection, Tree};

/// A tree whose root imports are relative to, and what of it is asked for.
#[derive(Debug, Clone)]
pub struct Root {
    /// The tree.
    pub tree: Arc<dyn Tree>,
    /// The directory on disk, where the tree is one: the same root at a git revision is found by it.
    pub disk: Option<Arc<Disk>>,
    /// The files that are asked for; `None` where the root only serves imports.
    pub targets: Option<Selection>,
}

impl Root {
    /// A whole tree that is not on disk.
    pub fn whole(tree: Arc<dyn Tree>) -> Self {
        Self {
            tree,
            disk: None,
            targets: Some(Selection::all()),
        }
    }
}

/// An import root as a user or a configuration names it.
#[derive(Debug, Clone, Default)]
pub struct ImportRoot {
    /// The directory.
    pub directory: PathBuf,
    /// The only paths in it that are checked, relative to it; empty for all.
    pub includes: Vec<String>,
    /// Paths in it that are not checked, relative to it. They can be imported nevertheless.
    pub excludes: Vec<String>,
}

impl ImportRoot {
    /// A whole directory.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            ..Self::default()
        }
    }
}

/// Finds the roots and targets on disk. `paths` are the files and directories asked for; without any, it is everything
/// under `import_roots`.
///
/// A directory that lies in no import root is one itself. A file that lies in none is relative to the working directory,
/// or else to its own. Of several roots that hold a file the first gives it its name, as in protoc.
///
/// # Errors
/// When a path does not exist or cannot be read.
pub fn roots(paths: &[PathBuf], import_roots: &[ImportRoot]) -> Result<Vec<Root>> {
    let mut places = Vec::new();
    for root in import_roots {
        places.push(Place::open(root)?);
    }
    let mut asked = Vec::new();
    for path in paths {
        asked.push(Asked::find(path)?);
    }
    // Directories first, outer ones before inner ones: what lies in another needs no root of its own.
    let mut directories: Vec<&Asked> = asked.iter().filter(|at| at.is_directory).collect();
    directories.sort_by_key(|at| at.real.iter().count());
    for at in directories {
        add_unless_covered(&mut places, at, &at.path)?;
    }
    for at in asked.iter().filter(|at| !at.is_directory) {
        add_unless_covered(&mut places, at, working_directory_or_parent(at))?;
    }
    if asked.is_empty() {
        asked.extend(places.iter().map(Asked::root));
    }
    Ok((0..places.len())
        .map(|index| place_root(&places, index, &asked))
        .collect())
}

/// An import root, opened.
struct Place {
    disk: Arc<Disk>,
    includes: Vec<String>,
    excludes: Vec<String>,
}

impl Place {
    fn open(root: &ImportRoot) -> Result<Self> {
        Ok(Self {
            disk: Arc::new(Disk::open(&root.directory)?),
            includes: root.includes.clone(),
            excludes: root.excludes.clone(),
        })
    }

    fn real(&self) -> &Path {
        self.disk.real()
    }
}

/// A path that was asked for.
struct Asked {
    path: PathBuf,
    real: PathBuf,
    is_directory: bool,
}

impl Asked {
    fn find(path: &Path) -> Result<Self> {
        let shown = path.display();
        let found = fs::canonicalize(path).and_then(|real| Ok((fs::metadata(&real)?, real)));
        match found {
            Ok((metadata, real)) => Ok(Self {
                path: path.to_owned(),
                // The last part may be a link: a file keeps the name that it was given.
                real: if metadata.is_dir() {
                    real
                } else {
                    named_as_given(path).unwrap_or(real)
                },
                is_directory: metadata.is_dir(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Diagnostic::without_place(
                    INPUT,
                    Severity::Error,
                    format!("`{shown}` does not exist"),
                )
                .with_help("check the spelling and the directory that the command runs in"))
            }
            Err(error) => Err(Diagnostic::without_place(
                INPUT,
                Severity::Error,
                format!("`{shown}` cannot be read: {error}"),
            )),
        }
    }

    fn root(place: &Place) -> Self {
        Self {
            path: place.real().to_owned(),
            real: place.real().to_owned(),
            is_directory: true,
        }
    }
}

/// The path with the links of its directory resolved, but not its own.
fn named_as_given(path: &Path) -> Option<PathBuf> {
    let parent = match path.parent()? {
        parent if parent.as_os_str().is_empty() => Path::new("."),
        parent => parent,
    };
    Some(fs::canonicalize(parent).ok()?.join(path.file_name()?))
}

/// Makes `directory` an import root if what was asked for lies in none.
fn add_unless_covered(places: &mut Vec<Place>, asked: &Asked, directory: &Path) -> Result<()> {
    if !places
        .iter()
        .any(|place| asked.real.starts_with(place.real()))
    {
        places.push(Place::open(&ImportRoot::new(directory))?);
    }
    Ok(())
}

fn working_directory_or_parent(asked: &Asked) -> &Path {
    let is_here = std::env::current_dir()
        .and_then(fs::canonicalize)
        .is_ok_and(|here| asked.real.starts_with(here));
    match asked.path.parent() {
        Some(parent) if !is_here => parent,
        _ => Path::new("."),
    }
}

/// The root at `index` with those of the paths asked for that take their names from it.
fn place_root(places: &[Place], index: usize, asked: &[Asked]) -> Root {
    let place = &places[index];
    let earlier = &places[..index];
    let real = place.real();
    let mut only = Vec::new();
    for at in asked {
        if at.real.starts_with(real) {
            only.extend(relative(&at.real, real));
        } else if at.is_directory && real.starts_with(&at.real) {
            only.push(String::new());
        }
    }
    let is_named_by_earlier = earlier.iter().any(|other| real.starts_with(other.real()));
    let inner = earlier
        .iter()
        .filter(|other| other.real() != real)
        .filter_map(|other| relative(other.real(), real));
    let targets = (!only.is_empty() && !is_named_by_earlier).then(|| {
        Selection::only(only)
            .within(&place.includes)
            .without(&place.excludes)
            .without(inner)
    });
    Root {
        tree: Arc::clone(&place.disk) as Arc<dyn Tree>,
        disk: Some(Arc::clone(&place.disk)),
        targets,
    }
}

/// The path of `path` under `directory`, with `/`.
pub(super) fn relative(path: &Path, directory: &Path) -> Option<String> {
    let path = path.strip_prefix(directory).ok()?;
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
