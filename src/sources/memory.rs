//! Sources that lie in memory: standard input, an unpacked archive, a decompiled image.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{BlobId, Found, Result, Selection, Tree};
use crate::diagnostic::Diagnostic;

/// A tree whose files are in memory.
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    description: String,
    prefix: String,
}

impl Memory {
    /// Takes path and bytes of each file. `description` is what the tree is called in messages.
    pub fn new(
        description: impl Into<String>,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Self {
        Self {
            files: files.into_iter().collect(),
            description: description.into(),
            prefix: String::new(),
        }
    }

    /// Puts `prefix` before the path of each file that is shown to the user.
    #[must_use]
    pub fn shown_under(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Path and bytes of each file, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }
}

impl Tree for Memory {
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic> {
        self.files.par_iter().for_each(|(path, _)| {
            if super::is_proto(path) && selection.admits(path) {
                found(Found {
                    path: path.clone(),
                    blob: None,
                });
            }
        });
        Vec::new()
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.files.get(path).cloned())
    }

    fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    fn blob(&self, _path: &str) -> Option<BlobId> {
        None
    }

    fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    fn describe(&self) -> String {
        self.description.clone()
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Memory({}, {} files)",
            self.description,
            self.files.len()
        )
    }
}
