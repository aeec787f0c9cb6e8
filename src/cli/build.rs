//! `protogov build`

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::InputArgs;
use super::workspace::Workspace;
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::descriptor::{self, Set};
use crate::diagnostic::Severity;
use crate::report::{self, Report};

/// Arguments of `protogov build`.
#[derive(Debug, Args)]
pub struct Build {
    #[command(flatten)]
    input: InputArgs,
    /// Write the descriptor set to this file, or to standard output with `-`; without it the files are only checked
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The format of the descriptor set; by default that of the file's extension, else `binpb`
    #[arg(long, value_name = "FORMAT", requires = "output")]
    format: Option<SetFormat>,
    /// Put the imported files into the set too
    #[arg(long, requires = "output")]
    include_imports: bool,
    /// Keep places and comments
    #[arg(long, requires = "output")]
    include_source_info: bool,
    /// The format in which errors are printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    error_format: report::Format,
}

/// A format of descriptor sets, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum SetFormat {
    /// Protobuf's binary format.
    Binpb,
    /// Protobuf's JSON.
    Json,
}

impl Subcommand for Build {
    fn run(self, global: &Global) -> Result {
        let workspaces = self.input.load()?;
        let mut found = Vec::new();
        let mut files = 0;
        for workspace in workspaces {
            files += workspace.targets().count();
            found.extend(workspace.problems.iter().cloned());
            let schema = &workspace.schema;
            found.extend(schema.errors().chain(schema.warnings()).cloned());
        }
        let fails = found.iter().any(|found| found.severity == Severity::Error);
        if !found.is_empty() {
            // Standard output is for the set.
            let style = terminal::style_of_stderr(global.color);
            let report = Report::new(found, files);
            report.write(self.error_format, &style, &mut io::stderr().lock())?;
        }
        if fails {
            return Ok(Outcome::Findings);
        }
        match &self.output {
            Some(path) if path.as_os_str() == "-" => {
                terminal::write_stdout(|out| self.write(workspaces, out))?;
            }
            Some(path) => {
                replace(path, |out| self.write(workspaces, out)).map_err(|error| {
                    Failure::new(format!("cannot write `{}`: {error}", path.display()))
                })?;
            }
            None => {}
        }
        Ok(Outcome::Clean)
    }
}

impl Build {
    fn write(&self, workspaces: &[Workspace], out: &mut dyn Write) -> io::Result<()> {
        let mut written = HashSet::new();
        let mut sets = Vec::new();
        for workspace in workspaces {
            let schema = &workspace.schema;
            let mut targets: Vec<_> = workspace.targets().map(|(file, ..)| file).collect();
            // As asked for, so that the set is the one that protoc writes for these arguments.
            targets.sort_by_cached_key(|&file| self.input.position(file));
            let targets = targets.into_iter().map(|file| file.id());
            let mut files =
                descriptor::in_order_of_dependency(schema, targets, self.include_imports);
            if workspaces.len() > 1 {
                // What two configurations share is written once.
                files.retain(|&file| written.insert(schema.file(file).path()));
            }
            sets.push(Set {
                schema,
                files,
                source_info: self.include_source_info,
            });
        }
        match self.format() {
            SetFormat::Binpb => descriptor::write_binary(&sets, out),
            SetFormat::Json => descriptor::write_json(&sets, out),
        }
    }

    fn format(&self) -> SetFormat {
        let extension = self.output.as_deref().and_then(Path::extension);
        self.format.unwrap_or(match extension {
            Some(extension) if extension == "json" => SetFormat::Json,
            _ => SetFormat::Binpb,
        })
    }
}

/// Writes a file as a whole or not at all: readers see what was there before or what is there after.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        // A pipe or device cannot be replaced, and nothing of it be seen too early.
        return written(OpenOptions::new().write(true).open(path)?, write);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&temporary)?;
    let result = written(file, write).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn written(file: File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    write(&mut out)?;
    out.flush()
}
