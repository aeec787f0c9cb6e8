//! In which formats findings are wanted, and where.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use super::sinks::{Destination, Outputs, Sink};
use super::{Global, Result, terminal};
use crate::config::BreakingLimit;
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::{Format, Report};
use crate::text::Columns;

/// How findings are written. Shared by all subcommands that have some.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// The format of what is printed: text, concise, json, sarif, github, gitlab, junit, checkstyle, rdjsonl, msvs
    #[arg(
        long,
        value_name = "FORMAT",
        visible_alias = "error-format",
        conflicts_with = "output"
    )]
    format: Option<Format>,
    /// Write a format to a file, or print it; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    output: Vec<Output>,
    /// What a column is
    #[arg(long, value_name = "UNIT", default_value = "display")]
    columns: ColumnsName,
}

/// A format and the file it goes to; none for standard output.
#[derive(Debug, Clone)]
struct Output {
    format: Format,
    file: Option<PathBuf>,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the name of the file is missing".to_owned()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        Ok(Self {
            format: format.parse()?,
            file,
        })
    }
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ColumnsName {
    /// Bytes.
    Bytes,
    /// UTF-16 code units.
    Utf16,
    /// Columns of a terminal, with a tab every 4; as buf counts.
    Display,
}

/// A severity, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum SeverityName {
    /// Any finding.
    Info,
    /// Warnings and errors.
    Warning,
    /// Errors only.
    Error,
}

impl SeverityName {
    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Info,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

/// The least breaking finding that makes a run fail, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum BreakingLimitName {
    /// Any finding.
    Info,
    /// Warnings and errors.
    Warning,
    /// Errors only.
    Error,
    /// Whatever breaks bytes.
    Wire,
    /// Whatever breaks bytes or JSON.
    Json,
    /// Whatever breaks bytes, JSON or generated source.
    Source,
    /// Whatever asks for a new major version.
    #[value(alias = "semver_major")]
    SemverMajor,
}

impl BreakingLimitName {
    pub(super) const fn limit(self) -> BreakingLimit {
        match self {
            Self::Info => BreakingLimit::Info,
            Self::Warning => BreakingLimit::Warning,
            Self::Error => BreakingLimit::Error,
            Self::Wire => BreakingLimit::Wire,
            Self::Json => BreakingLimit::Json,
            Self::Source => BreakingLimit::Source,
            Self::SemverMajor => BreakingLimit::SemverMajor,
        }
    }

    /// The severity, where it is one: what counts for linting too.
    pub(super) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
            Self::Wire | Self::Json | Self::Source | Self::SemverMajor => None,
        }
    }
}

impl OutputArgs {
    /// Writes findings to wherever they are wanted. A reader that stops reading is no failure.
    pub(super) fn write(&self, report: &Report, global: &Global) -> Result<()> {
        self.outputs(global).write(report, None)
    }

    /// Where findings are to go.
    pub(super) fn outputs(&self, global: &Global) -> Outputs {
        let mut style = terminal::style_of_stdout(global.color);
        style.columns = match self.columns {
            ColumnsName::Bytes => Columns::Bytes,
            ColumnsName::Utf16 => Columns::Utf16,
            ColumnsName::Display => Columns::Display,
        };
        if let Some((repository, directory)) = repository() {
            style.repository = repository;
            style.directory = directory;
        }
        let mut outputs = self.output.clone();
        if outputs.is_empty() {
            let format = self.format.unwrap_or_else(format_of_environment);
            outputs.push(Output { format, file: None });
        }
        let step_summary = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        let mut sinks = Vec::new();
        for Output { format, file } in outputs {
            let destination = file.map_or(Destination::Stdout, Destination::File);
            sinks.push(Sink {
                format,
                destination,
            });
            if let (Format::Github, Some(path)) = (format, &step_summary) {
                let destination = Destination::StepSummary(path.into());
                sinks.push(Sink {
                    format,
                    destination,
                });
            }
        }
        Outputs::new(style, sinks)
    }

    /// Says on standard error what a reader should know although it is no finding.
    pub(super) fn write_notes(&self, notes: Vec<Diagnostic>, global: &Global) -> Result<()> {
        terminal::notes(notes, global)
    }
}

/// The format that the surroundings understand.
fn format_of_environment() -> Format {
    if env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        Format::Github
    } else {
        Format::Text
    }
}

/// The root of the repository around the current directory, and this directory seen from there, with `/`.
fn repository() -> Option<(String, String)> {
    let here = env::current_dir().ok()?;
    let root = here
        .ancestors()
        .find(|directory| directory.join(".git").exists())?;
    let inside = here.strip_prefix(root).ok()?;
    let spelled = |path: &Path| path.to_string_lossy().replace('\\', "/");
    Some((spelled(root), spelled(inside)))
}
