//! `protogov breaking`

use clap::Args;

use super::baseline::{Sides, VersionArgs};
use super::governed::{Governor, Settled};
use super::input::{InputArgs, Workspace, nothing_to_check};
use super::output::{BreakingLimitName, OutputArgs};
use super::{Global, Outcome, Result, Subcommand, survivor};
use crate::checks::breaking::{self, Aspect, BreakingFinding};
use crate::checks::{self, Dialect, Registered};
use crate::compatibility::Outcome as Surface;
use crate::config::{BreakingConfig, BreakingLimit, Config, Stability};
use crate::diagnostic::{Diagnostic, Severity};
use crate::governance::Waived;
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
    /// The least that makes the run fail: a severity, or what a change breaks
    #[arg(long, value_name = "LIMIT")]
    fail_on: Option<BreakingLimitName>,
    #[command(flatten)]
    output: OutputArgs,
}

impl Subcommand for Breaking {
    fn run(self, global: &Global) -> Result {
        let mut total = Broken::default();
        let mut is_empty = true;
        for (config, paths) in self.input.groups()? {
            let roots = self.input.roots(&config, &paths)?;
            is_empty &= roots.iter().all(|root| root.targets.is_none());
            let mut governor = Governor::open(&config)?;
            let parsed = ParsedFiles::default();
            let excluded = self.input.excluded()?;
            for sides in self.versions.sides(&config, &roots, is_narrow(&config))? {
                let load =
                    |roots| Workspace::load(config.clone(), roots, &parsed, excluded.clone());
                total.compare(
                    &sides,
                    load(&sides.before),
                    &load(&sides.after),
                    self.fail_on,
                    &mut governor,
                );
            }
            let is_whole = self.input.is_whole();
            total.settle(governor.settle(|waiver| is_whole && is_breaking_rule(&waiver.rule)));
            total.notes.extend(config.notes);
        }
        if is_empty && !self.input.allows_empty() {
            return Err(nothing_to_check());
        }
        self.output.write_notes(total.notes, global)?;
        let report = Report::new(total.findings, total.files).with_waived(total.waived);
        self.output.write(&report, global)?;
        Ok(if total.fails {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }
}

/// What comparing with baselines has found so far.
#[derive(Default)]
pub(super) struct Broken {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) waived: Vec<Waived>,
    pub(super) notes: Vec<Diagnostic>,
    pub(super) files: usize,
    /// Whether something of it makes the run fail.
    pub(super) fails: bool,
}

impl Broken {
    /// Adds what comparing with one baseline finds.
    pub(super) fn compare(
        &mut self,
        sides: &Sides,
        mut before: Workspace,
        after: &Workspace,
        fail_on: Option<BreakingLimitName>,
        governor: &mut Governor,
    ) {
        before.place_like(after, &sides.after);
        let mut errors = after.errors();
        governor.name_owners(&mut errors);
        let is_broken = !errors.is_empty();
        self.fails |= is_broken;
        self.findings.append(&mut errors);
        if !is_broken || matches!(after.config.dialect, Dialect::Protogov) {
            self.judge(&before, after, sides, fail_on, governor);
        }
        let changed = sides.change_count;
        self.files += changed.unwrap_or_else(|| after.schema.targets().count());
        self.notes.extend(sides.note.clone());
    }

    /// Adds what waivers let pass, and the waivers that are of no use.
    pub(super) fn settle(&mut self, mut settled: Settled) {
        self.waived.append(&mut settled.waived);
        self.findings.append(&mut settled.unused);
    }
}

/// Whether findings of that rule come from comparing with a baseline.
fn is_breaking_rule(id: &str) -> bool {
    checks::rule(id).is_some_and(|rule| !rule.is_lint())
}

/// Whether looking at the files that differ is enough: rules over packages need to see all files of a package.
pub(super) fn is_narrow(config: &Config) -> bool {
    !looks_at_packages(config)
}

/// Whether a rule is on that is about packages as a whole.
fn looks_at_packages(config: &Config) -> bool {
    let mut rules = config
        .modules
        .iter()
        .flat_map(|module| module.breaking.checks.enabled());
    rules.any(|rule| rule.as_str().starts_with("PACKAGE_"))
}

impl Broken {
    /// Compares two workspaces by the rules of each module.
    fn judge(
        &mut self,
        before: &Workspace,
        after: &Workspace,
        sides: &Sides,
        fail_on: Option<BreakingLimitName>,
        governor: &mut Governor,
    ) {
        let diff = Diff::new(&before.schema, &after.schema);
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
                if !belongs
                    || before.excludes(against)
                    || file.is_some_and(|file| after.excludes(file))
                {
                    continue;
                }
                let files = [(Some(against), before), (file, after)];
                let Some(severity) = weight(&finding, files, config, &after.config) else {
                    continue;
                };
                let limit = fail_on.map_or(config.fail_on.value, BreakingLimitName::limit);
                let is_failure = is_failure(&finding, severity, limit);
                let mut diagnostic = finding.into_diagnostic(severity);
                if diagnostic.location.is_none() {
                    survivor::place(&mut diagnostic, against, after, &sides.after);
                }
                if let Some(diagnostic) = governor.admit_change(diagnostic, against.source().path())
                {
                    self.fails |= is_failure;
                    self.findings.push(diagnostic);
                }
            }
        }
    }
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
