//! A directory on disk.

use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::Scope;

use super::{BlobId, Found, Result, Selection, Tree, input_error, is_proto};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::MAX_SOURCE_BYTES;

/// A directory on disk, walked and read by all threads.
///
/// Hidden files and directories (`.git` among them) are not visited unless they are named. A symbolic link to a file is followed. A link to a
/// directory is not when the walk comes there anyway, or when it leads out of the tree; imports through it work.
#[derive(Debug)]
pub struct Disk {
    directory: PathBuf,
    /// The directory with all links resolved.
    real: PathBuf,
}

impl Disk {
    /// Takes a directory; its spelling is kept for what is shown to the user.
    ///
    /// # Errors
    /// When there is none, or it is a file, or it cannot be reached.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self> {
        let directory = directory.into();
        let opened = fs::canonicalize(directory_or_here(&directory))
            .and_then(|real| Ok((fs::metadata(&real)?, real)));
        match opened {
            Ok((metadata, real)) if metadata.is_dir() => Ok(Self { directory, real }),
            Ok(_) => Err(
                input_error(format!("`{}` is not a directory", directory.display()))
                    .with_help("give the directory that imports are relative to"),
            ),
            Err(error) => Err(cannot_read(&directory.to_string_lossy(), &error)),
        }
    }

    /// The directory as it was given.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The directory with all symbolic links resolved.
    pub fn real(&self) -> &Path {
        &self.real
    }

    fn path_of(&self, path: &str) -> PathBuf {
        self.directory.join(path)
    }
}

impl Tree for Disk {
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic> {
        let walk = Walk {
            disk: self,
            selection,
            found,
            problems: Mutex::default(),
        };
        rayon::scope(|scope| walk.directory(scope, String::new()));
        let mut problems = walk.problems.into_inner().unwrap_or_default();
        problems.sort_by(|a, b| a.message.cmp(&b.message));
        problems
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        if !is_plain(path) {
            return Ok(None);
        }
        // Opening a named pipe would wait for its writer.
        match fs::metadata(self.path_of(path)) {
            Ok(metadata) if metadata.is_file() => self.read_found(path),
            Ok(_) => Ok(None),
            Err(error) => absent_or(error, &self.shown(path)),
        }
    }

    fn read_found(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match read_file(&self.path_of(path)) {
            Ok(Content::Bytes(bytes)) => Ok(Some(bytes)),
            Ok(Content::TooLarge(bytes)) => Err(too_large(&self.shown(path), bytes)),
            Err(error) => absent_or(error, &self.shown(path)),
        }
    }

    fn contains(&self, path: &str) -> bool {
        is_plain(path) && fs::metadata(self.path_of(path)).is_ok_and(|metadata| metadata.is_file())
    }

    fn blob(&self, _path: &str) -> Option<BlobId> {
        None
    }

    fn shown(&self, path: &str) -> String {
        match self.directory.to_str() {
            None => self.path_of(path).to_string_lossy().into_owned(),
            Some("" | ".") => path.to_owned(),
            Some(directory) => {
                let directory = directory.strip_prefix("./").unwrap_or(directory);
                format!("{}/{path}", directory.trim_end_matches('/'))
            }
        }
    }

    fn describe(&self) -> String {
        directory_or_here(&self.directory).display().to_string()
    }
}

/// One visit of a tree.
struct Walk<'a> {
    disk: &'a Disk,
    selection: &'a Selection,
    found: &'a (dyn Fn(Found) + Sync),
    problems: Mutex<Vec<Diagnostic>>,
}

impl Walk<'_> {
    /// Visits what lies in a directory. Each directory and each file is a task of its own.
    fn directory<'scope>(&'scope self, scope: &Scope<'scope>, path: String) {
        let entries = match fs::read_dir(self.disk.path_of(&path)) {
            Ok(entries) => entries,
            Err(error) => return self.report(cannot_read(&self.disk.shown(&path), &error)),
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(scope, &path, &entry),
                Err(error) => self.report(cannot_read(&self.disk.shown(&path), &error)),
            }
        }
    }

    fn entry<'scope>(&'scope self, scope: &Scope<'scope>, parent: &str, entry: &DirEntry) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            if name.as_encoded_bytes().ends_with(b".proto") {
                self.report(not_unicode(&entry.path()));
            }
            return;
        };
        let Ok(kind) = entry.file_type() else {
            return;
        };
        let path = if parent.is_empty() {
            name.to_owned()
        } else {
            format!("{parent}/{name}")
        };
        if kind.is_dir() {
            if self.selection.visits_under(&path) {
                scope.spawn(move |scope| self.directory(scope, path));
            }
        } else if kind.is_file() {
            self.file(scope, path);
        } else if kind.is_symlink() {
            self.link(scope, path, &entry.path());
        }
    }

    fn file<'scope>(&'scope self, scope: &Scope<'scope>, path: String) {
        if is_proto(&path) && self.selection.visits(&path) {
            scope.spawn(move |_| (self.found)(Found { path, blob: None }));
        }
    }

    fn link<'scope>(&'scope self, scope: &Scope<'scope>, path: String, link: &Path) {
        let is_meant = is_proto(&path) && self.selection.visits(&path);
        if !is_meant && !self.selection.visits_under(&path) {
            return;
        }
        let target = fs::canonicalize(link).and_then(|target| Ok((fs::metadata(&target)?, target)));
        match target {
            Err(error) if is_meant => self.report(dead_link(&self.disk.shown(&path), &error)),
            Err(_) => {}
            Ok((metadata, target)) if metadata.is_dir() => {
                if !target.starts_with(&self.disk.real) && !self.disk.real.starts_with(&target) {
                    self.report(leaves_tree(&self.disk.shown(&path), &target));
                }
            }
            Ok((metadata, target)) => {
                if metadata.is_file() && !self.comes_to(&target) {
                    self.file(scope, path);
                }
            }
        }
    }

    /// Whether the walk finds the file of that real path by itself: its symbols would be there twice.
    fn comes_to(&self, target: &Path) -> bool {
        target
            .strip_prefix(&self.disk.real)
            .ok()
            .and_then(Path::to_str)
            .is_some_and(|path| is_proto(path) && self.selection.visits(path))
    }

    fn report(&self, problem: Diagnostic) {
        if let Ok(mut problems) = self.problems.lock() {
            problems.push(problem);
        }
    }
}

/// What reading a file gave.
enum Content {
    Bytes(Vec<u8>),
    TooLarge(u64),
}

fn read_file(path: &Path) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let expected = file.metadata().as_ref().map_or(0, Metadata::len);
    let most = MAX_SOURCE_BYTES as u64;
    if expected > most {
        return Ok(Content::TooLarge(expected));
    }
    // One byte more than there should be: where it stays free, all has been read at once.
    let mut bytes = vec![0; usize::try_from(expected).unwrap_or(0).saturating_add(1)];
    let read = match file.read(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        read => read?,
    };
    bytes.truncate(read);
    if read as u64 != expected || read == 0 {
        // It grew or shrank meanwhile, or is of a kind whose size is not known before it is read.
        file.by_ref()
            .take((most + 1).saturating_sub(read as u64))
            .read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_SOURCE_BYTES {
        return Ok(Content::TooLarge(bytes.len() as u64));
    }
    Ok(Content::Bytes(bytes))
}

/// Reads one file that is not part of a tree, whatever its name: an archive, an image.
///
/// # Errors
/// When it cannot be read, or is larger than `most` bytes.
pub fn read_whole(path: &Path, most: u64) -> Result<Vec<u8>> {
    let shown = path.to_string_lossy();
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.len() as u64 > most => {
            Err(input_error(format!("`{shown}` has more than {most} bytes"))
                .with_reason("a file of that size would fill the memory"))
        }
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(cannot_read(&shown, &error)),
    }
}

/// Whether a path can only lead into the tree it is relative to.
pub(super) fn is_plain(path: &str) -> bool {
    !path.contains(['\\', '\0'])
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

fn directory_or_here(directory: &Path) -> &Path {
    if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    }
}

/// `None` for the errors that mean that there is no such file.
fn absent_or(error: io::Error, shown: &str) -> Result<Option<Vec<u8>>> {
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidFilename => Ok(None),
        _ => Err(cannot_read(shown, &error)),
    }
}

fn cannot_read(shown: &str, error: &io::Error) -> Diagnostic {
    if error.kind() == io::ErrorKind::NotFound {
        return input_error(format!("`{shown}` does not exist"))
            .with_help("check the spelling and the directory that the command runs in");
    }
    input_error(format!("`{shown}` cannot be read: {}", plain(error)))
        .with_help("check who may read it")
}

fn dead_link(shown: &str, error: &io::Error) -> Diagnostic {
    input_error(format!(
        "`{shown}` is a symbolic link that leads nowhere: {}",
        plain(error)
    ))
    .with_severity(Severity::Warning)
    .with_help("remove the link, or bring its target")
}

fn leaves_tree(shown: &str, target: &Path) -> Diagnostic {
    input_error(format!(
        "`{shown}` is not visited: it is a symbolic link out of the tree, to `{}`",
        target.display()
    ))
    .with_severity(Severity::Info)
    .with_help("name its target on the command line to have it checked too")
}

fn not_unicode(path: &Path) -> Diagnostic {
    input_error(format!(
        "`{}` is left out: its name is not UTF-8",
        path.to_string_lossy()
    ))
    .with_severity(Severity::Warning)
    .with_reason("no import can name it")
    .with_help("rename the file")
}

fn too_large(shown: &str, bytes: u64) -> Diagnostic {
    input_error(format!(
        "`{shown}` has {bytes} bytes, more than the {MAX_SOURCE_BYTES} that are read"
    ))
    .with_help("split the file, or exclude it")
}

/// The system's words for an error, without its number and in lower case.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}
