//! A directory of files to test with.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A temporary directory that is removed at the end of the test.
pub struct Files {
    directory: TempDir,
}

impl Files {
    /// An empty directory.
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a temporary directory can be made"),
        }
    }

    /// A directory with these files.
    pub fn with<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let made = Self::new();
        for (path, text) in files {
            made.write(path, text);
        }
        made
    }

    /// The directory, with all links resolved.
    pub fn root(&self) -> PathBuf {
        fs::canonicalize(self.directory.path()).expect("the directory is there")
    }

    /// The path of a file in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file and the directories above it.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))
            .expect("directories can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Makes a symbolic link at `path` that says `target`.
    #[cfg(unix)]
    pub fn link(&self, path: &str, target: impl AsRef<Path>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))
            .expect("directories can be made");
        std::os::unix::fs::symlink(target, path).expect("a link can be made");
    }
}
