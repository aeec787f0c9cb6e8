//! What the repository says about findings: whose they are, and which of them may pass.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Failure, Result};
use crate::config::{Config, WAIVERS_FILE, Waiver, find_waivers, read_waivers};
use crate::diagnostic::{Diagnostic, Fingerprint};
use crate::governance::{OWNERS_FILES, Owners, Waived, WaiverBook};
use crate::text::Day;

/// Owners and waivers that count for the files of one configuration.
pub(super) struct Governor {
    owners: Owners,
    waivers: WaiverBook,
    waived: Vec<Waived>,
    /// The directory that paths of findings are relative to.
    here: PathBuf,
    /// The root of the repository.
    top: PathBuf,
}

/// What was left of the waivers at the end of a run.
pub(super) struct Settled {
    /// The findings that may pass.
    pub(super) waived: Vec<Waived>,
    /// A warning for each waiver that covers nothing.
    pub(super) unused: Vec<Diagnostic>,
}

impl Governor {
    /// The files that say who owns what and what may pass where `config` governs.
    pub(super) fn files(config: &Config) -> Vec<PathBuf> {
        let here = std::env::current_dir().unwrap_or_default();
        let owners = owners_file(&top(config, &here)).map(|(path, _)| path);
        let waivers = find_waivers(&config.directory);
        owners.into_iter().chain(waivers).collect()
    }

    /// Reads who owns what and what may pass where `config` governs.
    pub(super) fn open(config: &Config) -> Result<Self> {
        let here = std::env::current_dir().unwrap_or_default();
        let top = top(config, &here);
        let waivers = match find_waivers(&config.directory) {
            Some(path) => read_waivers(&path)?,
            None => Vec::new(),
        };
        Ok(Self {
            owners: read_owners(&top)?,
            waivers: WaiverBook::new(waivers, Day::today()),
            waived: Vec::new(),
            here,
            top,
        })
    }

    /// Names findings and their owners, and takes out those that a waiver lets pass.
    pub(super) fn admit(&mut self, findings: &mut Vec<Diagnostic>) {
        findings.par_iter_mut().for_each(|finding| {
            finding.fingerprint = Some(Fingerprint::of(finding));
        });
        self.name_owners(findings);
        findings.retain_mut(|finding| {
            let waiver = self.waivers.covers(finding).cloned();
            let is_waived = waiver.is_some();
            self.waived.extend(waiver.map(|waiver| Waived {
                diagnostic: finding.clone(),
                waiver,
            }));
            !is_waived
        });
    }

    /// The same for a change, which may be of a file that is gone: `against` is the path of the baseline's.
    pub(super) fn admit_change(
        &mut self,
        finding: Diagnostic,
        against: &str,
    ) -> Option<Diagnostic> {
        let mut findings = vec![finding];
        self.admit(&mut findings);
        let mut finding = findings.pop()?;
        if finding.symbol.as_deref() == Some(against) || finding.owners().is_empty() {
            finding.owners = Some(self.owners.of(&self.path_in_repository(against)));
        }
        Some(finding)
    }

    /// Says of each finding whom to ask.
    pub(super) fn name_owners(&self, findings: &mut [Diagnostic]) {
        if self.owners.is_empty() {
            return;
        }
        // Findings of one file stand side by side.
        let same_file = |a: &Diagnostic, b: &Diagnostic| match (&a.location, &b.location) {
            (Some(a), Some(b)) => Arc::ptr_eq(&a.source, &b.source),
            _ => false,
        };
        for findings in findings.chunk_by_mut(same_file) {
            let Some(location) = findings
                .first()
                .and_then(|finding| finding.location.as_ref())
            else {
                continue;
            };
            let path = location.source.path();
            let owners = self.owners.of(&self.path_in_repository(path));
            for finding in findings {
                finding.owners = Some(Arc::clone(&owners));
            }
        }
    }

    /// What may pass so far.
    pub(super) fn waived(&self) -> &[Waived] {
        &self.waived
    }

    /// The waiver of a finding, expired or not.
    pub(super) fn waiver(&self, fingerprint: Fingerprint) -> Option<&Waiver> {
        self.waivers.find(fingerprint)
    }

    /// The positions of the waivers that cover nothing, of those that `could` have.
    pub(super) fn unused(&self, could: impl Fn(&Waiver) -> bool) -> Vec<usize> {
        self.waivers.unused(could)
    }

    /// What is left at the end of a run in which the waivers that `could` cover something had their chance.
    pub(super) fn settle(self, could: impl Fn(&Waiver) -> bool) -> Settled {
        let unused = self.waivers.unused(could);
        Settled {
            unused: self.waivers.tell_unused(&unused),
            waived: self.waived,
        }
    }

    fn path_in_repository(&self, path: &str) -> String {
        let path = clean(&self.here.join(path));
        let inside = path.strip_prefix(&self.top).unwrap_or(&path);
        inside.to_string_lossy().replace('\\', "/")
    }
}

/// Where waivers for what `config` governs are written: to the file that counts, else beside the configuration, else at
/// the root of the repository.
pub(super) fn waivers_path(config: &Config) -> PathBuf {
    if let Some(path) = find_waivers(&config.directory) {
        return path;
    }
    let directory = match &config.source {
        Some(_) => config.directory.clone(),
        None => repository_around(&config.directory).unwrap_or_else(|| config.directory.clone()),
    };
    directory.join(WAIVERS_FILE)
}

fn repository_around(directory: &Path) -> Option<PathBuf> {
    let real = directory.canonicalize().ok()?;
    let mut around = real.ancestors();
    let root = around.find(|directory| directory.join(".git").exists())?;
    Some(root.to_owned())
}

/// The root of the repository that the files of `config` lie in.
fn top(config: &Config, here: &Path) -> PathBuf {
    repository_around(&config.directory)
        .or_else(|| repository_around(here))
        .unwrap_or_else(|| here.to_owned())
}

/// The file that says who owns what, and whether it is written as GitLab has it.
fn owners_file(top: &Path) -> Option<(PathBuf, bool)> {
    let files = OWNERS_FILES.iter();
    let mut files = files.map(|&(name, is_gitlab)| (top.join(name), is_gitlab));
    files.find(|(path, _)| path.is_file())
}

fn read_owners(top: &Path) -> Result<Owners> {
    let Some((path, is_gitlab)) = owners_file(top) else {
        return Ok(Owners::default());
    };
    let bytes = fs::read(&path)
        .map_err(|error| Failure::new(format!("cannot read `{}`: {error}", path.display())))?;
    Ok(Owners::parse(&String::from_utf8_lossy(&bytes), is_gitlab))
}

/// A path without `.` and `..`, by its letters.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}
