use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Result, Selection};
use crate::diagnostic::Diagnostic;

/// A directory of sources, wherever it lies. Paths are relative to it, with `/`, without `.` and `..`.
///
/// A tree may be asked from several threads at once.
pub trait Tree: Send + Sync + fmt::Debug {
    /// Calls `found` for each `.proto` file that `selection` admits: from several threads, in no order, each file once.
    /// Gives back what could not be followed or read; everything else has been visited nevertheless.
    fn visit(&self, selection: &Selection, found: &(dyn Fn(Found) + Sync)) -> Vec<Diagnostic>;

    /// The bytes of a file; `None` where there is no file of that path.
    ///
    /// # Errors
    /// When there is one and it cannot be read, or must not be.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>>;

    /// As [`Tree::read`], for a path that [`Tree::visit`] has found: a tree may leave out checks that it made there.
    ///
    /// # Errors
    /// As [`Tree::read`].
    fn read_found(&self, path: &str) -> Result<Option<Vec<u8>>> {
        self.read(path)
    }

    /// Whether there is a file of that path.
    fn contains(&self, path: &str) -> bool;

    /// The identity of a file's content, where it is known without reading the file.
    fn blob(&self, path: &str) -> Option<BlobId>;

    /// The path of a file as the user would write it.
    fn shown(&self, path: &str) -> String;

    /// The tree as the user would write it.
    fn describe(&self) -> String;
}

/// A file that a visit came upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path in the tree.
    pub path: String,
    /// The identity of its content, where it is known.
    pub blob: Option<BlobId>,
}

/// The identity of a content: a git object id, SHA-1 or SHA-256. Two files with the same one have the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId {
    bytes: [u8; 32],
    length: u8,
}

impl BlobId {
    /// Takes an object id of 20 or 32 bytes; `None` for any other length.
    pub fn new(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        if id.len() != 20 && id.len() != 32 {
            return None;
        }
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self {
            bytes,
            length: u8::try_from(id.len()).ok()?,
        })
    }

    /// The id's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for BlobId {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.as_bytes())
    }
}

impl<'de> Deserialize<'de> for BlobId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let bytes: &[u8] = Deserialize::deserialize(deserializer)?;
        Self::new(bytes).ok_or_else(|| D::Error::custom("this is no object id"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({self})")
    }
}

/// Whether a path names a proto file.
pub fn is_proto(path: &str) -> bool {
    path.len() > ".proto".len() && path.ends_with(".proto") && !path.ends_with("/.proto")
}
