//! `protogov lint --baseline` and `--new-only`: what was there before does not count.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Counted, Lint, Linted, is_lint_rule, outcome, stale, unchecked};
use crate::checks::{KnownFindings, Touched};
use crate::cli::baseline::VersionArgs;
use crate::cli::governed::Governor;
use crate::cli::input::nothing_to_check;
use crate::cli::output::SeverityName;
use crate::cli::workspace::Workspace;
use crate::cli::{Failure, Global, Outcome, Result};
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::report::Report;
use crate::schema::Schema;
use crate::sources::replace;
use crate::workspace::{ParsedFiles, Root};

/// The code of notes on a baseline of findings.
const BASELINE: Code = Code("BASELINE");

/// Which findings do not count.
#[derive(Debug, Clone, Args)]
pub(super) struct KnownArgs {
    /// Leave out the findings that this file holds, by rule and symbol
    #[arg(long, value_name = "FILE", help_heading = "What was there before")]
    pub(super) baseline: Option<PathBuf>,
    /// Write today's findings to the baseline, and succeed
    #[arg(
        long,
        requires = "baseline",
        conflicts_with_all = ["prune_baseline", "new_only"],
        help_heading = "What was there before"
    )]
    write_baseline: bool,
    /// Take out of the baseline what is not found any more
    #[arg(long, requires = "baseline", help_heading = "What was there before")]
    prune_baseline: bool,
    /// Report only what the change since `--against` has added or touched
    #[arg(long, help_heading = "What was there before")]
    pub(super) new_only: bool,
    /// With `--new-only`: whether names are asked to change that are published already, which would be a break
    #[arg(
        long,
        value_name = "NAMES",
        requires = "new_only",
        default_value = "new",
        help_heading = "What was there before"
    )]
    naming: Naming,
}

/// Which names are asked to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Naming {
    /// Those that the baseline does not have.
    New,
    /// All.
    Published,
}

impl KnownArgs {
    /// Whether any finding may not count.
    pub(super) fn is_asked(&self) -> bool {
        self.baseline.is_some() || self.new_only
    }

    /// Whether the baseline is to be written.
    pub(super) fn writes(&self) -> bool {
        self.write_baseline || self.prune_baseline
    }

    /// The findings that the baseline holds.
    pub(super) fn known(&self) -> Result<KnownFindings> {
        match &self.baseline {
            Some(path) if !self.write_baseline => read(path),
            _ => Ok(KnownFindings::default()),
        }
    }

    /// What the change since `before` has added or touched.
    pub(super) fn touched<'s>(&self, before: &'s Schema, after: &Schema) -> Touched<'s> {
        Touched::new(before, after, self.naming == Naming::Published)
    }
}

/// Whether a finding counts: it is not known, and the change since the baseline is to blame. Each known one is taken for one
/// finding.
pub(super) fn counts(
    finding: &Diagnostic,
    known: &RefCell<KnownFindings>,
    touched: Option<&Touched<'_>>,
) -> bool {
    let is_known = known.borrow_mut().take(finding);
    !is_known && touched.is_none_or(|touched| touched.holds(finding))
}

impl Lint {
    /// Lints, and leaves out what was there before.
    pub(super) fn without_known(&self, global: &Global) -> Result {
        let args = &self.known;
        let path = args.baseline.as_deref();
        let known = args.known()?;
        let mut notes = stale::unknown_rules(&known);
        let known = RefCell::new(known);
        let limits = self.input.limits()?;
        let mut files = 0;
        let mut total = Linted::default();
        let mut loaded: Vec<(Schema, bool)> = Vec::new();
        for (config, paths) in self.input.groups()? {
            let covers_all = covers(&config, &paths);
            let roots = self.input.roots(&config, &paths)?;
            let parsed = ParsedFiles::default();
            let workspace = Workspace::load(config, &roots, &parsed, limits.clone());
            files += workspace.targets().count();
            let before = self.before(&workspace, &roots, &parsed, &mut notes)?;
            let touched = before
                .as_ref()
                .map(|before| args.touched(before, &workspace.schema));
            let counts = |finding: &Diagnostic| counts(finding, &known, touched.as_ref());
            let mut governor = Governor::open(&workspace.config)?;
            total.lint_some(
                &workspace,
                &Counted {
                    fail_on: self.fail_on.map(SeverityName::severity),
                    counts: &counts,
                    with_fixes: self.output.outputs(global).carry_fixes(),
                    only: None,
                },
                &mut governor,
            );
            let is_whole = self.input.is_whole();
            total.settle(governor.settle(|waiver| is_whole && is_lint_rule(&waiver.rule)));
            notes.extend(unchecked(&workspace.config));
            notes.extend(workspace.config.notes.clone());
            loaded.push((workspace.schema, covers_all));
        }
        if files == 0 && !self.input.allows_empty() && total.findings.is_empty() {
            return Err(nothing_to_check());
        }
        if let Some(path) = path.filter(|_| args.write_baseline) {
            return self.write_baseline(path, total, files, notes, global);
        }
        if let Some(path) = path {
            let known = known.into_inner();
            let stale = stale::entries(&known, &loaded);
            if args.prune_baseline {
                notes.push(stale::prune(path, args.known()?, &known, stale)?);
            } else {
                notes.extend(stale::notes(path, &stale));
            }
        }
        self.output.write_notes(notes, global)?;
        let report = Report::new(total.findings, files)
            .with_suppressed(total.suppressed)
            .with_waived(total.waived);
        self.output.write(&report, global)?;
        Ok(outcome(total.fails))
    }

    /// Writes down what was found. What does not compile was not looked at, so then nothing is written.
    fn write_baseline(
        &self,
        path: &Path,
        total: Linted,
        files: usize,
        mut notes: Vec<Diagnostic>,
        global: &Global,
    ) -> Result {
        if total.is_broken {
            let message = format!(
                "`{}` is not written: files that do not compile are not linted",
                path.display()
            );
            notes.push(note(Severity::Warning, message).with_help("mend them first"));
            self.output.write_notes(notes, global)?;
            self.output
                .write(&Report::new(total.findings, files), global)?;
            return Ok(Outcome::Findings);
        }
        let known = KnownFindings::of(&total.findings);
        replace::write(path, known.text().as_bytes())?;
        let message = format!("`{}`: {} written", path.display(), known.len());
        notes.push(note(Severity::Info, message));
        self.output.write_notes(notes, global)?;
        Ok(Outcome::Clean)
    }

    /// The files as the baseline of `--new-only` has them.
    pub(super) fn before(
        &self,
        workspace: &Workspace,
        roots: &[Root],
        parsed: &ParsedFiles,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Option<Schema>> {
        if !self.known.new_only {
            return Ok(None);
        }
        let versions = VersionArgs::against(self.against.clone());
        let sides = versions.sides(&workspace.config, roots, false)?;
        let Some(sides) = sides.into_iter().next() else {
            return Ok(None);
        };
        notes.extend(sides.note);
        let limits = self.input.limits()?;
        let before = Workspace::load(workspace.config.clone(), &sides.before, parsed, limits);
        Ok(Some(before.schema))
    }
}

/// What is to be said of a baseline of findings.
pub(super) fn note(severity: Severity, message: String) -> Diagnostic {
    Diagnostic::without_place(BASELINE, severity, message)
}

fn read(path: &Path) -> Result<KnownFindings> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::with_help(
            format!("the baseline `{shown}` does not exist"),
            "write it with `--write-baseline`, or leave out `--baseline`",
        ),
        _ => Failure::new(format!("the baseline `{shown}` cannot be read: {error}")),
    })?;
    KnownFindings::parse(&text).map_err(|bad| {
        let what = format!(
            "`{shown}` is no baseline of protogov: line {}: {}",
            bad.line, bad.what
        );
        Failure::with_help(what, bad.help)
    })
}

/// Whether all that a configuration governs was asked for.
fn covers(config: &Config, paths: &[PathBuf]) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(directory) = real(&config.directory) else {
        return false;
    };
    let mut paths = paths.iter().filter_map(|path| real(path));
    paths.any(|path| directory.starts_with(path))
}
