//! What two versions of a workspace differ in, weighed by the configuration.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::workspace::Workspace;
use crate::checks::breaking::{self, Aspect, BreakingFinding};
use crate::checks::{self, Dialect, Registered, Silencer, Suppressed, Suppressions};
use crate::compatibility::Outcome as Surface;
use crate::config::{BreakingConfig, BreakingLimit, CommentStyle, Config, Module, Stability};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::schema::diff::Diff;
use crate::schema::{File, FileId, Role};

/// How two versions are compared.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// Whether findings come with the bytes that prove them.
    pub(super) finds_witnesses: bool,
    /// Whether files that are gone are left out.
    pub(super) only_files_of_today: bool,
    /// The least that makes a run fail, in place of what the configuration says.
    pub(super) limit: Option<BreakingLimit>,
}

/// A change, with what it weighs.
#[derive(Debug)]
pub(super) struct Weighed {
    pub(super) finding: BreakingFinding,
    pub(super) severity: Severity,
    /// Whether it makes a run fail.
    pub(super) fails: bool,
}

/// What comparing two versions gave.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// The changes, each once.
    pub(super) changes: Vec<Weighed>,
    /// The same, once for each rule that sees it.
    pub(super) by_rule: Vec<Diagnostic>,
    /// What comments in today's contracts silence.
    pub(super) suppressed: Vec<Suppressed>,
    /// What a reader has to know of what was compared.
    pub(super) notes: Vec<Diagnostic>,
}

/// The code of notes on baselines that do not compile.
const BASELINE: Code = Code("BASELINE");

/// Compares two workspaces by the rules of each module. `known` are findings that were made elsewhere, from the history.
pub(super) fn judge(
    before: &Workspace,
    after: &Workspace,
    known: Vec<BreakingFinding>,
    manner: Manner,
) -> Judged {
    let diff = Diff::new(&before.schema, &after.schema);
    let mut judged = Judged::default();
    let mut judge = Judge {
        before,
        after,
        manner,
        broken: broken_files(before),
        told: BTreeSet::new(),
        silencers: FxHashMap::default(),
    };
    for module in &after.config.modules {
        let config = &module.breaking;
        let rules: Vec<(&'static Registered, Severity)> = config
            .checks
            .enabled()
            .filter_map(|id| checks::rule(id.as_str()))
            .map(|rule| (rule, rule.severity()))
            .collect();
        let comparison = breaking::Comparison {
            rules: &rules,
            options: &config.options,
            finds_witnesses: manner.finds_witnesses,
        };
        let mut findings: Vec<(BreakingFinding, Severity)> = Vec::new();
        for finding in comparison.run(&diff) {
            if let Some(severity) = judge.weight(&finding, module) {
                findings.push((finding, severity));
            }
        }
        for finding in &known {
            if let Some(severity) = judge.weight(finding, module) {
                let severity = severity.min(finding.diagnostic.severity);
                findings.push((finding.clone(), severity));
            }
        }
        judge.settle(findings, config, &mut judged);
    }
    judged.notes.extend(judge.told.into_iter().map(|path| {
        let message =
            format!("`{path}` does not compile in the baseline, so what it lost is not told");
        Diagnostic::without_place(BASELINE, Severity::Warning, message)
    }));
    judged
}

/// The files of a schema in which something is wrong.
fn broken_files(workspace: &Workspace) -> BTreeSet<FileId> {
    let errors = workspace.schema.errors();
    let sources: BTreeSet<*const _> = errors
        .filter_map(|error| error.location.as_ref())
        .map(|location| std::sync::Arc::as_ptr(&location.source))
        .collect();
    if sources.is_empty() {
        return BTreeSet::new();
    }
    let files = workspace.schema.files();
    files
        .filter(|file| sources.contains(&std::sync::Arc::as_ptr(file.source())))
        .map(File::id)
        .collect()
}

struct Judge<'a> {
    before: &'a Workspace,
    after: &'a Workspace,
    manner: Manner,
    /// Files of the baseline that do not compile: what they say is not to be relied upon.
    broken: BTreeSet<FileId>,
    /// The paths of those of them that had something to tell.
    told: BTreeSet<String>,
    silencers: FxHashMap<FileId, Silencer>,
}

impl Judge<'_> {
    /// What a finding weighs in a module; nothing where it belongs to another one, or where it does not count.
    fn weight(&mut self, finding: &BreakingFinding, module: &Module) -> Option<Severity> {
        let (before, after) = (self.before, self.after);
        let against = finding.against.map(|id| before.schema.file(id));
        let file = finding.file.map(|id| after.schema.file(id));
        let is_here = |file: File<'_>, side: &Workspace| {
            file.role() == Role::Target
                && side
                    .config
                    .module_of(&side.path_in_config(file))
                    .is_some_and(|of| of.root.value == module.root.value)
        };
        let belongs = match file {
            Some(file) if file.role() == Role::Target => is_here(file, after),
            _ => against.is_some_and(|against| is_here(against, before)),
        };
        let is_left_out = against.is_some_and(|file| before.excludes(file))
            || file.is_some_and(|file| after.excludes(file));
        if !belongs || is_left_out {
            return None;
        }
        if let Some(against) = against {
            let is_gone = || after.schema.file_named(against.path()).is_none();
            if self.manner.only_files_of_today && is_gone() {
                return None;
            }
            if self.broken.contains(&against.id()) {
                self.told.insert(against.source().path().to_owned());
                return None;
            }
        }
        let sides = [(against, before), (file, after)];
        weight(finding, sides, &module.breaking, &after.config)
    }

    /// Makes one finding of each change, takes out what comments silence, and tells what makes the run fail.
    fn settle(
        &mut self,
        findings: Vec<(BreakingFinding, Severity)>,
        config: &BreakingConfig,
        judged: &mut Judged,
    ) {
        // buf tells each rule apart, and its users read the output of both by the same tools.
        if matches!(self.after.config.dialect, Dialect::Buf(_)) {
            for (finding, severity) in &findings {
                let diagnostic = finding.clone().into_diagnostic(*severity);
                if self.silence(finding.file, &diagnostic, config).is_none() {
                    judged.by_rule.push(diagnostic);
                }
            }
        }
        let limit = self.manner.limit.unwrap_or(config.fail_on.value);
        for (finding, severity) in breaking::merged(findings) {
            let shown = finding.clone().into_diagnostic(severity);
            if let Some(suppressed) = self.silence(finding.file, &shown, config) {
                judged.suppressed.push(suppressed);
                continue;
            }
            let fails = is_failure(&finding, severity, limit);
            judged.changes.push(Weighed {
                finding,
                severity,
                fails,
            });
        }
    }

    fn silence(
        &mut self,
        file: Option<FileId>,
        diagnostic: &Diagnostic,
        config: &BreakingConfig,
    ) -> Option<Suppressed> {
        let file = file?;
        let schema = &self.after.schema;
        let silencer = self.silencers.entry(file).or_insert_with(|| {
            Suppressions {
                protogov: config.suppression.honours(CommentStyle::Protogov),
                ..Suppressions::default()
            }
            .silencer(schema.file(file))
        });
        silencer.silence(diagnostic)
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

/// Whether a change asks for a new major version.
pub(super) fn is_major(finding: &BreakingFinding) -> bool {
    is_failure(finding, Severity::Info, BreakingLimit::SemverMajor)
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
