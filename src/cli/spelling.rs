//! How paths are spelled: for the user as the input was, for the configuration from its directory on.

use std::path::{Component, Path, PathBuf};

use crate::config::Config;

/// The directory of a configuration, spelled as the paths are that were asked for.
pub(super) fn directory_of(config: &Config, paths: &[PathBuf]) -> PathBuf {
    Shown::of(paths).path(config, "")
}

/// How paths are spelled for the user: as the input was.
pub(super) struct Shown {
    is_absolute: bool,
}

impl Shown {
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        Self {
            is_absolute: paths.iter().any(|path| path.is_absolute()),
        }
    }

    /// A directory of the configuration, seen from the current directory.
    pub(super) fn path(&self, config: &Config, inside: &str) -> PathBuf {
        let path = if inside.is_empty() {
            config.directory.clone()
        } else {
            config.directory.join(inside)
        };
        if self.is_absolute {
            return path;
        }
        let Ok(here) = std::env::current_dir() else {
            return path;
        };
        from(&here, &path)
    }
}

/// The way from one absolute directory to another.
fn from(here: &Path, path: &Path) -> PathBuf {
    let here: Vec<Component<'_>> = here.components().collect();
    let there: Vec<Component<'_>> = path.components().collect();
    let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let mut way = PathBuf::new();
    for _ in shared..here.len() {
        way.push("..");
    }
    way.extend(&there[shared..]);
    if way.as_os_str().is_empty() {
        way.push(".");
    }
    way
}

/// The path of `path` under `directory`, with `/`.
pub(super) fn relative(path: &Path, directory: &Path) -> Option<String> {
    let path = path.strip_prefix(directory).ok()?;
    Some(path.to_string_lossy().replace('\\', "/"))
}
