//! What is compared with what: today's files, and the versions that `--against` names.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::{Failure, Result};
use crate::config::{Config, is_within};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::sources::archive::MAX_UNPACKED_BYTES;
use crate::sources::git::{CommitId, Repository, Revision, RevisionTree};
use crate::sources::input::{Input, InputKind};
use crate::sources::{Environment, INPUT, Tree};
use crate::workspace::{Baseline, Checked, Root, Versions, is_input};

/// Which version is checked, and with which it is compared.
#[derive(Debug, Args)]
pub(super) struct VersionArgs {
    /// What to compare with: a branch, tag, commit, `latest-tag` or `tag:PATTERN`, a directory, an archive, a descriptor
    /// set, or buf's `.git#branch=main`; by default the base branch. With several, all of them
    #[arg(long, value_name = "BASELINE")]
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
}

/// The import roots in the two versions that are compared.
pub(super) struct Sides {
    pub(super) before: Vec<Root>,
    pub(super) after: Vec<Root>,
    /// What is checked, with the files that are the same on both sides.
    pub(super) checked: Vec<Root>,
    /// How many files differ, where git knows it.
    pub(super) change_count: Option<usize>,
    /// Which version the baseline is; none where it is no revision.
    pub(super) note: Option<Diagnostic>,
    /// The repository and the commit of the baseline, where it is one of the repository that is checked.
    pub(super) past: Option<(Arc<Repository>, CommitId)>,
}

/// The code of notes on what was compared.
const BASELINE: Code = Code("BASELINE");

impl VersionArgs {
    /// One baseline, against a revision or the working tree.
    pub(super) fn new(against: String, head: Option<String>, tip: bool) -> Self {
        Self {
            against: vec![against],
            tip,
            staged: false,
            head,
        }
    }

    /// The working tree and that baseline, or the one that nobody has to name.
    pub(super) fn against(baseline: Option<String>) -> Self {
        Self {
            against: baseline.into_iter().collect(),
            tip: false,
            staged: false,
            head: None,
        }
    }

    /// Both sides, for each baseline. Files that are the same on both are left out where `is_narrow` and git knows.
    pub(super) fn sides(
        &self,
        config: &Config,
        roots: &[Root],
        is_narrow: bool,
    ) -> Result<Vec<Sides>> {
        let is_on_disk = self.checks_disk();
        let here = match Here::find(self, roots) {
            Err(failure) if !is_on_disk => return Err(failure),
            // Only a baseline that is a revision needs one.
            found => found,
        };
        let sides = |name: &Option<String>| {
            let repository = here.as_ref().ok();
            let is_revision = |name: &str| {
                repository
                    .is_some_and(|here| here.repository.resolve(name, here.head.commit).is_ok())
            };
            if let Some(text) = name
                && is_input(text, is_revision)
            {
                return self.input_sides(text, config, roots, repository, is_narrow);
            }
            let here = match &here {
                Ok(here) => here,
                // The first failure is gone with the borrow; looking again fails in the same way.
                Err(_) => &Here::find(self, roots)?,
            };
            let base = match name {
                Some(name) => here.repository.resolve(name, here.head.commit)?,
                None => here.repository.default_base(here.head.commit)?,
            };
            let commit = self.commit(here, &base)?;
            here.sides(roots, commit, is_narrow, self.compared_with(&base, commit))
        };
        self.baselines(config).iter().map(sides).collect()
    }

    /// Whether the files that are checked are those on disk.
    pub(super) fn checks_disk(&self) -> bool {
        !self.staged && self.head.is_none()
    }

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

    /// Both sides, with a baseline that is spelled as an input.
    fn input_sides(
        &self,
        text: &str,
        config: &Config,
        roots: &[Root],
        here: Option<&Here>,
        is_narrow: bool,
    ) -> Result<Sides> {
        let input = Input::parse(text)?;
        let mut note = None;
        let baseline = if let InputKind::Git {
            revision,
            subdirectory,
        } = &input.kind
        {
            let repository =
                Repository::discover(Path::new(&input.path), &Environment::of_process())?
                    .ok_or_else(|| no_repository(Path::new(&input.path)))?;
            let head = repository.head()?;
            let base = match revision {
                Some(name) => repository.resolve(name, head.commit)?,
                None => head,
            };
            let ours = here
                .filter(|here| here.repository.common_directory() == repository.common_directory());
            let commit = match ours {
                Some(here) => self.commit(here, &base)?,
                None => base.commit,
            };
            let told = self.compared_with(&base, commit);
            // What lay in the same place then is found faster, and as what it is now.
            if let Some(here) = ours.filter(|here| here.holds(roots, subdirectory)) {
                return here.sides(roots, commit, is_narrow, told);
            }
            note = Some(told);
            let tree = RevisionTree::new(&repository, commit, subdirectory, &input.path)?;
            Baseline::project(Arc::new(tree) as Arc<dyn Tree>, text)?
        } else {
            Baseline::open(&input, read_stdin)?
        };
        let top = top_of(config, roots);
        let is_on_disk = self.checks_disk();
        let after = match here {
            Some(here) if !is_on_disk => {
                Versions::new(roots, &here.repository, here.head.commit, here.checked)?.after
            }
            _ => roots.to_vec(),
        };
        Ok(Sides {
            before: baseline.roots(roots, &top),
            checked: after.clone(),
            after,
            change_count: None,
            note,
            past: None,
        })
    }

    /// The commit that the comparison is with.
    fn commit(&self, here: &Here, base: &Revision) -> Result<CommitId> {
        if self.tip {
            return Ok(base.commit);
        }
        Ok(here.repository.merge_base(base, &here.head)?)
    }

    /// Says which commit counts.
    fn compared_with(&self, base: &Revision, commit: CommitId) -> Diagnostic {
        let how = if self.tip || commit == base.commit {
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
}

/// The repository that the checked files lie in.
struct Here {
    repository: Arc<Repository>,
    checked: Checked,
    /// The commit that is checked, or that the working tree and the index stand on.
    head: Revision,
}

impl Here {
    fn find(versions: &VersionArgs, roots: &[Root]) -> Result<Self> {
        let directory = roots
            .iter()
            .find_map(|root| root.disk.as_ref())
            .map_or(Path::new("."), |disk| disk.real());
        let repository = Repository::discover(directory, &Environment::of_process())?
            .ok_or_else(|| no_repository(directory))?;
        let mut head = repository.head()?;
        if let Some(name) = &versions.head {
            head = repository.resolve(name, head.commit)?;
            head.name.clone_from(name);
            head.note = None;
        }
        let checked = if versions.staged {
            Checked::Staged
        } else if versions.head.is_some() || repository.work_tree().is_none() {
            Checked::Commit(head.commit)
        } else {
            Checked::WorkingTree
        };
        Ok(Self {
            repository,
            checked,
            head,
        })
    }

    /// Whether all roots that are checked lie in that directory of the working tree.
    fn holds(&self, roots: &[Root], directory: &str) -> bool {
        let mut checked = roots.iter().filter(|root| root.targets.is_some());
        checked.all(|root| {
            let place = root.disk.as_ref();
            let place = place.and_then(|disk| self.repository.path_of(disk.real()));
            place.is_some_and(|place| is_within(&place, directory))
        })
    }

    fn sides(
        &self,
        roots: &[Root],
        base: CommitId,
        is_narrow: bool,
        note: Diagnostic,
    ) -> Result<Sides> {
        let mut versions = Versions::new(roots, &self.repository, base, self.checked)?;
        let change_count = Some(versions.change_count());
        let checked = versions.after.clone();
        if is_narrow {
            versions = versions.narrowed();
        }
        Ok(Sides {
            before: versions.before,
            after: versions.after,
            checked,
            change_count,
            note: Some(note),
            past: Some((Arc::clone(&self.repository), base)),
        })
    }
}

/// The directory that a baseline stands for: the configuration's, else the current one where what is checked lies in it.
fn top_of(config: &Config, roots: &[Root]) -> PathBuf {
    let directory = &config.directory;
    let directory = directory
        .canonicalize()
        .unwrap_or_else(|_| directory.clone());
    let mut places = roots.iter().filter_map(|root| root.disk.as_ref());
    match std::env::current_dir().and_then(|here| here.canonicalize()) {
        Ok(here)
            if config.source.is_none() && places.all(|disk| disk.real().starts_with(&here)) =>
        {
            here
        }
        _ => directory,
    }
}

fn no_repository(directory: &Path) -> Failure {
    Failure::with_help(
        format!("`{}` is in no git repository", directory.display()),
        "run inside a repository, or compare with a directory, an archive or a descriptor set",
    )
}

fn read_stdin() -> crate::sources::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(MAX_UNPACKED_BYTES + 1);
    let problem = match input.read_to_end(&mut bytes) {
        Ok(count) if count as u64 > MAX_UNPACKED_BYTES => "standard input is too large".to_owned(),
        Ok(_) => return Ok(bytes),
        Err(error) => format!("cannot read standard input: {error}"),
    };
    Err(Diagnostic::without_place(INPUT, Severity::Error, problem))
}
