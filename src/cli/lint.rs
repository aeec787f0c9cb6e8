//! `protogov lint`

use std::collections::HashSet;
use std::sync::Arc;

use clap::Args;

use super::input::{InputArgs, Workspace};
use super::output::{OutputArgs, SeverityName};
use super::{Global, Outcome, Result, Subcommand};
use crate::checks::{self, Dialect, Registered, Suppressions};
use crate::config::{CONFIG, CommentStyle, LintConfig, Origin, Stability, Suppression};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::Report;
use crate::schema::{File, FileId};

/// Arguments of `protogov lint`.
#[derive(Debug, Args)]
pub struct Lint {
    #[command(flatten)]
    input: InputArgs,
    /// The least severity that makes the run fail
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<SeverityName>,
    #[command(flatten)]
    output: OutputArgs,
}

impl Subcommand for Lint {
    fn run(self, global: &Global) -> Result {
        let mut findings = Vec::new();
        let mut notes = Vec::new();
        let mut files = 0;
        let mut fails = false;
        for workspace in self.input.load()? {
            let fail_on = self.fail_on.map(SeverityName::severity);
            files += workspace.targets().count();
            let (found, failing) = lint(&workspace, fail_on);
            fails |= failing;
            findings.extend(found);
            notes.extend(unchecked(&workspace));
            notes.extend(workspace.config.notes);
        }
        self.output.write_notes(notes, global)?;
        self.output.write(&Report::new(findings, files), global)?;
        Ok(if fails {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }
}

/// What is wrong with the files of a workspace, and whether that makes the run fail. Files that do not compile are not
/// linted, and under buf's configuration then none is, as in buf.
fn lint(workspace: &Workspace, fail_on: Option<Severity>) -> (Vec<Diagnostic>, bool) {
    let mut findings = workspace.problems.clone();
    findings.extend(workspace.schema.errors().cloned());
    let mut fails = !findings.is_empty();
    let is_buf = matches!(workspace.config.dialect, Dialect::Buf(_));
    if is_buf && fails {
        return (findings, fails);
    }
    let broken: HashSet<*const _> = findings
        .iter()
        .filter_map(|finding| finding.location.as_ref())
        .map(|location| Arc::as_ptr(&location.source))
        .collect();
    for module in &workspace.config.modules {
        let files: Vec<(File<'_>, String)> = workspace
            .targets()
            .filter(|(_, _, of)| std::ptr::eq(*of, module))
            .filter(|(file, ..)| !broken.contains(&Arc::as_ptr(file.source())))
            .map(|(file, path, _)| (file, path))
            .collect();
        let found = lint_module(workspace, &module.lint, &files);
        let limit = fail_on.unwrap_or(module.lint.fail_on.value);
        fails |= found.iter().any(|finding| finding.severity >= limit);
        findings.extend(found);
    }
    (findings, fails)
}

/// A note for each rule that the configuration names by its id and that this version does not check.
fn unchecked(workspace: &Workspace) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    for module in &workspace.config.modules {
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
    files: &[(File<'_>, String)],
) -> Vec<Diagnostic> {
    let rules: Vec<&'static Registered> = config
        .checks
        .enabled()
        .filter_map(|id| checks::rule(id.as_str()))
        .collect();
    let paths: std::collections::HashMap<FileId, &str> = files
        .iter()
        .map(|(file, path)| (file.id(), path.as_str()))
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
        with_fixes: false,
    }
    .run()
    .findings
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
