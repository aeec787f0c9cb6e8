//! `protogov breaking`

use std::collections::BTreeSet;

use clap::Args;
use rustc_hash::FxHashSet;

use super::baseline::{Sides, VersionArgs};
use super::fixing::FixArgs;
use super::governed::{Governor, Settled};
use super::input::{InputArgs, nothing_to_check};
use super::judgement::{self, Judged, Manner};
use super::output::{BreakingLimitName, OutputArgs};
use super::survivor::Survivors;
use super::workspace::Workspace;
use super::{Global, Outcome, Result, Subcommand, deprecation, reserving, reuse};
use crate::checks::{self, Dialect, Suppressed};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Fingerprint};
use crate::governance::Waived;
use crate::report::Report;
use crate::workspace::ParsedFiles;

/// Arguments of `protogov breaking`.
#[derive(Debug, Args)]
pub struct Breaking {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    versions: VersionArgs,
    /// Leave out files that are gone, and what was in them
    #[arg(long)]
    limit_to_input_files: bool,
    /// Do not look for the bytes that prove a finding
    #[arg(long)]
    no_witness: bool,
    /// Look only at the files that are checked, which is always so; buf needs to be told
    #[arg(long, hide = true)]
    exclude_imports: bool,
    /// The least that makes the run fail: a severity, or what a change breaks
    #[arg(long, value_name = "LIMIT")]
    fail_on: Option<BreakingLimitName>,
    #[command(flatten)]
    fixing: FixArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl Subcommand for Breaking {
    fn run(self, global: &Global) -> Result {
        if self.fixing.is_asked() {
            let (input, versions) = (&self.input, &self.versions);
            let shown = reserving::run(input, versions, &self.fixing, &self.output, global)?;
            if let Some(outcome) = shown {
                return Ok(outcome);
            }
        }
        let mut total = Broken::default();
        let mut is_empty = true;
        let manner = Manner {
            finds_witnesses: !self.no_witness,
            only_files_of_today: self.limit_to_input_files,
            limit: self.fail_on.map(BreakingLimitName::limit),
        };
        for (config, paths) in self.input.groups()? {
            let roots = self.input.roots(&config, &paths)?;
            is_empty &= roots.iter().all(|root| root.targets.is_none());
            let mut governor = Governor::open(&config)?;
            let parsed = ParsedFiles::default();
            let limits = self.input.limits()?;
            for sides in self.versions.sides(&config, &roots, is_narrow(&config))? {
                let load = |roots| Workspace::load(config.clone(), roots, &parsed, limits.clone());
                let (mut before, after) = (load(&sides.before), load(&sides.after));
                total.compare(&sides, &mut before, &after, manner, &mut governor)?;
            }
            let is_whole = self.input.is_whole();
            total.settle(governor.settle(|waiver| is_whole && is_breaking_rule(&waiver.rule)));
            total.notes.extend(config.notes);
        }
        if is_empty && !self.input.allows_empty() {
            return Err(nothing_to_check());
        }
        self.output.write_notes(total.notes, global)?;
        let mut report = Report::new(total.findings, total.files)
            .with_suppressed(total.suppressed)
            .with_waived(total.waived);
        if let Some(by_rule) = total.by_rule {
            report = report.with_rules_apart(by_rule);
        }
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
    /// Compile errors, and the changes, each once.
    pub(super) findings: Vec<Diagnostic>,
    /// The same under buf's configuration, a change once for each rule.
    by_rule: Option<Vec<Diagnostic>>,
    pub(super) suppressed: Vec<Suppressed>,
    pub(super) waived: Vec<Waived>,
    pub(super) notes: Vec<Diagnostic>,
    pub(super) files: usize,
    /// The findings, waived or not, that ask for a new major version.
    pub(super) majors: BTreeSet<Fingerprint>,
    /// Whether something of it makes the run fail.
    pub(super) fails: bool,
}

impl Broken {
    /// Adds what comparing with one baseline finds.
    pub(super) fn compare(
        &mut self,
        sides: &Sides,
        before: &mut Workspace,
        after: &Workspace,
        manner: Manner,
        governor: &mut Governor,
    ) -> Result<()> {
        before.place_like(after, &sides.after);
        let changed = sides.change_count;
        self.files += changed.unwrap_or_else(|| after.schema.targets().count());
        self.notes.extend(sides.note.clone());
        let mut errors = after.errors();
        governor.name_owners(&mut errors);
        let is_broken = !errors.is_empty();
        let is_bufs = matches!(after.config.dialect, Dialect::Buf(_));
        if is_bufs {
            let by_rule = self.by_rule.get_or_insert_default();
            by_rule.extend(errors.iter().cloned());
        }
        self.fails |= is_broken;
        self.findings.append(&mut errors);
        if is_broken && is_bufs {
            return Ok(());
        }
        let mut reuses = reuse::reuses(before, after, sides)?;
        self.notes.append(&mut reuses.notes);
        let early = deprecation::early_removals(before, after, sides)?;
        let known = reuses.findings.into_iter().chain(early).collect();
        let judged = judgement::judge(before, after, known, manner);
        self.add(judged, before, after, sides, governor);
        Ok(())
    }

    fn add(
        &mut self,
        mut judged: Judged,
        before: &Workspace,
        after: &Workspace,
        sides: &Sides,
        governor: &mut Governor,
    ) {
        let mut survivors = Survivors::new(after, &sides.after);
        let mut waived = FxHashSet::default();
        for change in judged.changes {
            let against = change.finding.against.map(|id| before.schema.file(id));
            let is_major = judgement::is_major(&change.finding);
            let mut diagnostic = change.finding.into_diagnostic(change.severity);
            if is_major {
                self.majors.insert(Fingerprint::of(&diagnostic));
            }
            if let (None, Some(against)) = (&diagnostic.location, against) {
                survivors.place(&mut diagnostic, against);
            }
            let path = against.map_or("", |against| against.source().path());
            let rules = std::iter::once(diagnostic.code).chain(diagnostic.also.iter().copied());
            let rules: Vec<_> = rules
                .map(|rule| (diagnostic.symbol.clone(), rule))
                .collect();
            match governor.admit_change(diagnostic, path) {
                Some(diagnostic) => {
                    self.fails |= change.fails;
                    self.findings.push(diagnostic);
                }
                // Who lets a change pass does so for all rules that see it.
                None => waived.extend(rules),
            }
        }
        judged
            .by_rule
            .retain(|one| !waived.contains(&(one.symbol.clone(), one.code)));
        if let Some(by_rule) = &mut self.by_rule {
            by_rule.append(&mut judged.by_rule);
        }
        self.suppressed.append(&mut judged.suppressed);
        self.notes.append(&mut judged.notes);
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
