//! What earlier runs printed, kept in the user's cache directory: a run on the same input prints it again.
//!
//! An entry is found by everything that decides a result but the contracts, and counts only while these are the same to
//! the byte. It is only ever a shortcut: what cannot be read, was written halfway or is not ours is passed over, and
//! where nothing can be written nothing is. Entries are put in place in one step, so runs beside each other see whole
//! ones.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::workspace::Contents;

/// Names the directory of the cache, where it is not to be the platform's.
const DIRECTORY_VARIABLE: &str = "PROTOGOV_CACHE_DIR";

/// What the file of an entry begins with: its form. To be raised with any change of it.
const HEADER: &[u8] = b"protogov result 1\n";

/// What the names of entries end with.
const EXTENSION: &str = "result";

/// Bytes of an entry that is worth its place.
const MAX_ENTRY_BYTES: u64 = 128 << 20;

/// Bytes of all entries. Beyond that, those go that were not used for the longest time.
const MAX_BYTES: u64 = 512 << 20;

/// Bytes after the summary: its length, and the digest of all before.
const END_BYTES: u64 = 4 + 16;

/// Bytes that are read at a time.
const BUFFER_BYTES: usize = 1 << 18;

/// After this time nobody will finish what somebody began to write.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// The results of earlier runs.
pub(super) struct ResultCache {
    directory: PathBuf,
}

/// By what an entry is found: a digest of everything that decides a result besides the contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u128);

impl Key {
    /// The key of all that is in `parts`. The program belongs to every key: its version, and for those who build it
    /// themselves size and time of its file.
    pub(super) fn of(parts: &[String]) -> Self {
        let file = env::current_exe().and_then(fs::metadata).ok();
        let file = file.map(|file| (file.len(), file.modified().ok()));
        let program = format!("{} {file:?}", env!("CARGO_PKG_VERSION"));
        let mut hash = Xxh3::new();
        for part in [&program].into_iter().chain(parts) {
            hash.update(&part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.digest128())
    }
}

/// What is kept of a run besides what it printed.
#[derive(Debug, Serialize, Deserialize)]
struct Summary {
    key: u128,
    /// What was read, workspace by workspace.
    contents: Vec<Contents>,
    fails: bool,
    /// Bytes of each output, in order.
    outputs: Vec<u64>,
}

/// The result of an earlier run.
pub(super) struct Entry {
    file: File,
    summary: Summary,
}

impl ResultCache {
    /// The cache of this user; none where the platform has no place for it.
    pub(super) fn of_user() -> Option<Self> {
        let named = env::var_os(DIRECTORY_VARIABLE).filter(|name| !name.is_empty());
        let directory = match named {
            Some(directory) => PathBuf::from(directory),
            None => {
                let platform = etcetera::base_strategy::choose_native_strategy().ok()?;
                platform.cache_dir().join("protogov")
            }
        };
        Some(Self { directory })
    }

    fn path(&self, key: Key) -> PathBuf {
        self.directory.join(format!("{:032x}.{EXTENSION}", key.0))
    }

    /// What was kept under the key. Whether it still counts is for its [`Entry::contents`] to tell.
    pub(super) fn find(&self, key: Key) -> Option<Entry> {
        let path = self.path(key);
        if !fs::symlink_metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut file = File::open(path).ok()?;
        let summary = read_summary(&mut file)?;
        // Told to whoever cleans up; a cache that is read only stays as it is.
        let _ = file.set_modified(SystemTime::now());
        (summary.key == key.0).then_some(Entry { file, summary })
    }

    /// Begins to keep what a run prints.
    pub(super) fn record(
        &self,
        key: Key,
        contents: Vec<Contents>,
        fails: bool,
    ) -> Option<Recording> {
        create_private(&self.directory).ok()?;
        let temporary = (self.directory).join(format!("{:032x}.{}", key.0, std::process::id()));
        let mut file = OpenOptions::new();
        let file = file.write(true).create_new(true).open(&temporary).ok()?;
        let mut recording = Recording {
            out: BufWriter::with_capacity(1 << 16, file),
            hash: Xxh3::new(),
            bytes: 0,
            is_broken: false,
            summary: Summary {
                key: key.0,
                contents,
                fails,
                outputs: Vec::new(),
            },
            temporary,
            path: self.path(key),
        };
        recording.push(HEADER);
        Some(recording)
    }

    /// Puts what was recorded in place, and takes out what there is too much of.
    pub(super) fn keep(&self, mut recording: Recording) {
        if recording.finish().is_some() {
            self.clean();
        }
    }

    fn clean(&self) {
        let now = SystemTime::now();
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            // Of a link this is the link itself.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let (path, name) = (entry.path(), entry.file_name());
            let (Some(name), true) = (name.to_str(), metadata.is_file()) else {
                continue;
            };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            match name.split_once('.') {
                Some((key, _)) if key.len() != 32 => {}
                Some((_, EXTENSION)) => entries.push((used, metadata.len(), path)),
                Some(_)
                    if now
                        .duration_since(used)
                        .is_ok_and(|age| age > ABANDONED_AFTER) =>
                {
                    let _ = fs::remove_file(path);
                }
                _ => {}
            }
        }
        entries.sort_unstable_by_key(|&(used, ..)| std::cmp::Reverse(used));
        let mut bytes = 0;
        for (_, length, path) in entries {
            bytes += length;
            if bytes > MAX_BYTES {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Reads the end of an entry.
fn read_summary(file: &mut File) -> Option<Summary> {
    let length = file.metadata().ok()?.len();
    let end = file.seek(SeekFrom::Start(length.checked_sub(END_BYTES)?));
    end.ok()?;
    let mut bytes = [0; 4];
    file.read_exact(&mut bytes).ok()?;
    let summary = u64::from(u32::from_le_bytes(bytes));
    let start = length.checked_sub(END_BYTES + summary)?;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = Vec::new();
    file.take(summary).read_to_end(&mut bytes).ok()?;
    let summary: Summary = postcard::from_bytes(&bytes).ok()?;
    // What is printed lies between the header and the summary.
    let mut printed = HEADER.len() as u64;
    for output in &summary.outputs {
        printed = printed.checked_add(*output)?;
    }
    (printed == start).then_some(summary)
}

impl Entry {
    /// What the run had read, workspace by workspace.
    pub(super) fn contents(&self) -> &[Contents] {
        &self.summary.contents
    }

    /// Whether the run failed.
    pub(super) fn fails(&self) -> bool {
        self.summary.fails
    }

    /// Whether the entry is as it was written.
    pub(super) fn is_whole(&self) -> bool {
        digest_is_right(&self.file).is_some()
    }

    /// How many outputs were printed.
    pub(super) fn outputs(&self) -> usize {
        self.summary.outputs.len()
    }

    /// Writes what was printed to one of the outputs.
    pub(super) fn replay(&self, output: usize, out: &mut dyn Write) -> io::Result<()> {
        let (before, after) = self.summary.outputs.split_at(output);
        let start = HEADER.len() as u64 + before.iter().sum::<u64>();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(start))?;
        let mut rest = file.take(after.first().copied().unwrap_or(0));
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match rest.read(&mut buffer)? {
                0 => return Ok(()),
                read => out.write_all(&buffer[..read])?,
            }
        }
    }
}

fn digest_is_right(mut file: &File) -> Option<()> {
    let length = file.metadata().ok()?.len().checked_sub(16)?;
    file.seek(SeekFrom::Start(0)).ok()?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut rest = file.take(length);
    loop {
        let read = rest.read(&mut buffer).ok()?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    let mut digest = [0; 16];
    file.read_exact(&mut digest).ok()?;
    (hash.digest128().to_le_bytes() == digest).then_some(())
}

/// An entry on its way into the cache. Nothing of it is seen before [`ResultCache::keep`].
pub(super) struct Recording {
    out: BufWriter<File>,
    hash: Xxh3,
    bytes: u64,
    /// Whether it cannot be kept: no room, or too large.
    is_broken: bool,
    summary: Summary,
    temporary: PathBuf,
    path: PathBuf,
}

impl Recording {
    /// What is pushed from now on belongs to the next output.
    pub(super) fn begin_output(&mut self) {
        self.summary.outputs.push(0);
    }

    /// Keeps a piece of the output.
    pub(super) fn push_output(&mut self, bytes: &[u8]) {
        if let Some(output) = self.summary.outputs.last_mut() {
            *output += bytes.len() as u64;
            self.push(bytes);
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.is_broken |= self.bytes > MAX_ENTRY_BYTES;
        if !self.is_broken {
            self.hash.update(bytes);
            self.is_broken = self.out.write_all(bytes).is_err();
        }
    }

    fn finish(&mut self) -> Option<()> {
        let summary = postcard::to_stdvec(&self.summary).ok()?;
        self.push(&summary);
        self.push(&u32::try_from(summary.len()).ok()?.to_le_bytes());
        if self.is_broken {
            return None;
        }
        let digest = self.hash.digest128().to_le_bytes();
        self.out.write_all(&digest).ok()?;
        self.out.flush().ok()?;
        fs::rename(&self.temporary, &self.path).ok()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // There is nothing to remove when the entry is in its place.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Creates a directory that only its user can look into, and those around it.
fn create_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
