//! The ledger of the last run, kept in the git directory.
//!
//! It is only ever a shortcut: what cannot be read, is of another version or was written halfway is made anew, and what
//! cannot be written is not. It says which commits it knows, so it cannot be stale: commits that are gone from the line
//! are cut off, and new ones are appended.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ledger::{Ledger, Reach};
use crate::sources::git::Repository;

/// Says what the file is, and in which form. To be raised with any change of what is stored or of how it is found.
const HEADER: &[u8] = b"protogov history 2\n";

/// Where the ledger of a repository is kept; all its working trees share it.
fn place(repository: &Repository, reach: Reach) -> PathBuf {
    repository.common_directory().join(match reach {
        Reach::FirstParents => "protogov/history",
        Reach::All => "protogov/history-all",
    })
}

/// Whether an earlier run kept the ledger of the first parents.
pub(super) fn is_there(repository: &Repository) -> bool {
    place(repository, Reach::FirstParents).is_file()
}

/// The ledger of an earlier run; an empty one where there is none that can be used.
pub(super) fn load(repository: &Repository, reach: Reach) -> Ledger {
    let read = || {
        let bytes = fs::read(place(repository, reach)).ok()?;
        let rest = bytes.strip_prefix(HEADER)?;
        let (sum, body) = rest.split_at_checked(32)?;
        (Sha256::digest(body)[..] == *sum).then_some(())?;
        postcard::from_bytes(body).ok()
    };
    read().unwrap_or_default()
}

/// Keeps a ledger for the next run. A repository that cannot be written to is no reason to fail.
pub(super) fn store(repository: &Repository, ledger: &Ledger, reach: Reach) {
    let path = place(repository, reach);
    if let (Some(directory), Ok(body)) = (path.parent(), postcard::to_stdvec(ledger)) {
        let _ = replace(directory, &path, &body);
    }
}

/// Replaces the file in one step, so that a run beside this one reads the old one or the new one.
fn replace(directory: &Path, path: &Path, body: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    let mut written = path.as_os_str().to_owned();
    written.push(format!(".{}", std::process::id()));
    let written = PathBuf::from(written);
    let write = || {
        let mut file = fs::File::create(&written)?;
        file.write_all(HEADER)?;
        file.write_all(&Sha256::digest(body))?;
        file.write_all(body)?;
        file.flush()?;
        fs::rename(&written, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&written);
    })
}
