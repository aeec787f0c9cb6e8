//! Archives: `.tar`, `.tar.gz`, `.tar.zst` and `.zip`, unpacked into memory.
//!
//! Whoever made an archive is not trusted: a path or a link that leaves it, and more bytes than a schema ever has,
//! refuse the whole archive. Nothing is written to disk.

use std::io::{Cursor, Read};

use super::{INPUT, Memory, Result, is_proto};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::MAX_SOURCE_BYTES;

/// The most bytes that an archive or a compressed file is unpacked to where nobody says otherwise.
pub const MAX_UNPACKED_BYTES: u64 = 1 << 30;

/// How files are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One after the other, each under a header.
    Tar,
    /// With a directory at the end; each file is compressed by itself.
    Zip,
}

/// How a file is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Compression {
    /// Undoes the compression. At most `most` bytes come out, and one more where there would be more.
    fn undo<'a>(self, bytes: &'a [u8], most: u64, shown: &str) -> Result<Box<dyn Read + 'a>> {
        let reader: Box<dyn Read> = match self {
            Self::None => Box::new(bytes),
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
            Self::Zstd => Box::new(
                ruzstd::decoding::StreamingDecoder::new(bytes)
                    .map_err(|error| broken(shown, &error.to_string()))?,
            ),
        };
        Ok(Box::new(reader.take(most.saturating_add(1))))
    }

    /// All bytes with the compression undone.
    ///
    /// # Errors
    /// When they are broken, or more than `most`.
    pub fn undo_whole(self, bytes: Vec<u8>, most: u64, shown: &str) -> Result<Vec<u8>> {
        if self == Self::None {
            return Ok(bytes);
        }
        let mut whole = Vec::new();
        self.undo(&bytes, most, shown)?
            .read_to_end(&mut whole)
            .map_err(|error| broken(shown, &error.to_string()))?;
        if whole.len() as u64 > most {
            return Err(too_much(shown, most));
        }
        Ok(whole)
    }
}

/// How the paths in an archive become paths in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How many leading directories are dropped; what has fewer is left out.
    pub strip_components: usize,
    /// The directory that is the tree, after that; empty for all.
    pub subdirectory: String,
    /// The most bytes that the archive may unpack to, whatever it holds.
    pub most_bytes: u64,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            strip_components: 0,
            subdirectory: String::new(),
            most_bytes: MAX_UNPACKED_BYTES,
        }
    }
}

/// Unpacks the proto files of an archive. `shown` is the archive as the user named it.
///
/// # Errors
/// When the archive is broken or hostile.
pub fn unpack(
    bytes: &[u8],
    format: Format,
    compression: Compression,
    layout: &Layout,
    shown: &str,
) -> Result<Memory> {
    let mut unpacked = Unpacked {
        shown,
        layout,
        files: Vec::new(),
        bytes: 0,
    };
    match format {
        Format::Tar => unpacked.tar(compression.undo(bytes, layout.most_bytes, shown)?)?,
        Format::Zip => match compression {
            Compression::None => unpacked.zip(bytes)?,
            _ => {
                let whole = compression.undo_whole(bytes.to_vec(), layout.most_bytes, shown)?;
                unpacked.zip(&whole)?;
            }
        },
    }
    Ok(Memory::new(shown, unpacked.files))
}

struct Unpacked<'a> {
    shown: &'a str,
    layout: &'a Layout,
    files: Vec<(String, Vec<u8>)>,
    bytes: u64,
}

impl Unpacked<'_> {
    fn tar(&mut self, reader: impl Read) -> Result<()> {
        let shown = self.shown;
        let mut counted = Counted { reader, bytes: 0 };
        let mut archive = tar::Archive::new(&mut counted);
        let broken = |error: std::io::Error| broken(shown, &error.to_string());
        for entry in archive.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let path = entry.path_bytes().into_owned();
            let kind = entry.header().entry_type();
            if kind.is_symlink() || kind.is_hard_link() {
                let target = entry.link_name_bytes().unwrap_or_default().into_owned();
                self.check_link(&path, &target, kind.is_hard_link())?;
            } else if let Some(path) = self.path(&path)?
                && kind.is_file()
            {
                self.file(path, &mut entry)?;
            }
        }
        if counted.bytes > self.layout.most_bytes {
            return Err(too_much(shown, self.layout.most_bytes));
        }
        Ok(())
    }

    fn zip(&mut self, bytes: &[u8]) -> Result<()> {
        let shown = self.shown;
        let broken = |error: zip::result::ZipError| broken(shown, &error.to_string());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(broken)?;
            let path = entry.name_raw().to_vec();
            if entry.is_symlink() {
                let mut target = Vec::new();
                let most = u64::from(u16::MAX);
                entry
                    .by_ref()
                    .take(most)
                    .read_to_end(&mut target)
                    .map_err(|error| self::broken(shown, &error.to_string()))?;
                self.check_link(&path, &target, false)?;
            } else if let Some(path) = self.path(&path)?
                && entry.is_file()
            {
                self.file(path, &mut entry)?;
            }
        }
        Ok(())
    }

    /// The path in the tree of a proto file; `None` for everything that is left out.
    fn path(&self, path: &[u8]) -> Result<Option<String>> {
        let Some(path) = std::str::from_utf8(path).ok() else {
            return Ok(None);
        };
        let Some(parts) = parts_inside(path) else {
            return Err(hostile(
                self.shown,
                &format!("it holds `{path}`, a path that leads out of it"),
            ));
        };
        if !is_proto(path) || parts.len() <= self.layout.strip_components {
            return Ok(None);
        }
        let path = parts
            .get(self.layout.strip_components..)
            .unwrap_or_default()
            .join("/");
        let subdirectory = self.layout.subdirectory.as_str();
        if subdirectory.is_empty() {
            return Ok(Some(path));
        }
        let rest = path.strip_prefix(subdirectory);
        Ok(rest
            .and_then(|rest| rest.strip_prefix('/'))
            .map(str::to_owned))
    }

    fn file(&mut self, path: String, reader: &mut impl Read) -> Result<()> {
        let mut bytes = Vec::new();
        let most = MAX_SOURCE_BYTES as u64 + 1;
        let read = reader.take(most).read_to_end(&mut bytes);
        read.map_err(|error| broken(self.shown, &format!("`{path}`: {error}")))?;
        self.bytes += bytes.len() as u64;
        if bytes.len() > MAX_SOURCE_BYTES || self.bytes > self.layout.most_bytes {
            return Err(too_much(self.shown, self.layout.most_bytes));
        }
        self.files.push((path, bytes));
        Ok(())
    }

    /// A link inside the archive leads to what is read anyway; one that leads out is an attack.
    fn check_link(&self, path: &[u8], target: &[u8], is_from_top: bool) -> Result<()> {
        let path = String::from_utf8_lossy(path);
        let target = String::from_utf8_lossy(target);
        let directory = match path.rsplit_once('/') {
            Some((directory, _)) if !is_from_top => directory,
            _ => "",
        };
        let stays = !target.starts_with(['/', '\\']) && {
            let mut depth = 0_usize;
            let mut parts = directory.split('/').chain(target.split('/'));
            parts.all(|part| match part {
                "" | "." => true,
                ".." => depth.checked_sub(1).inspect(|less| depth = *less).is_some(),
                _ => {
                    depth += 1;
                    true
                }
            })
        };
        if stays {
            return Ok(());
        }
        Err(hostile(
            self.shown,
            &format!("it holds the link `{path}` to `{target}`, which leads out of it"),
        ))
    }
}

/// Counts what is read.
struct Counted<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for &mut Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// The parts of a path without `.`; `None` where the path may lead out of the archive.
fn parts_inside(path: &str) -> Option<Vec<&str>> {
    let is_absolute = path.starts_with('/') || path.get(1..2) == Some(":");
    if is_absolute || path.contains(['\\', '\0']) {
        return None;
    }
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    (!parts.contains(&"..")).then_some(parts)
}

fn error(message: String) -> Diagnostic {
    Diagnostic::without_place(INPUT, Severity::Error, message)
}

fn broken(shown: &str, why: &str) -> Diagnostic {
    error(format!("`{shown}` cannot be unpacked: {}", why.to_lowercase()))
            .with_help("check that it is whole, and name its kind with `format=` and `compression=` if its name does not")
}

fn hostile(shown: &str, why: &str) -> Diagnostic {
    error(format!("`{shown}` is refused: {why}"))
        .with_reason("a well-meant archive holds nothing of that kind")
        .with_help("find out who made it")
}

fn too_much(shown: &str, most: u64) -> Diagnostic {
    error(format!(
        "`{shown}` is refused: it unpacks to more than {most} bytes"
    ))
    .with_reason("it would fill the memory")
    .with_help("make an archive of the proto files only")
}
