//! Breaks the lines of Rust files as rustfmt does, by asking it.
//!
//! Where a line has to be broken depends on the length of the contract's names. rustfmt comes with cargo and keeps its
//! layout from version to version within a style edition, so a rendering stays the same until the plan changes. Where
//! it is missing the files are correct, and `cargo fmt` will change some of their lines.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;
use std::{env, fs};

use super::file::Rendered;

/// Whether rustfmt has seen the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// It has.
    Done,
    /// It is not installed, or does not work.
    Skipped,
}

/// The files of a crate that name all others as their modules.
const ROOTS: &[&str] = &["build.rs", "src/lib.rs", "src/main.rs", "tests/it/main.rs"];

/// Lays out all Rust files of a crate.
pub fn lay_out(files: &mut [Rendered]) -> Layout {
    match try_lay_out(files) {
        Ok(()) => Layout::Done,
        Err(_) => Layout::Skipped,
    }
}

fn try_lay_out(files: &mut [Rendered]) -> io::Result<()> {
    let staging = Staging::new()?;
    for file in files.iter().filter(|file| is_rust(file)) {
        let path = staging.0.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.text)?;
    }
    let is_root = |path: &str| {
        let mut before = ROOTS.iter().filter_map(|root| path.strip_suffix(*root));
        before.any(|before| before.is_empty() || before.ends_with('/'))
    };
    let paths = files.iter().map(|file| file.path.as_str());
    let roots = paths.filter(|path| is_root(path));
    // Side by side: a root has no module of another.
    let children: Vec<_> = roots.map(|root| rustfmt(&staging.0, root)).collect();
    let ends = children
        .into_iter()
        .map(|child| child.and_then(|mut child| child.wait()));
    let ends: Vec<_> = ends.collect();
    for end in ends {
        if !end?.success() {
            return Err(io::Error::other("rustfmt failed"));
        }
    }
    for file in files.iter_mut().filter(|file| is_rust(file)) {
        file.text = fs::read_to_string(staging.0.join(&file.path))?;
    }
    Ok(())
}

/// Lays out a file and its modules.
fn rustfmt(directory: &Path, root: &str) -> io::Result<Child> {
    Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(directory)
        .arg(root)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn is_rust(file: &Rendered) -> bool {
    Path::new(&file.path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// A directory that goes away with this value.
struct Staging(PathBuf);

impl Staging {
    fn new() -> io::Result<Self> {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let name = format!("protogov-{}-{}", std::process::id(), now.as_nanos());
        let path = env::temp_dir().join(name);
        fs::create_dir(&path)?;
        // An empty file, so that no configuration above the directory counts.
        fs::write(path.join("rustfmt.toml"), "")?;
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed is in the directory that the system clears.
        let _ = fs::remove_dir_all(&self.0);
    }
}
