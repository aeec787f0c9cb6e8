use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{LineIndex, Span};

/// The largest source that is read, in bytes: token lengths are kept in 27 bits.
pub const MAX_SOURCE_BYTES: usize = (1 << 27) - 1;

/// The refusal to read a source larger than [`MAX_SOURCE_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceTooLarge {
    /// Size of what was refused, in bytes.
    pub bytes: usize,
}

impl fmt::Display for SourceTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the file has {} bytes, more than the {MAX_SOURCE_BYTES} that are read",
            self.bytes
        )
    }
}

impl std::error::Error for SourceTooLarge {}

/// One source file: where it came from, under what name others import it, and its bytes.
pub struct Source {
    name: Arc<str>,
    path: Arc<str>,
    text: String,
    /// The bytes as read, only where they are not UTF-8 (see [`Source::text`]).
    raw: Option<Vec<u8>>,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// Takes the bytes of a file. `name` is the path by which it is imported, `path` the one shown to the user.
    ///
    /// # Errors
    /// When the file is larger than [`MAX_SOURCE_BYTES`].
    pub fn new(
        name: impl Into<Arc<str>>,
        path: impl Into<Arc<str>>,
        bytes: Vec<u8>,
    ) -> Result<Self, SourceTooLarge> {
        if bytes.len() > MAX_SOURCE_BYTES {
            return Err(SourceTooLarge { bytes: bytes.len() });
        }
        let (text, raw) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.into_bytes();
                (masked(&bytes), Some(bytes))
            }
        };
        Ok(Self {
            name: name.into(),
            path: path.into(),
            text,
            raw,
            lines: OnceLock::new(),
        })
    }

    /// A file without a byte, for what nobody wrote.
    pub fn empty(path: impl Into<Arc<str>>) -> Self {
        let path = path.into();
        Self {
            name: Arc::clone(&path),
            path,
            text: String::new(),
            raw: None,
            lines: OnceLock::new(),
        }
    }

    /// The path by which other files import this one, relative to an import root, with `/`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The import path, shared.
    pub fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The path shown to the user.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text. Each byte that is not part of valid UTF-8 is replaced by one `\x1a`, so that offsets
    /// here and in [`Source::bytes`] are the same.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes as they were read.
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// Whether the file is valid UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.raw.is_none()
    }

    /// Number of bytes.
    pub fn len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// Whether the file has no byte at all.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text under `span`; empty where the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The line starts, found on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.bytes()))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("path", &self.path)
            .field("bytes", &self.text.len())
            .finish()
    }
}

/// Text of the same length in which every byte that is not UTF-8 is `\x1a`.
fn masked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            text.push('\x1a');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_kept_where_bytes_are_not_utf8() {
        let source = Source::new("a.proto", "a.proto", b"// \xff\xfe \xc3\xa9\n".to_vec())
            .expect("small enough");
        assert!(!source.is_utf8());
        assert_eq!(source.text(), "// \x1a\x1a \u{e9}\n");
        assert_eq!(source.text().len(), source.bytes().len());
    }
}
