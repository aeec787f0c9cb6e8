//! Findings as text, for people and for tools: one file per format.
//!
//! Findings come in any order and are written in one: by path, place, rule and message. No format reads a source again,
//! and only `text` knows miette.

mod changelog;
mod checkstyle;
mod concise;
mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod msvs;
mod place;
mod printable;
mod rdjsonl;
mod sarif;
mod text;
mod xml;

use std::cmp::Ordering;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Arc;

use crate::checks::Suppressed;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::governance::Waived;
use crate::text::Columns;

pub use changelog::{Changelog, ChangelogEntry, ChangelogFormat, changelog_schema};
pub use json::{Finding, findings_schema};

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
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub's workflows.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// reviewdog's diagnostics, with suggestions.
    Rdjsonl,
    /// Lines for Visual Studio and MSBuild.
    Msvs,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjsonl,
        Self::Msvs,
    ];

    /// Whether findings carry their fixes, for a tool that offers them.
    pub const fn carries_fixes(self) -> bool {
        matches!(self, Self::Sarif | Self::Rdjsonl)
    }

    /// The name by which it is asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjsonl => "rdjsonl",
            Self::Msvs => "msvs",
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
        let name = match name {
            "gcc" => "concise",
            "github-actions" => "github",
            "gitlab-code-quality" => "gitlab",
            name => name,
        };
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
    suppressed: Vec<Suppressed>,
    waived: Vec<Waived>,
    by_rule: Option<Box<Report>>,
    files: usize,
}

impl Report {
    /// Sorts findings of a run over `files` files; what is said twice in the same words of the same place is said once.
    pub fn new(mut findings: Vec<Diagnostic>, files: usize) -> Self {
        findings.sort_by(order);
        findings.dedup_by(is_said_twice);
        Self {
            findings,
            suppressed: Vec::new(),
            waived: Vec::new(),
            by_rule: None,
            files,
        }
    }

    /// Has the format `json` tell of these findings instead, one for each rule: buf does not put together what several
    /// rules say of one change.
    #[must_use]
    pub fn with_rules_apart(mut self, by_rule: Vec<Diagnostic>) -> Self {
        self.by_rule = Some(Box::new(Self::new(by_rule, self.files)));
        self
    }

    /// Adds what comments have silenced, for the formats that tell of it.
    #[must_use]
    pub fn with_suppressed(mut self, suppressed: Vec<Suppressed>) -> Self {
        self.suppressed = suppressed;
        self
    }

    /// What comments have silenced.
    pub fn suppressed(&self) -> &[Suppressed] {
        &self.suppressed
    }

    /// Adds what waivers let pass.
    #[must_use]
    pub fn with_waived(mut self, mut waived: Vec<Waived>) -> Self {
        waived.sort_by(|a, b| order(&a.diagnostic, &b.diagnostic));
        waived.dedup_by(|a, b| is_said_twice(&mut a.diagnostic, &mut b.diagnostic));
        self.waived = waived;
        self
    }

    /// What waivers let pass.
    pub fn waived(&self) -> &[Waived] {
        &self.waived
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
            Format::Json => json::write(self.by_rule.as_deref().unwrap_or(self), style, out),
            Format::Sarif => sarif::write(self, style, out),
            Format::Github => github::write(self, style, out),
            Format::Gitlab => gitlab::write(self, style, out),
            Format::Junit => junit::write(self, style, out),
            Format::Checkstyle => checkstyle::write(self, style, out),
            Format::Rdjsonl => rdjsonl::write(self, out),
            Format::Msvs => msvs::write(self, style, out),
        }
    }

    /// All findings in Markdown, for the summary of a step of GitHub's workflows.
    pub fn github_summary(&self, style: &Style) -> String {
        github::summary(self, style)
    }

    /// The findings file by file, by the place that `shown` gives; those without come as `<input>`.
    fn by_path(
        &self,
        shown: fn(&Diagnostic) -> Option<&Location>,
    ) -> impl Iterator<Item = (&str, &[Diagnostic])> {
        let is_same = move |a: &Diagnostic, b: &Diagnostic| match (shown(a), shown(b)) {
            (Some(a), Some(b)) => a.source.path() == b.source.path(),
            (a, b) => a.is_none() && b.is_none(),
        };
        self.findings
            .chunk_by(move |a, b| is_same(a, b))
            .filter_map(move |findings| {
                let place = shown(findings.first()?);
                let path = place.map_or("<input>", |location| location.source.path());
                Some((path, findings))
            })
    }
}

/// The order of findings: by path (none first), place, rule, message, end.
fn order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    let by_path = match (&a.location, &b.location) {
        (Some(a), Some(b)) if Arc::ptr_eq(&a.source, &b.source) => Ordering::Equal,
        (Some(a), Some(b)) => a.source.path().cmp(b.source.path()),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    let span = |finding: &Diagnostic| finding.location.as_ref().map(|place| place.span);
    let start = |finding: &Diagnostic| span(finding).map(|span| span.start);
    let end = |finding: &Diagnostic| span(finding).map(|span| span.end);
    by_path
        .then_with(|| start(a).cmp(&start(b)))
        .then_with(|| a.code.cmp(&b.code))
        .then_with(|| a.message.cmp(&b.message))
        .then_with(|| end(a).cmp(&end(b)))
}

fn is_said_twice(a: &mut Diagnostic, b: &mut Diagnostic) -> bool {
    order(a, b).is_eq()
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
    /// The directory that paths are relative to, seen from the root of its repository, with `/`; empty for the root.
    pub directory: String,
    /// The absolute path of the repository's root, with `/`; empty where there is no repository.
    pub repository: String,
}

impl Style {
    /// The path as a code host wants it: relative to the repository's root.
    fn path_in_repository(&self, path: &str) -> String {
        let path = path.strip_prefix("./").unwrap_or(path);
        let inside = path.strip_prefix(&self.repository);
        if let Some(inside) = inside.and_then(|rest| rest.strip_prefix('/')) {
            return inside.to_owned();
        }
        if self.directory.is_empty() || path.starts_with('/') || path.starts_with('<') {
            path.to_owned()
        } else {
            format!("{}/{path}", self.directory)
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            columns: Columns::Display,
            color: false,
            width: 100,
            directory: String::new(),
            repository: String::new(),
        }
    }
}
