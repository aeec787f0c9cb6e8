//! `protogov breaking`

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::input::{InputArgs, Workspace, nothing_to_check};
use super::output::OutputArgs;
use super::{Failure, Global, Outcome, Result, Subcommand};
use crate::checks::breaking::{self, Aspect, BreakingFinding};
use crate::checks::{self, Dialect, Registered};
use crate::compatibility::Outcome as Surface;
use crate::config::{BreakingConfig, BreakingLimit, Config, Stability};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::report::Report;
use crate::schema::diff::Diff;
use crate::schema::{File, Role};
use crate::sources::Environment;
use crate::sources::git::{CommitId, Repository, Revision};
use crate::workspace::{Checked, ParsedFiles, Root, Versions};

/// Arguments of `protogov breaking`.
#[derive(Debug, Args)]
pub struct Breaking {
    #[command(flatten)]
    input: InputArgs,
    /// What to compare with: a branch, tag, commit, `latest-tag` or `tag:PATTERN`; by default the base branch
    #[arg(long, value_name = "REVISION")]
    against: Vec<String>,
    /// Compare with the revision itself, not with the commit where the two histories part
    #[arg(long)]
    tip: bool,
    /// Check what is staged for the next commit
    #[arg(long, conflicts_with = "head")]
    staged: bool,
    /// Check a commit instead of the working tree
    #[arg(long, value_name = "REVISION")]
    head: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// The code of notes on what was compared.
const BASELINE: Code = Code("BASELINE");

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
            let repository = repository_of(&roots)?;
            let against = self.baselines(&config);
            let checked = self.checked(&repository)?;
            let head = match checked {
                Checked::Commit(commit) => Revision {
                    commit,
                    name: self.head.clone().unwrap_or_default(),
                    note: None,
                },
                _ => repository.head()?,
            };
            for name in against {
                let base = match &name {
                    Some(name) => repository.resolve(name, head.commit)?,
                    None => repository.default_base(head.commit)?,
                };
                let commit = self.commit(&repository, &base, &head)?;
                notes.push(compared_with(&base, commit, self.tip));
                let compared = self.compare(&config, &roots, &repository, commit, checked)?;
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

/// The repository that the import roots lie in.
fn repository_of(roots: &[Root]) -> Result<Arc<Repository>> {
    let environment = Environment::of_process();
    let directory = roots
        .iter()
        .find_map(|root| root.disk.as_ref())
        .map_or(Path::new("."), |disk| disk.real());
    Repository::discover(directory, &environment)?.ok_or_else(|| {
        Failure::with_help(
            format!("`{}` is in no git repository", directory.display()),
            "run inside a repository",
        )
    })
}

/// Says which commit counts.
fn compared_with(base: &Revision, commit: CommitId, tip: bool) -> Diagnostic {
    let how = if tip || commit == base.commit {
        "compared with"
    } else {
        "compared with the merge base of"
    };
    let mut message = format!("{how} `{}`, commit {}", base.name, commit.short());
    if let Some(note) = &base.note {
        message = format!("{message}; {note}");
    }
    Diagnostic::without_place(BASELINE, Severity::Info, message)
}

/// What comparing with one baseline gave.
struct Compared {
    findings: Vec<Diagnostic>,
    files: usize,
    fails: bool,
}

impl Breaking {
    /// What the command line names, else the configuration, else nothing in particular.
    fn baselines(&self, config: &Config) -> Vec<Option<String>> {
        if !self.against.is_empty() {
            return self.against.iter().cloned().map(Some).collect();
        }
        let configured: Vec<Option<String>> = config
            .modules
            .first()
            .map(|module| {
                let against = module.breaking.against.iter();
                against.map(|name| Some(name.value.clone())).collect()
            })
            .unwrap_or_default();
        if configured.is_empty() {
            vec![None]
        } else {
            configured
        }
    }

    fn checked(&self, repository: &Repository) -> Result<Checked> {
        if self.staged {
            return Ok(Checked::Staged);
        }
        match &self.head {
            Some(name) => {
                let head = repository.head()?;
                let revision = repository.resolve(name, head.commit)?;
                Ok(Checked::Commit(revision.commit))
            }
            None if repository.work_tree().is_none() => {
                Ok(Checked::Commit(repository.head()?.commit))
            }
            None => Ok(Checked::WorkingTree),
        }
    }

    /// The commit that the comparison is with.
    fn commit(
        &self,
        repository: &Repository,
        base: &Revision,
        head: &Revision,
    ) -> Result<CommitId> {
        if self.tip {
            return Ok(base.commit);
        }
        Ok(repository.merge_base(base, head)?)
    }

    fn compare(
        &self,
        config: &Config,
        roots: &[Root],
        repository: &Arc<Repository>,
        base: CommitId,
        checked: Checked,
    ) -> Result<Compared> {
        let mut versions = Versions::new(roots, repository, base, checked)?;
        let files = versions.change_count();
        // Rules over packages need to see all files of a package; all others only what differs.
        if !looks_at_packages(config) {
            versions = versions.narrowed();
        }
        let parsed = ParsedFiles::default();
        let excluded = self.input.excluded()?;
        let before = Workspace::load(config.clone(), &versions.before, &parsed, excluded.clone());
        let after = Workspace::load(config.clone(), &versions.after, &parsed, excluded);
        let mut findings = after.errors();
        let mut fails = !findings.is_empty();
        let broken = !findings.is_empty() && matches!(config.dialect, Dialect::Buf(_));
        if !broken {
            let (found, failing) = judge(&before, &after);
            fails |= failing;
            findings.extend(found);
        }
        Ok(Compared {
            findings,
            files,
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
            if !belongs {
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
