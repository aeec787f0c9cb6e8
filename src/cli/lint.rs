//! `protogov lint`

mod cached;
mod fix;
mod known;
mod stale;

use std::collections::HashSet;
use std::sync::Arc;

use clap::Args;

use rustc_hash::FxHashSet;

use super::fixing::FixArgs;
use super::governed::{Governor, Settled};
use super::input::{InputArgs, Unread};
use super::output::{OutputArgs, SeverityName};
use super::workspace::Workspace;
use super::{Failure, Global, Outcome, Result, Subcommand};
use crate::checks::{self, Dialect, Registered, Suppressed, Suppressions};
use crate::config::{CONFIG, CommentStyle, Config, LintConfig, Origin, Stability, Suppression};
use crate::diagnostic::{Diagnostic, Severity};
use crate::governance::Waived;
use crate::report::Report;
use crate::schema::{File, FileId};
use cached::Cached;
use known::KnownArgs;

/// Arguments of `protogov lint`.
#[derive(Debug, Args)]
pub struct Lint {
    #[command(flatten)]
    input: InputArgs,
    /// The least severity that makes the run fail
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<SeverityName>,
    /// Check everything anew, whatever was found last time
    #[arg(long)]
    no_cache: bool,
    #[command(flatten)]
    fixing: FixArgs,
    /// With `--fix` or `--diff`: apply fixes too that change generated source, or names that a baseline has
    #[arg(long, help_heading = "Fixes")]
    unsafe_fixes: bool,
    #[command(flatten)]
    known: KnownArgs,
    /// What others know: a branch, tag, commit, directory, archive or descriptor set; by default the base branch
    #[arg(long, value_name = "BASELINE")]
    against: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

impl Subcommand for Lint {
    fn run(self, global: &Global) -> Result {
        if self.fixing.is_asked() {
            return self.fix(global);
        }
        if self.known.is_asked() && !self.unsafe_fixes {
            return self.without_known(global);
        }
        if self.unsafe_fixes {
            return Err(Failure::with_help(
                "`--unsafe-fixes` says which fixes, but not what to do with them",
                "add `--fix` to apply them, or `--diff` to see them",
            ));
        }
        let unread = self.input.unread()?;
        let mut notes = Vec::new();
        for Unread { config, .. } in &unread {
            notes.extend(unchecked(config));
            notes.extend(config.notes.iter().cloned());
        }
        let cached = Cached::new(&self, &unread, self.output.outputs(global));
        if let Some(entry) = cached.current(&unread) {
            self.output.write_notes(notes, global)?;
            cached.replay(&entry)?;
            return Ok(outcome(entry.fails()));
        }
        let workspaces = self.input.read(unread, cached.is_on())?;
        let mut files = 0;
        let mut total = Linted::default();
        for workspace in workspaces {
            files += workspace.targets().count();
            let mut governor = Governor::open(&workspace.config)?;
            let fail_on = self.fail_on.map(SeverityName::severity);
            let counted = Counted {
                fail_on,
                with_fixes: cached.carries_fixes(),
                ..Counted::default()
            };
            total.lint_some(workspace, &counted, &mut governor);
            let is_whole = self.input.is_whole();
            total.settle(governor.settle(|waiver| is_whole && is_lint_rule(&waiver.rule)));
        }
        self.output.write_notes(notes, global)?;
        let report = Report::new(total.findings, files)
            .with_suppressed(total.suppressed)
            .with_waived(total.waived);
        // Like the workspaces it is kept to the end of the process.
        let report = Box::leak(Box::new(report));
        cached.write(report, workspaces, total.fails)?;
        Ok(outcome(total.fails))
    }
}

fn outcome(fails: bool) -> Outcome {
    if fails {
        Outcome::Findings
    } else {
        Outcome::Clean
    }
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Linted {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) suppressed: Vec<Suppressed>,
    waived: Vec<Waived>,
    /// Whether something of it makes the run fail.
    pub(super) fails: bool,
    /// Whether files do not compile, which are not linted then.
    is_broken: bool,
}

/// What counts, and for how much.
struct Counted<'c> {
    /// The least severity that makes the run fail, where the command line says it.
    fail_on: Option<Severity>,
    /// Whether findings come with fixes.
    with_fixes: bool,
    /// The files that findings are about; all where it is not said.
    only: Option<&'c FxHashSet<FileId>>,
    /// Whether a finding counts.
    counts: &'c dyn Fn(&Diagnostic) -> bool,
}

impl Default for Counted<'_> {
    fn default() -> Self {
        Self {
            fail_on: None,
            with_fixes: false,
            only: None,
            counts: &|_| true,
        }
    }
}

impl Linted {
    /// Adds what is wrong with the files of a workspace. Files that do not compile are not linted, and under buf's
    /// configuration then none is, as in buf.
    pub(super) fn lint(
        &mut self,
        workspace: &Workspace,
        fail_on: Option<Severity>,
        governor: &mut Governor,
    ) {
        let counted = Counted {
            fail_on,
            ..Counted::default()
        };
        self.lint_some(workspace, &counted, governor);
    }

    /// The same for what counts.
    fn lint_some(&mut self, workspace: &Workspace, counted: &Counted<'_>, governor: &mut Governor) {
        let mut errors = workspace.errors();
        if let Some(only) = counted.only {
            let others: HashSet<*const _> = workspace
                .targets()
                .filter(|(file, ..)| !only.contains(&file.id()))
                .map(|(file, ..)| Arc::as_ptr(file.source()))
                .collect();
            let place = |error: &Diagnostic| Some(Arc::as_ptr(&error.location.as_ref()?.source));
            errors.retain(|error| place(error).is_none_or(|place| !others.contains(&place)));
        }
        governor.name_owners(&mut errors);
        let broken: HashSet<*const _> = errors
            .iter()
            .filter_map(|finding| finding.location.as_ref())
            .map(|location| Arc::as_ptr(&location.source))
            .collect();
        let is_broken = !errors.is_empty();
        self.fails |= is_broken;
        self.is_broken |= is_broken;
        self.findings.append(&mut errors);
        if is_broken && matches!(workspace.config.dialect, Dialect::Buf(_)) {
            return;
        }
        let mut files: Vec<Vec<(File<'_>, &str)>> = Vec::new();
        files.resize_with(workspace.config.modules.len(), Vec::new);
        for (file, path, module) in workspace.targets() {
            let is_asked = counted.only.is_none_or(|only| only.contains(&file.id()));
            if is_asked && !broken.contains(&Arc::as_ptr(file.source())) {
                files[module].push((file, path));
            }
        }
        for (module, files) in workspace.config.modules.iter().zip(&files) {
            let mut linted = lint_module(workspace, &module.lint, files, counted.with_fixes);
            governor.admit(&mut linted.findings);
            linted.findings.retain(|finding| (counted.counts)(finding));
            let limit = counted.fail_on.unwrap_or(module.lint.fail_on.value);
            self.fails |= (linted.findings.iter()).any(|finding| finding.severity >= limit);
            self.findings.append(&mut linted.findings);
            self.suppressed.append(&mut linted.suppressed);
        }
    }

    /// Adds what was found elsewhere.
    fn append(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.suppressed.append(&mut other.suppressed);
        self.waived.append(&mut other.waived);
        self.fails |= other.fails;
        self.is_broken |= other.is_broken;
    }

    /// Adds what waivers let pass, and the waivers that are of no use.
    fn settle(&mut self, mut settled: Settled) {
        self.waived.append(&mut settled.waived);
        self.findings.append(&mut settled.unused);
    }
}

/// Whether findings of that rule come from linting.
fn is_lint_rule(id: &str) -> bool {
    checks::rule(id).is_some_and(Registered::is_lint)
}

/// A note for each rule that the configuration names by its id and that this version does not check.
pub(super) fn unchecked(config: &Config) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    for module in &config.modules {
        for (rule, severity) in &module.lint.checks.rules {
            let Origin::File(place) = &severity.origin else {
                continue;
            };
            let is_named = place.source.slice(place.span).contains(rule.as_str());
            if is_named && checks::rule(rule.as_str()).is_none() {
                let message =
                    format!("the rule `{rule}` is known, but this version does not check it");
                let note = Diagnostic::error(CONFIG, &place.source, place.span, message);
                notes.push(note.with_severity(Severity::Warning));
            }
        }
    }
    notes
}

/// Lints the files of one module, each given with its path in the configuration's directory.
fn lint_module(
    workspace: &Workspace,
    config: &LintConfig,
    files: &[(File<'_>, &str)],
    with_fixes: bool,
) -> checks::Linted {
    let rules: Vec<&'static Registered> = config
        .checks
        .enabled()
        .filter_map(|id| checks::rule(id.as_str()))
        .collect();
    let paths: std::collections::HashMap<FileId, &str> = files
        .iter()
        .map(|&(file, path)| (file.id(), path))
        .collect();
    let severity = |rule, file: File<'_>| {
        let path = paths.get(&file.id())?;
        config
            .checks
            .severity(rule, path, Stability::of_package(file.package()))
    };
    checks::Lint {
        schema: &workspace.schema,
        files: files.iter().map(|(file, _)| file.id()).collect(),
        rules,
        options: &config.options,
        severity: &severity,
        suppressions: suppressions(&config.suppression),
        with_fixes,
    }
    .run()
}

/// The comments that count.
fn suppressions(config: &Suppression) -> Suppressions {
    Suppressions {
        protogov: config.honours(CommentStyle::Protogov),
        buf: config.honours(CommentStyle::Buf),
        protolint: config.honours(CommentStyle::Protolint),
        api_linter: config.honours(CommentStyle::ApiLinter),
    }
}
