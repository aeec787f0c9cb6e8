//! Writing findings to all places that they are wanted in, and keeping what was written for the next run.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::result_cache::{Entry, Recording};
use super::{Failure, Result, terminal};
use crate::report::{Format, Report, Style};
use crate::sources::replace;

/// A way to write findings and the place they go to.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) format: Format,
    pub(super) destination: Destination,
}

/// A place that findings go to.
#[derive(Debug)]
pub(super) enum Destination {
    /// Standard output.
    Stdout,
    /// A file, which is written anew.
    File(PathBuf),
    /// The summary of a step, in a workflow of GitHub.
    StepSummary(PathBuf),
}

/// Where findings go and how they look there, with the environment taken into account.
#[derive(Debug)]
pub(super) struct Outputs {
    style: Style,
    sinks: Vec<Sink>,
}

impl Outputs {
    /// Output of that style to all these places.
    pub(super) fn new(style: Style, sinks: Vec<Sink>) -> Self {
        Self { style, sinks }
    }

    /// Whether a format is among them that carries fixes.
    pub(super) fn carry_fixes(&self) -> bool {
        self.sinks.iter().any(|sink| sink.format.carries_fixes())
    }

    /// Writes findings, and takes down what is written where that is wanted.
    pub(super) fn write(&self, report: &Report, mut record: Option<&mut Recording>) -> Result<()> {
        for sink in &self.sinks {
            if let Some(record) = &mut record {
                record.begin_output();
            }
            let plain = Style {
                color: false,
                ..self.style.clone()
            };
            sink.destination.write(|out| {
                let mut out = Tee {
                    out,
                    record: record.as_deref_mut(),
                };
                match sink.destination {
                    Destination::Stdout => report.write(sink.format, &self.style, &mut out),
                    Destination::File(_) => report.write(sink.format, &plain, &mut out),
                    Destination::StepSummary(_) => {
                        out.write_all(report.github_summary(&self.style).as_bytes())
                    }
                }
            })?;
        }
        Ok(())
    }

    /// Whether the entry was printed to as many places.
    pub(super) fn fit(&self, entry: &Entry) -> bool {
        self.sinks.len() == entry.outputs()
    }

    /// Writes what an earlier run has written.
    pub(super) fn replay(&self, entry: &Entry) -> Result<()> {
        for (at, sink) in self.sinks.iter().enumerate() {
            sink.destination.write(|out| entry.replay(at, out))?;
        }
        Ok(())
    }
}

impl Destination {
    /// Opens it and lets something be written there.
    fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let (path, what) = match self {
            Self::Stdout => {
                return match terminal::write_stdout(write) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    written => Ok(written?),
                };
            }
            Self::File(path) if fs::metadata(path).is_ok_and(|found| !found.is_file()) => {
                (path, format!("`{}`", path.display()))
            }
            // A file is there as a whole or as it was.
            Self::File(path) => {
                let mut content = Vec::new();
                write(&mut content)?;
                return Ok(replace::write(path, &content).map_err(|problem| vec![problem])?);
            }
            Self::StepSummary(path) => (path, "the summary of the step".to_owned()),
        };
        let mut options = fs::OpenOptions::new();
        options.create(true);
        match self {
            Self::StepSummary(_) => options.append(true),
            _ => options.write(true),
        };
        let written = options.open(path).and_then(|file| {
            let mut out = BufWriter::with_capacity(1 << 16, file);
            write(&mut out)?;
            out.flush()
        });
        written.map_err(|error| Failure::new(format!("cannot write {what}: {error}")))
    }
}

/// Writes to an output, and takes down what was written.
struct Tee<'o> {
    out: &'o mut dyn Write,
    record: Option<&'o mut Recording>,
}

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        if let Some(record) = &mut self.record {
            record.push_output(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
