//! Findings as text, for people and for tools: one file per format.
//!
//! Findings come in any order and are written in one: by path, place, rule and message. No format reads a source again,
//! and only `text` knows miette.

mod concise;
mod json;
mod place;
mod printable;
mod text;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::Columns;

pub use json::Finding;

/// A way to write findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// For people: source excerpts, reasons and remedies.
    #[default]
    Text,
    /// For people who grep: one line per finding.
    Concise,
    /// For programs: one JSON object per finding and line, as buf writes it, with more keys after buf's.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Text, Self::Concise, Self::Json];

    /// The name by which it is asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    /// Takes our names and buf's.
    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == name);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join("`, `");
            format!("unknown format `{name}`; the formats are `{names}`")
        })
    }
}

/// What was found in one run.
#[derive(Debug)]
pub struct Report {
    findings: Vec<Diagnostic>,
    files: usize,
}

impl Report {
    /// Sorts findings of a run over `files` files; what is said twice in the same words of the same place is said once.
    pub fn new(mut findings: Vec<Diagnostic>, files: usize) -> Self {
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
        findings.dedup_by(|a, b| order(a) == order(b));
        Self { findings, files }
    }

    /// The findings, in order.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// How many findings weigh this much.
    pub fn count(&self, severity: Severity) -> usize {
        let of_it = |finding: &&Diagnostic| finding.severity == severity;
        self.findings.iter().filter(of_it).count()
    }

    /// Writes the findings.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => text::write(self, style, out),
            Format::Concise => concise::write(self, style, out),
            Format::Json => json::write(self, style, out),
        }
    }
}

/// The order of findings: by path (none first), place, rule, message, end.
fn order(finding: &Diagnostic) -> (Option<(&str, u32)>, &str, &str, u32) {
    let place = finding.location.as_ref();
    (
        place.map(|place| (place.source.path(), place.span.start)),
        finding.code.0,
        &finding.message,
        place.map_or(0, |place| place.span.end),
    )
}

/// How findings are written, whatever the format.
#[derive(Debug, Clone)]
pub struct Style {
    /// What a column is.
    pub columns: Columns,
    /// Whether colours are wanted.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            columns: Columns::Display,
            color: false,
            width: 100,
        }
    }
}
