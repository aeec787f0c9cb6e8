//! `protogov diff`

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::baseline::{Sides, VersionArgs};
use super::breaking::{self, Broken};
use super::config::ConfigArgs;
use super::governed::Governor;
use super::graduation;
use super::input::InputArgs;
use super::judgement::Manner;
use super::workspace::Workspace;
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::checks::Dialect;
use crate::diagnostic::{Diagnostic, Effect};
use crate::governance::{Bump, ChangeGroup, ChangeKind, VersionStep, Waived, changes, group_of};
use crate::report::{Changelog, ChangelogEntry, ChangelogFormat};
use crate::schema::diff::Diff as SchemaDiff;
use crate::workspace::{ParsedFiles, Root};

/// Arguments of `protogov diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// What to compare with: a revision, or anything that `breaking --against` takes; or a package, to compare it with
    /// another one of today's tree
    #[arg(value_name = "FROM")]
    from: String,
    /// The revision that is compared, by default the working tree; or the other package
    #[arg(value_name = "TO")]
    to: Option<String>,
    /// Compare with FROM itself, not with the commit where the two histories part; always so where TO is given
    #[arg(long)]
    tip: bool,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiffFormat,
    /// Fail unless the step between two versions is as large as the change asks for
    #[arg(long, value_name = "OLD..NEW")]
    check_bump: Option<VersionStep>,
    /// Files and directories to compare; by default the current directory
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Directory that imports are relative to; files found only there are not compared
    #[arg(short = 'I', long = "import-root", value_name = "DIR")]
    import_roots: Vec<PathBuf>,
    /// Leave out files and directories, as paths or globs relative to the current directory
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    #[command(flatten)]
    config: ConfigArgs,
}

/// How a changelog is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// For a program.
    Json,
}

impl Subcommand for Diff {
    fn run(self, global: &Global) -> Result {
        let step = self.check_bump.clone();
        let format = match self.format {
            DiffFormat::Text => ChangelogFormat::Text,
            DiffFormat::Markdown => ChangelogFormat::Markdown,
            DiffFormat::Json => ChangelogFormat::Json,
        };
        let mut told = Told {
            changelog: Changelog::new(
                self.from.as_str(),
                self.to.as_deref().unwrap_or("the working tree"),
            ),
            notes: Vec::new(),
            differs: false,
        };
        self.tell(&mut told)?;
        told.conclude();
        terminal::notes(told.notes, global)?;
        terminal::write_stdout(|out| told.changelog.write(format, out))?;
        let shortfall = step.and_then(|step| step.shortfall(told.changelog.verdict));
        let Some(shortfall) = shortfall else {
            return Ok(Outcome::Clean);
        };
        terminal::write_stderr(&format!("error: {shortfall}\n"));
        Ok(Outcome::Findings)
    }
}

impl Diff {
    fn tell(self, told: &mut Told) -> Result<()> {
        let input = InputArgs::new(self.paths, self.import_roots, self.exclude, self.config);
        let is_exact = self.tip || self.to.is_some();
        for (config, paths) in input.groups()? {
            let roots = input.roots(&config, &paths)?;
            let parsed = ParsedFiles::default();
            let limits = input.limits()?;
            let load =
                |roots: &[Root]| Workspace::load(config.clone(), roots, &parsed, limits.clone());
            let packages = match &self.to {
                Some(to) if graduation::is_package(&self.from) && graduation::is_package(to) => {
                    graduation::sides(&load(&roots), &roots, &self.from, to)
                }
                _ => None,
            };
            if let Some(sides) = packages {
                told.compare(&sides, load(&sides.before), &load(&sides.after), true)?;
                continue;
            }
            let versions = VersionArgs::new(self.from.clone(), self.to.clone(), is_exact);
            for sides in versions.sides(&config, &roots, breaking::is_narrow(&config))? {
                told.compare(&sides, load(&sides.before), &load(&sides.after), false)?;
            }
        }
        Ok(())
    }
}

/// What is told so far.
struct Told {
    changelog: Changelog,
    notes: Vec<Diagnostic>,
    /// Whether files differ at all.
    differs: bool,
}

impl Told {
    /// Adds what differs between two sides. Where they are two packages, their files are not compared.
    fn compare(
        &mut self,
        sides: &Sides,
        mut before: Workspace,
        after: &Workspace,
        are_packages: bool,
    ) -> Result<()> {
        let mut governor = Governor::open(&after.config)?;
        let mut broken = Broken::default();
        let manner = Manner {
            finds_witnesses: true,
            ..Manner::default()
        };
        broken.compare(sides, &mut before, after, manner, &mut governor)?;
        // What cannot be understood is no change.
        let (findings, errors): (Vec<_>, Vec<_>) =
            (broken.findings.into_iter()).partition(|finding| finding.fingerprint.is_some());
        if !errors.is_empty() && matches!(after.config.dialect, Dialect::Buf(_)) {
            return Err(Failure::from(errors));
        }
        self.notes.extend(errors);
        self.notes.append(&mut broken.notes);
        self.differs |= sides.change_count.is_none_or(|count| count > 0);

        let schemas = [&after.schema, &before.schema];
        let counts = |group: &ChangeGroup| !are_packages || !matches!(group, ChangeGroup::File(_));
        let mut symbols: BTreeSet<String> = BTreeSet::new();
        for finding in &findings {
            symbols.extend(finding.symbol.as_deref().map(str::to_owned));
            let entry = entry(finding, schemas);
            let is_major = finding
                .fingerprint
                .is_some_and(|name| broken.majors.contains(&name));
            if !counts(&entry.group) {
                continue;
            }
            match is_major {
                true => self.changelog.breaking.push(entry),
                false => self.changelog.changed.push(entry),
            }
        }
        for waived in governor.waived() {
            symbols.extend(waived.diagnostic.symbol.as_deref().map(str::to_owned));
            self.changelog.waived.push(waived_entry(waived, schemas));
        }
        let diff = SchemaDiff::new(&before.schema, &after.schema);
        let is_asked_for = |file, is_before: bool| match is_before {
            true => !before.excludes(file),
            false => !after.excludes(file),
        };
        for change in changes(&diff, is_asked_for) {
            // What a rule has told is told.
            let is_told = matches!(change.kind, ChangeKind::Changed | ChangeKind::Removed)
                && symbols.contains(&change.symbol);
            if is_told || !counts(&change.group) {
                continue;
            }
            let list = match change.kind {
                ChangeKind::Added => &mut self.changelog.added,
                ChangeKind::Deprecated => &mut self.changelog.deprecated,
                ChangeKind::Changed => &mut self.changelog.changed,
                ChangeKind::Removed => &mut self.changelog.removed,
            };
            list.push(ChangelogEntry {
                group: change.group,
                symbol: Some(change.symbol),
                text: change.text,
                rule: None,
                effect: None,
                effects: Vec::new(),
                fingerprint: None,
                owners: Vec::new(),
                waiver: None,
            });
        }
        Ok(())
    }

    /// Sorts everything and says what it comes to.
    fn conclude(&mut self) {
        let log = &mut self.changelog;
        for list in [
            &mut log.breaking,
            &mut log.waived,
            &mut log.added,
            &mut log.deprecated,
            &mut log.changed,
            &mut log.removed,
        ] {
            list.sort_by(|a, b| {
                (&a.group, &a.symbol, &a.text).cmp(&(&b.group, &b.symbol, &b.text))
            });
            list.dedup_by(|a, b| (&a.group, &a.symbol, &a.text) == (&b.group, &b.symbol, &b.text));
        }
        let breaks = log.breaking.iter().chain(&log.waived);
        let (count, first) = (log.breaking.len() + log.waived.len(), breaks.clone().next());
        let news = [
            (log.added.len(), "addition"),
            (log.deprecated.len(), "deprecation"),
            (
                log.removed.len(),
                "removal that breaks nothing that is checked",
            ),
        ];
        let conditional = log
            .changed
            .iter()
            .filter(|entry| entry.rule.is_some())
            .count();
        let news: Vec<String> = news
            .into_iter()
            .chain([(conditional, "change that is safe on a condition")])
            .filter(|&(count, _)| count > 0)
            .map(|(count, noun)| format!("{count} × {noun}"))
            .collect();
        (log.verdict, log.reason) = match first {
            Some(first) if count == 1 => (Bump::Major, first.text.clone()),
            Some(first) => (
                Bump::Major,
                format!("{}, and {} more", first.text, count - 1),
            ),
            None if !news.is_empty() => (Bump::Minor, news.join(", ")),
            None if !log.changed.is_empty() => (
                Bump::Patch,
                format!(
                    "{} × change that no reader of messages notices",
                    log.changed.len()
                ),
            ),
            None if self.differs => (Bump::Patch, "nothing but layout and comments".to_owned()),
            None => (Bump::None, "nothing changed".to_owned()),
        };
    }
}

fn entry(finding: &Diagnostic, schemas: [&crate::schema::Schema; 2]) -> ChangelogEntry {
    let symbol = finding.symbol.as_deref().unwrap_or_default();
    ChangelogEntry {
        group: group_of(symbol, schemas),
        symbol: Some(symbol.to_owned()),
        text: finding.message.clone(),
        rule: Some(finding.code.0),
        effect: finding.reason.clone(),
        effects: (finding.effect.as_deref()).map_or_else(Vec::new, Effect::lines),
        fingerprint: finding.fingerprint.map(|name| name.to_string()),
        owners: (finding.owners().iter())
            .map(|owner| owner.to_string())
            .collect(),
        waiver: None,
    }
}

fn waived_entry(waived: &Waived, schemas: [&crate::schema::Schema; 2]) -> ChangelogEntry {
    let waiver = &waived.waiver;
    let until = waiver
        .expires
        .map_or_else(String::new, |day| format!(" until {day}"));
    let link = waiver
        .link
        .as_ref()
        .map_or_else(String::new, |link| format!(" ({link})"));
    ChangelogEntry {
        waiver: Some(format!(
            "by {}{until}: {}{link}",
            waiver.owner, waiver.reason
        )),
        ..entry(&waived.diagnostic, schemas)
    }
}
