//! `protogov lint --fix`: the files that findings are about may be few, but a rename has to reach all files of the
//! modules they lie in.

use std::cell::RefCell;
use std::path::PathBuf;

use rustc_hash::FxHashSet;

use super::known::{KnownArgs, counts};
use super::{Counted, Lint, Linted, outcome};
use crate::checks::{Dialect, KnownFindings};
use crate::cli::baseline::VersionArgs;
use crate::cli::governed::Governor;
use crate::cli::output::SeverityName;
use crate::cli::spelling::directory_of;
use crate::cli::workspace::Workspace;
use crate::cli::{Failure, Global, Result, fixing};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::fix::{self, Options, Renamed, Subject};
use crate::report::Report;
use crate::schema::{Definition, EnumValue, Field, FileId, Method, Oneof, Schema};
use crate::workspace::{ParsedFiles, Root};

/// What one configuration governs: the files on disk, and the version that others know.
struct Fixing {
    workspace: Workspace,
    /// The files that findings are about.
    asked: FxHashSet<FileId>,
    /// What may pass is not fixed.
    governor: RefCell<Governor>,
    before: Before,
}

/// What was there before, which is not fixed either.
struct Before {
    args: KnownArgs,
    known: KnownFindings,
    /// The files as the baseline of `--new-only` has them.
    schema: Option<Schema>,
}

impl Fixing {
    /// Lints the files as they are now.
    fn lint(&self, fail_on: Option<Severity>, with_fixes: bool, governor: &mut Governor) -> Linted {
        let Before {
            args,
            known,
            schema,
        } = &self.before;
        let known = RefCell::new(known.clone());
        let touched = schema
            .as_ref()
            .map(|before| args.touched(before, &self.workspace.schema));
        let counted = Counted {
            fail_on,
            with_fixes,
            only: Some(&self.asked),
            counts: &|finding| counts(finding, &known, touched.as_ref()),
        };
        let mut total = Linted::default();
        total.lint_some(&self.workspace, &counted, governor);
        total
    }
}

impl Subject for Fixing {
    fn schema(&self) -> &Schema {
        &self.workspace.schema
    }

    fn replace(&mut self, schema: Schema) -> Schema {
        std::mem::replace(&mut self.workspace.schema, schema)
    }

    fn findings(&self) -> Vec<Diagnostic> {
        let mut findings = self
            .lint(None, true, &mut self.governor.borrow_mut())
            .findings;
        // What does not compile is not linted, but what a merge has doubled can be mended.
        if matches!(self.workspace.config.dialect, Dialect::Protogov) {
            findings.extend(fix::merged_conflicts(&self.workspace.schema));
        }
        findings
    }
}

impl Lint {
    /// Fixes what can be fixed, or shows it.
    pub(super) fn fix(&self, global: &Global) -> Result {
        if self.input.is_stdin() {
            return Err(Failure::with_help(
                "there is no file to fix: the contract comes from standard input",
                "name the file instead of `--stdin-filename`",
            ));
        }
        if self.known.writes() {
            return Err(Failure::with_help(
                "findings are either fixed or written to the baseline",
                "fix first, then run again with `--write-baseline` or `--prune-baseline`",
            ));
        }
        let limits = self.input.limits()?;
        let mut notes = Vec::new();
        let mut total = Linted::default();
        let mut files = 0;
        let mut all = fix::Fixed::default();
        for (config, paths) in self.input.groups()? {
            let asked_roots = self.input.roots(&config, &paths)?;
            let roots = self
                .input
                .roots(&config, &whole(&config, &paths, &asked_roots))?;
            let parsed = ParsedFiles::default();
            let workspace = Workspace::load(config, &roots, &parsed, limits.clone());
            let published = self.published(&workspace, &roots, &parsed, &mut notes)?;
            let is_asked = |name: &str| {
                let mut targets = asked_roots.iter().filter_map(|root| root.targets.as_ref());
                targets.any(|targets| targets.admits(name))
            };
            let asked = workspace
                .targets()
                .filter(|(file, ..)| is_asked(file.path()))
                .map(|(file, ..)| file.id())
                .collect();
            let governor = RefCell::new(Governor::open(&workspace.config)?);
            let before = Before {
                args: self.known.clone(),
                known: self.known.known()?,
                schema: self.before(&workspace, &roots, &parsed, &mut notes)?,
            };
            let mut fixing = Fixing {
                workspace,
                asked,
                governor,
                before,
            };
            let fixed = fix::apply(
                &mut fixing,
                &Options {
                    unsafe_too: self.unsafe_fixes,
                    is_published: &|schema, renamed| {
                        published
                            .as_ref()
                            .is_none_or(|baseline| is_published(baseline, schema, renamed))
                    },
                },
            )?;
            files += fixing.asked.len();
            let mut governor = Governor::open(&fixing.workspace.config)?;
            let fail_on = self.fail_on.map(SeverityName::severity);
            total.append(fixing.lint(fail_on, false, &mut governor));
            total.settle(governor.settle(|_| false));
            notes.extend(fixing.workspace.config.notes);
            all.files.extend(fixed.files);
            all.withheld.extend(fixed.withheld);
            all.unsafe_count += fixed.unsafe_count;
            for (rule, count) in fixed.counts {
                *all.counts.entry(rule).or_default() += count;
            }
        }
        if files == 0 && !self.input.allows_empty() {
            return Err(crate::cli::input::nothing_to_check());
        }
        if self.fixing.writes() {
            fixing::write(&all.files)?;
        }
        let unsafe_flag = (!self.unsafe_fixes).then_some("--unsafe-fixes");
        notes.extend(fixing::notes(&all, self.fixing.writes(), unsafe_flag));
        self.output.write_notes(notes, global)?;
        if self.fixing.diff {
            return fixing::print_diff(&all.files);
        }
        let report = Report::new(total.findings, files)
            .with_suppressed(total.suppressed)
            .with_waived(total.waived);
        self.output.write(&report, global)?;
        Ok(outcome(total.fails))
    }

    /// The version that others know; none where nothing says what they know, and then they may know every name.
    fn published(
        &self,
        workspace: &Workspace,
        roots: &[Root],
        parsed: &ParsedFiles,
        notes: &mut Vec<Diagnostic>,
    ) -> Result<Option<Schema>> {
        let versions = VersionArgs::against(self.against.clone());
        let sides = match versions.sides(&workspace.config, roots, false) {
            Ok(sides) => sides,
            // Without a repository there is no telling; whoever names a baseline wants to hear of it.
            Err(failure) if self.against.is_some() => return Err(failure),
            Err(_) => return Ok(None),
        };
        let Some(sides) = sides.into_iter().next() else {
            return Ok(None);
        };
        notes.extend(sides.note);
        let limits = self.input.limits()?;
        let before = Workspace::load(workspace.config.clone(), &sides.before, parsed, limits);
        Ok(Some(before.schema))
    }
}

/// The directories that hold all files that could use what is declared in the files asked for: the modules of the
/// configuration, and the roots that were asked for without one.
fn whole(config: &Config, paths: &[PathBuf], asked: &[Root]) -> Vec<PathBuf> {
    if config.source.is_some() {
        return vec![directory_of(config, paths)];
    }
    let directories = asked
        .iter()
        .filter(|root| root.targets.is_some())
        .filter_map(|root| root.disk.as_ref());
    directories
        .map(|disk| match disk.directory() {
            directory if directory.as_os_str().is_empty() => PathBuf::from("."),
            directory => directory.to_owned(),
        })
        .collect()
}

/// Whether a version of the files has what is renamed, by its name.
fn is_published(baseline: &Schema, schema: &Schema, renamed: &Renamed) -> bool {
    let file = renamed.symbol.file;
    let has_message = |name: &str| baseline.message(name);
    match renamed.symbol.definition {
        Definition::Package => {
            let mut files = baseline.files();
            files.any(|file| file.package() == renamed.full_name)
        }
        Definition::Field(index) => {
            let field = Field::new(schema, file, index);
            let message = field
                .scope()
                .and_then(|scope| has_message(scope.full_name()));
            message.is_some_and(|message| message.field_named(&field.name()).is_some())
        }
        Definition::Oneof(index) => {
            let oneof = Oneof::new(schema, file, index);
            has_message(oneof.parent().full_name()).is_some_and(|message| {
                let mut oneofs = message.oneofs();
                oneofs.any(|other| other.name().text == oneof.name().text)
            })
        }
        Definition::Method(index) => {
            let method = Method::new(schema, file, index);
            let service = method.parent().full_name();
            baseline
                .files()
                .flat_map(|file| file.services())
                .any(|other| {
                    let mut methods = other.methods();
                    other.full_name() == service
                        && methods.any(|other| other.name().text == method.name().text)
                })
        }
        Definition::EnumValue(index) => baseline
            .symbol(&EnumValue::new(schema, file, index).full_name())
            .is_some(),
        _ => baseline.symbol(&renamed.full_name).is_some(),
    }
}
