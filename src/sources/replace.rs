//! Replacing files on disk: all of them or none, each in one step, so that no reader ever sees half a file.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Result, input_error};
use crate::diagnostic::Diagnostic;

/// A file and what it is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Replacement<'r> {
    /// Where it lies.
    pub path: &'r Path,
    /// What it held when it was read.
    pub before: &'r [u8],
    /// What it is to hold.
    pub after: &'r [u8],
}

/// Replaces files. Each is written beside its place with the same permissions first, and moved there once all of them are
/// written; where a move fails, those before it are undone.
///
/// # Errors
/// When a file is a symbolic link, cannot be written to, or does not hold any longer what was read, or when writing fails.
/// Then all files are as they were.
pub fn replace_all(replacements: &[Replacement<'_>]) -> Result<()> {
    let mut written: Vec<Beside> = Vec::with_capacity(replacements.len());
    for replacement in replacements {
        let metadata = replaceable(replacement)?;
        let beside = Beside::write(replacement.path, replacement.after, &metadata);
        written.push(beside.map_err(|error| cannot_write(replacement.path, &error))?);
    }
    for (at, (replacement, beside)) in replacements.iter().zip(&mut written).enumerate() {
        if let Err(error) = beside.take_place(replacement.path) {
            undo(&replacements[..at]);
            return Err(cannot_write(replacement.path, &error));
        }
    }
    Ok(())
}

/// Writes one file in one step, whatever it held; where there is none, it is made. A symbolic link is followed, so that it
/// stays one.
///
/// # Errors
/// When writing fails. Then the file is as it was.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let metadata = fs::metadata(path).ok();
    let mut beside = Beside::create(path, content, metadata.as_ref())
        .map_err(|error| cannot_write(path, &error))?;
    beside
        .take_place(path)
        .map_err(|error| cannot_write(path, &error))
}

/// Whether a file may be replaced; what is known of it.
fn replaceable(replacement: &Replacement<'_>) -> Result<Metadata> {
    let path = replacement.path;
    let refuse = |what: &str, help: &'static str| -> Diagnostic {
        let error = input_error(format!("`{}` {what}", path.display()));
        error
            .with_reason("files are replaced all together or not at all; nothing was written")
            .with_help(help)
    };
    let metadata = fs::symlink_metadata(path).map_err(|error| cannot_write(path, &error))?;
    if metadata.is_symlink() {
        return Err(refuse(
            "is a symbolic link, and is not replaced by a file",
            "run where the file itself lies, or leave the link out with `--exclude`",
        ));
    }
    if metadata.permissions().readonly() {
        return Err(refuse(
            "must not be written to",
            "make it writable, or leave it out with `--exclude`",
        ));
    }
    let now = fs::read(path).map_err(|error| cannot_write(path, &error))?;
    if now != replacement.before {
        return Err(refuse(
            "has changed since it was read",
            "run again; something else writes to it",
        ));
    }
    Ok(metadata)
}

fn cannot_write(path: &Path, error: &io::Error) -> Diagnostic {
    input_error(format!("cannot write `{}`: {error}", path.display()))
        .with_help("check that the directory can be written to and has room left")
}

/// Gives files back what they held; what fails here cannot be helped any more.
fn undo(replacements: &[Replacement<'_>]) {
    for replacement in replacements {
        if let Ok(metadata) = fs::metadata(replacement.path)
            && let Ok(mut beside) = Beside::write(replacement.path, replacement.before, &metadata)
        {
            let _ = beside.take_place(replacement.path);
        }
    }
}

/// A file beside the place that it is meant for; it is removed unless it gets there.
struct Beside {
    path: PathBuf,
    is_in_place: bool,
}

impl Beside {
    fn write(place: &Path, content: &[u8], metadata: &Metadata) -> io::Result<Self> {
        Self::create(place, content, Some(metadata))
    }

    fn create(place: &Path, content: &[u8], metadata: Option<&Metadata>) -> io::Result<Self> {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let mut number = 0_u32;
        let (path, mut file) = loop {
            let beside = format!(".{name}.protogov-{}-{number}", std::process::id());
            let path = place.with_file_name(beside);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        };
        let beside = Self {
            path,
            is_in_place: false,
        };
        file.write_all(content)?;
        if let Some(metadata) = metadata {
            file.set_permissions(metadata.permissions())?;
        }
        file.sync_all()?;
        Ok(beside)
    }

    fn take_place(&mut self, place: &Path) -> io::Result<()> {
        fs::rename(&self.path, place)?;
        self.is_in_place = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_in_place {
            // Nothing is lost with a file that nobody knows of.
            let _ = fs::remove_file(&self.path);
        }
    }
}
