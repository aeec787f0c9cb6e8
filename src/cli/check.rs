//! `protogov check`

use clap::Args;

use super::baseline::VersionArgs;
use super::breaking::{self, Broken};
use super::governed::Governor;
use super::input::{InputArgs, nothing_to_check};
use super::judgement::Manner;
use super::lint::{self, Linted};
use super::output::{BreakingLimitName, OutputArgs};
use super::workspace::Workspace;
use super::{Global, Outcome, Result, Subcommand};
use crate::config::Config;
use crate::report::Report;
use crate::workspace::{ParsedFiles, Root};

/// Arguments of `protogov check`.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    checked: CheckedArgs,
    /// The least that makes the run fail: a severity, or what a change breaks; the latter leaves linting as it is
    /// configured
    #[arg(long, value_name = "LIMIT")]
    fail_on: Option<BreakingLimitName>,
    #[command(flatten)]
    output: OutputArgs,
}

/// What is linted and compared. Shared by the subcommands that do both.
#[derive(Debug, Args)]
pub(super) struct CheckedArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    versions: VersionArgs,
}

/// What was found in the files of one configuration.
pub(super) struct Group {
    pub(super) config: Config,
    pub(super) governor: Governor,
    pub(super) linted: Linted,
    pub(super) broken: Broken,
    /// How many files were checked.
    files: usize,
}

impl Subcommand for Check {
    fn run(self, global: &Global) -> Result {
        let is_whole = self.checked.is_whole();
        let (mut findings, mut suppressed) = (Vec::new(), Vec::new());
        let (mut waived, mut notes) = (Vec::new(), Vec::new());
        let (mut files, mut fails) = (0, false);
        for group in self.checked.check(self.fail_on)? {
            let settled = group.governor.settle(|_| is_whole);
            files += group.files;
            fails |= group.linted.fails || group.broken.fails;
            findings.extend(group.linted.findings);
            findings.extend(group.broken.findings);
            findings.extend(settled.unused);
            suppressed.extend(group.linted.suppressed);
            suppressed.extend(group.broken.suppressed);
            waived.extend(settled.waived);
            notes.extend(group.broken.notes);
            notes.extend(group.config.notes);
        }
        self.output.write_notes(notes, global)?;
        let report = Report::new(findings, files)
            .with_suppressed(suppressed)
            .with_waived(waived);
        self.output.write(&report, global)?;
        Ok(if fails {
            Outcome::Findings
        } else {
            Outcome::Clean
        })
    }
}

impl CheckedArgs {
    /// Whether everything is checked that the configuration around the current directory governs.
    pub(super) fn is_whole(&self) -> bool {
        self.input.is_whole()
    }

    /// Lints and compares. The files that are checked are read and linked once for both.
    pub(super) fn check(&self, fail_on: Option<BreakingLimitName>) -> Result<Vec<Group>> {
        let mut groups = Vec::new();
        for (config, paths) in self.input.groups()? {
            let roots = self.input.roots(&config, &paths)?;
            let parsed = ParsedFiles::default();
            let limits = self.input.limits()?;
            let load =
                |roots: &[Root]| Workspace::load(config.clone(), roots, &parsed, limits.clone());
            let mut group = Group {
                governor: Governor::open(&config)?,
                linted: Linted::default(),
                broken: Broken::default(),
                files: 0,
                config: config.clone(),
            };
            let mut checked: Option<Workspace> = None;
            for sides in (self.versions).sides(&config, &roots, breaking::is_narrow(&config))? {
                let after = checked.get_or_insert_with(|| load(&sides.checked));
                let mut before = load(&sides.before);
                let governor = &mut group.governor;
                let manner = Manner {
                    finds_witnesses: true,
                    limit: fail_on.map(BreakingLimitName::limit),
                    ..Manner::default()
                };
                (group.broken).compare(&sides, &mut before, after, manner, governor)?;
            }
            if let Some(workspace) = checked {
                group.files = workspace.targets().count();
                let severity = fail_on.and_then(BreakingLimitName::severity);
                (group.linted).lint(&workspace, severity, &mut group.governor);
                group
                    .broken
                    .notes
                    .extend(lint::unchecked(&workspace.config));
            }
            groups.push(group);
        }
        let is_empty = groups.iter().all(|group| group.files == 0);
        if is_empty && !self.input.allows_empty() {
            return Err(nothing_to_check());
        }
        Ok(groups)
    }
}
