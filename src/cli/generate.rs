//! `protogov generate`

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use clap::Args;

use super::input::InputArgs;
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::diagnostic::Severity;
use crate::report::{self, Report};
use crate::scaffold::generate::{MARK, generate};

/// Stack for the generator, which follows nested types by recursion.
const STACK_BYTES: usize = 64 << 20;

/// Arguments of `protogov generate`.
#[derive(Debug, Args)]
pub struct Generate {
    #[command(flatten)]
    input: InputArgs,
    /// The directory of the modules; files in it that were not generated are left alone
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Write nothing, and fail if anything would be written
    #[arg(long)]
    check: bool,
}

/// What has to be done to a directory.
#[derive(Debug, Default)]
struct Changes {
    written: Vec<(PathBuf, String)>,
    removed: Vec<PathBuf>,
    unchanged: usize,
}

impl Subcommand for Generate {
    fn run(self, global: &Global) -> Result {
        let [workspace] = self.input.load()? else {
            return Err(Failure::with_help(
                "several configurations govern these paths, and one tree of modules cannot hold them all",
                "generate the code of each with a directory of its own",
            ));
        };
        let mut found = workspace.problems.clone();
        found.extend(workspace.schema.errors().cloned());
        if found.iter().any(|it| it.severity == Severity::Error) {
            let style = terminal::style_of_stderr(global.color);
            let report = Report::new(found, workspace.targets().count());
            report.write(report::Format::Text, &style, &mut io::stderr().lock())?;
            return Ok(Outcome::Findings);
        }
        let schema = &workspace.schema;
        let generated = thread::scope(|scope| {
            let generator = thread::Builder::new().stack_size(STACK_BYTES);
            let generator = generator.spawn_scoped(scope, || generate(schema))?;
            generator
                .join()
                .map_err(|_| io::Error::other("the generator gave up on this contract"))
        })??;
        let texts = generated.into_iter().map(|it| (it.path, it.text)).collect();
        let changes = Changes::new(&self.out, texts)?;
        if !self.check {
            changes.write()?;
        }
        terminal::write_stdout(|out| {
            for (path, _) in &changes.written {
                let done = if self.check { "out of date" } else { "written" };
                writeln!(out, "{}: {done}", path.display())?;
            }
            for path in &changes.removed {
                let done = if self.check {
                    "no longer generated"
                } else {
                    "removed"
                };
                writeln!(out, "{}: {done}", path.display())?;
            }
            if changes.is_empty() {
                writeln!(out, "{} files are up to date", changes.unchanged)?;
            }
            Ok(())
        })?;
        Ok(if self.check && !changes.is_empty() {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }
}

impl Changes {
    /// Compares a directory with what it should hold.
    fn new(directory: &Path, mut texts: BTreeMap<String, String>) -> Result<Self> {
        let mut changes = Self::default();
        for name in rust_files(directory)? {
            let path = directory.join(&name);
            let there = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
            let is_ours = there.starts_with(MARK);
            match texts.remove(&name) {
                Some(text) if text == there => changes.unchanged += 1,
                Some(text) if is_ours => changes.written.push((path, text)),
                Some(_) => {
                    return Err(Failure::with_help(
                        format!(
                            "`{}` is in the way: it was not written by `protogov generate`",
                            path.display()
                        ),
                        "move it, or choose another directory; nothing was written",
                    ));
                }
                None if is_ours => changes.removed.push(path),
                None => {}
            }
        }
        for (name, text) in texts {
            changes.written.push((directory.join(name), text));
        }
        changes.written.sort();
        Ok(changes)
    }

    fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }

    fn write(&self) -> Result<()> {
        for (path, text) in &self.written {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|error| cannot("make", parent, &error))?;
            }
            let beside = path.with_extension(format!("rs.{}.tmp", std::process::id()));
            fs::write(&beside, text)
                .and_then(|()| fs::rename(&beside, path))
                .map_err(|error| {
                    // The first error is the one to tell.
                    let _ = fs::remove_file(&beside);
                    cannot("write", path, &error)
                })?;
        }
        for path in &self.removed {
            fs::remove_file(path).map_err(|error| cannot("remove", path, &error))?;
            // A directory that held nothing else goes too; one that did stays, which is the error.
            if let Some(parent) = path.parent() {
                let _ = fs::remove_dir(parent);
            }
        }
        Ok(())
    }
}

/// The Rust files below a directory, by their path in it with `/`, sorted; none where there is no directory.
fn rust_files(directory: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(prefix) = open.pop() {
        let path = directory.join(&prefix);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(cannot("read", &path, &error)),
        };
        for entry in entries.flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // A link is not followed, so that nothing outside of the directory is ours.
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                open.push(format!("{name}/"));
            } else if name.ends_with(".rs") {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot {what} `{}`: {error}", path.display()))
}
