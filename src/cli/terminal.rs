//! Standard output and standard error: how text looks there, and how it gets there.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

use super::{Global, Result};
use crate::diagnostic::Diagnostic;
use crate::report::{Format, Report, Style};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Whether colours are wanted where `is_terminal` tells whether a person reads.
    fn wanted(self, is_terminal: bool) -> bool {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if is_set("NO_COLOR") => false,
            Self::Auto if env::var_os("CLICOLOR_FORCE").is_some_and(|force| force != "0") => true,
            Self::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

/// How text looks on standard output.
pub(super) fn style_of_stdout(color: ColorChoice) -> Style {
    style(color.wanted(io::stdout().is_terminal()))
}

/// How text looks on standard error.
pub(super) fn style_of_stderr(color: ColorChoice) -> Style {
    style(color.wanted(io::stderr().is_terminal()))
}

fn style(color: bool) -> Style {
    let columns = env::var("COLUMNS").ok();
    let width = columns.and_then(|columns| columns.parse().ok());
    Style {
        color,
        width: width.unwrap_or(Style::default().width),
        ..Style::default()
    }
}

/// Writes to standard output in large pieces.
pub(super) fn write_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    write(&mut out)?;
    out.flush()
}

/// Writes a line to standard error that a reader should see beside the output.
pub(super) fn write_stderr(line: &str) {
    // There is nowhere left to complain to when standard error cannot be written.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Says on standard error what a reader should know although it is no finding.
pub(super) fn notes(notes: Vec<Diagnostic>, global: &Global) -> Result<()> {
    let style = style_of_stderr(global.color);
    Report::new(notes, 0).write(Format::Concise, &style, &mut io::stderr().lock())?;
    Ok(())
}
