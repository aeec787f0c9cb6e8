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

/// Lays out the Rust files of a crate, except for those that are the same in every crate.
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
        if file.is_fixed {
            fs::write(path, modules(&file.text))?;
        } else {
            fs::write(path, &file.text)?;
        }
    }
    let paths = files.iter().map(|file| file.path.as_str());
    // Tests are about as long as what they test, so the two are done at about the same time.
    let (tests, code): (Vec<_>, Vec<_>) = paths
        .filter(|path| is_root(path))
        .partition(|path| path.ends_with("tests/it/main.rs"));
    let groups = [code, tests].into_iter().filter(|group| !group.is_empty());
    let children: Vec<_> = groups.map(|roots| rustfmt(&staging.0, &roots)).collect();
    let ends = children
        .into_iter()
        .map(|child| child.and_then(|mut child| child.wait()));
    let ends: Vec<_> = ends.collect();
    for end in ends {
        if !end?.success() {
            return Err(io::Error::other("rustfmt failed"));
        }
    }
    let laid_out = files
        .iter_mut()
        .filter(|file| is_rust(file) && !file.is_fixed);
    for file in laid_out {
        file.text = fs::read_to_string(staging.0.join(&file.path))?;
    }
    Ok(())
}

/// Lays out files and their modules.
fn rustfmt(directory: &Path, roots: &[&str]) -> io::Result<Child> {
    Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(directory)
        .args(roots)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// What rustfmt has to see of a file that it need not lay out: the files below it.
fn modules(text: &str) -> String {
    let lines = text.lines().filter(|line| {
        let visible = ["pub ", "pub(crate) "];
        let item = visible.iter().find_map(|it| line.strip_prefix(it));
        item.unwrap_or(line).starts_with("mod ") && line.ends_with(';')
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn is_root(path: &str) -> bool {
    let mut before = ROOTS.iter().filter_map(|root| path.strip_suffix(*root));
    before.any(|before| before.is_empty() || before.ends_with('/'))
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
