//! `protogov breaking`

use clap::Args;

use super::baseline::{Sides, VersionArgs};
use super::input::{InputArgs, Workspace, nothing_to_check};
use super::output::OutputArgs;
use super::{Global, Outcome, Result, Subcommand};
use crate::checks::breaking::{self, Aspect, BreakingFinding};
use crate::checks::{self, Dialect, Registered};
use crate::compatibility::Outcome as Surface;
use crate::config::{BreakingConfig, BreakingLimit, Config, Stability};
use crate::diagnostic::{Diagnostic, Severity};
use crate::report::Report;
use crate::schema::diff::Diff;
use crate::schema::{File, Role};
use crate::workspace::ParsedFiles;

/// Arguments of `protogov breaking`.
#[derive(Debug, Args)]
pub struct Breaking {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    versions: VersionArgs,
    /// Look only at the files that are checked, which is always so; buf needs to be told
    #[arg(long, hide = true)]
    exclude_imports: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl Subcommand for Breaking {
    fn run(self, global: &Global) -> Result {
        let mut findings = Vec::new();
        let mut notes = Vec::new();
        let mut files = 0;
        let mut fails = false;
        let mut is_empty = true;
        for (config, paths) in self.input.groups()? {
            let roots = self.input.roots(&config, &paths)?;
            is_empty &= roots.iter().all(|root| root.targets.is_none());
            // Rules over packages need to see all files of a package; all others only what differs.
            let is_narrow = !looks_at_packages(&config);
            for sides in self.versions.sides(&config, &roots, is_narrow)? {
                let compared = self.compare(&config, &sides)?;
                notes.extend(sides.note);
                files += compared.files;
                fails |= compared.fails;
                findings.extend(compared.findings);
            }
            notes.extend(config.notes);
        }
        if is_empty && !self.input.allows_empty() {
            return Err(nothing_to_check());
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

/// What comparing with one baseline gave.
struct Compared {
    findings: Vec<Diagnostic>,
    files: usize,
    fails: bool,
}

impl Breaking {
    fn compare(&self, config: &Config, sides: &Sides) -> Result<Compared> {
        let parsed = ParsedFiles::default();
        let excluded = self.input.excluded()?;
        let load = |roots| Workspace::load(config.clone(), roots, &parsed, excluded.clone());
        let mut before = load(&sides.before);
        let after = load(&sides.after);
        before.place_like(&after, &sides.after);
        let mut findings = after.errors();
        let mut fails = !findings.is_empty();
        let broken = !findings.is_empty() && matches!(config.dialect, Dialect::Buf(_));
        if !broken {
            let (found, failing) = judge(&before, &after);
            fails |= failing;
            findings.extend(found);
        }
        let files = sides.change_count;
        Ok(Compared {
            findings,
            files: files.unwrap_or_else(|| after.schema.targets().count()),
            fails,
        })
    }
}

/// Whether a rule is on that is about packages as a whole.
fn looks_at_packages(config: &Config) -> bool {
    let mut rules = config
        .modules
        .iter()
        .flat_map(|module| module.breaking.checks.enabled());
    rules.any(|rule| rule.as_str().starts_with("PACKAGE_"))
}

/// Compares two workspaces by the rules of each module.
fn judge(before: &Workspace, after: &Workspace) -> (Vec<Diagnostic>, bool) {
    let diff = Diff::new(&before.schema, &after.schema);
    let mut findings = Vec::new();
    let mut fails = false;
    for module in &after.config.modules {
        let config = &module.breaking;
        let rules: Vec<(&'static Registered, Severity)> = config
            .checks
            .enabled()
            .filter_map(|id| checks::rule(id.as_str()))
            .map(|rule| (rule, rule.severity()))
            .collect();
        let is_here = |file: File<'_>, side: &Workspace| {
            file.role() == Role::Target
                && side
                    .config
                    .module_of(&side.path_in_config(file))
                    .is_some_and(|of| of.root.value == module.root.value)
        };
        for finding in breaking::compare(&diff, &rules) {
            let against = before.schema.file(finding.against);
            let file = finding.file.map(|id| after.schema.file(id));
            let belongs = match file {
                Some(file) if file.role() == Role::Target => is_here(file, after),
                _ => is_here(against, before),
            };
            if !belongs || before.excludes(against) || file.is_some_and(|file| after.excludes(file))
            {
                continue;
            }
            let sides = [(Some(against), before), (file, after)];
            let Some(severity) = weight(&finding, sides, config, &after.config) else {
                continue;
            };
            fails |= is_failure(&finding, severity, config.fail_on.value);
            findings.push(finding.into_diagnostic(severity));
        }
    }
    (findings, fails)
}

/// What a finding weighs; nothing where either file is ignored.
fn weight(
    finding: &BreakingFinding,
    sides: [(Option<File<'_>>, &Workspace); 2],
    config: &BreakingConfig,
    whole: &Config,
) -> Option<Severity> {
    let rule = checks::rule(finding.diagnostic.code.0)?.id();
    let mut severity = None;
    for (file, side) in sides {
        let Some(file) = file else { continue };
        let stability = Stability::of_package(file.package());
        let is_unstable = matches!(
            stability,
            Stability::Alpha | Stability::Beta | Stability::Test
        );
        if config.ignore_unstable_packages.value && is_unstable {
            return None;
        }
        let path = side.path_in_config(file);
        severity = Some(config.checks.severity(rule, &path, stability)?);
    }
    let severity = severity?;
    // Without a word in the configuration, what only breaks source is a warning.
    if whole.dialect == Dialect::Protogov && severity == Severity::Error && only_source(finding) {
        return Some(Severity::Warning);
    }
    Some(severity)
}

fn only_source(finding: &BreakingFinding) -> bool {
    let Some(verdict) = &finding.verdict else {
        return false;
    };
    let is_harmless =
        |outcome: &Surface| matches!(outcome, Surface::Safe | Surface::Conditional(_));
    // What was removed without being reserved waits to be used again.
    let waits = finding.aspect == Aspect::Existence && verdict.wire != Surface::Safe;
    is_harmless(&verdict.wire) && is_harmless(&verdict.json) && !waits
}

fn is_failure(finding: &BreakingFinding, severity: Severity, limit: BreakingLimit) -> bool {
    let surface = |outcome: &Surface| outcome.rank() >= 2;
    let verdict = finding.verdict.as_ref();
    let wire = verdict.is_some_and(|verdict| surface(&verdict.wire));
    let json = verdict.is_some_and(|verdict| surface(&verdict.json));
    let source = verdict.is_some_and(|verdict| surface(&verdict.source));
    match limit {
        BreakingLimit::Info => true,
        BreakingLimit::Warning => severity >= Severity::Warning,
        BreakingLimit::Error => severity >= Severity::Error,
        BreakingLimit::Wire => wire,
        BreakingLimit::Json => wire || json,
        BreakingLimit::Source | BreakingLimit::SemverMajor => wire || json || source,
    }
}
