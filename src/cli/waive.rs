//! `protogov waive`

use std::fs;
use std::io;
use std::path::Path;

use clap::Args;

use super::check::{CheckedArgs, Group};
use super::governed::waivers_path;
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::diagnostic::{Diagnostic, Fingerprint};
use crate::governance::{NewWaiver, WaiverText};
use crate::text::Day;

/// Arguments of `protogov waive`.
#[derive(Debug, Args)]
pub struct Waive {
    /// The finding, as reports call it
    #[arg(required_unless_present = "prune", conflicts_with = "prune")]
    fingerprint: Option<Fingerprint>,
    /// Who answers for it; by default the owner that CODEOWNERS names
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Why it may pass
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The last day on which it may, as `2027-01-31`
    #[arg(long, value_name = "DAY")]
    expires: Option<Day>,
    /// Where this was agreed upon
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Take out all waivers that cover no finding
    #[arg(long, conflicts_with_all = ["owner", "reason", "expires", "link"])]
    prune: bool,
    #[command(flatten)]
    checked: CheckedArgs,
}

impl Subcommand for Waive {
    fn run(self, _: &Global) -> Result {
        let groups = self.checked.check(None)?;
        match self.fingerprint {
            Some(fingerprint) => self.waive(fingerprint, &groups),
            None => prune(&groups, self.checked.is_whole()),
        }
    }
}

impl Waive {
    fn waive(&self, fingerprint: Fingerprint, groups: &[Group]) -> Result {
        let found = groups.iter().find_map(|group| {
            let finding = group.finding(fingerprint)?;
            Some((group, finding))
        });
        let Some((group, finding)) = found else {
            return Err(Failure::with_help(
                format!("no finding is called `{fingerprint}`"),
                "run `protogov check` with the same arguments and take the fingerprint of what it shows",
            ));
        };
        let known = group.governor.waiver(fingerprint);
        let owner = given(&self.owner)
            .or_else(|| known.map(|waiver| waiver.owner.clone()))
            .or_else(|| finding.owners().first().map(|owner| owner.to_string()));
        let reason = given(&self.reason).or_else(|| known.map(|waiver| waiver.reason.clone()));
        let (owner, reason) = match (owner, reason) {
            (Some(owner), Some(reason)) => (owner, reason),
            (None, Some(_)) => {
                return Err(Failure::with_help(
                    "nobody answers for the finding",
                    "name a person or a team with `--owner`, or give its file an owner in CODEOWNERS",
                ));
            }
            (Some(_), None) => {
                return Err(Failure::with_help(
                    "nothing says why the finding may pass",
                    "say it with `--reason`; whoever reads the file in a year will want to know",
                ));
            }
            (None, None) => {
                return Err(Failure::with_help(
                    "nobody answers for the finding, and nothing says why it may pass",
                    "name a person or a team with `--owner`, and say with `--reason` what the next reader will want to know",
                ));
            }
        };
        let today = Day::today();
        if let Some(expires) = self.expires.filter(|expires| *expires < today) {
            return Err(Failure::with_help(
                format!("`{expires}` is over"),
                "name the last day on which the finding may pass",
            ));
        }
        let still_counts = known.filter(|waiver| !waiver.is_expired(today));
        let waiver = NewWaiver {
            fingerprint,
            rule: finding.code.to_string(),
            symbol: finding.symbol.as_deref().map(str::to_owned),
            owner,
            reason,
            created: today,
            expires: self
                .expires
                .or_else(|| still_counts.and_then(|waiver| waiver.expires)),
            link: given(&self.link).or_else(|| known.and_then(|waiver| waiver.link.clone())),
        };
        let path = waivers_path(&group.config);
        edit(&path, |text| text.put(&waiver))?;
        let (rule, path) = (&waiver.rule, shown(&path));
        say(&format!("waived `{fingerprint}` of `{rule}` in `{path}`"))
    }
}

/// Takes out what covers nothing.
fn prune(groups: &[Group], is_whole: bool) -> Result {
    if !is_whole {
        return Err(Failure::with_help(
            "waivers are only pruned where everything is checked",
            "run it without paths and `--exclude`",
        ));
    }
    let mut said = Vec::new();
    for group in groups {
        let unused = group.governor.unused(|_| true);
        if !unused.is_empty() {
            let path = waivers_path(&group.config);
            edit(&path, |text| text.remove(&unused))?;
            let count = unused.len();
            let plural = if count == 1 { "" } else { "s" };
            said.push(format!(
                "took {count} waiver{plural} out of `{}`",
                shown(&path)
            ));
        }
    }
    if said.is_empty() {
        said.push("every waiver covers a finding".to_owned());
    }
    say(&said.join("\n"))
}

impl Group {
    /// The finding of that name, waived or not.
    fn finding(&self, fingerprint: Fingerprint) -> Option<&Diagnostic> {
        let counting = self.linted.findings.iter().chain(&self.broken.findings);
        let waived = self
            .governor
            .waived()
            .iter()
            .map(|waived| &waived.diagnostic);
        counting
            .chain(waived)
            .find(|finding| finding.fingerprint == Some(fingerprint))
    }
}

/// A text that says something.
fn given(text: &Option<String>) -> Option<String> {
    let text = text.as_deref()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Changes a file of waivers; it is whole at any moment.
fn edit(path: &Path, change: impl FnOnce(&mut WaiverText)) -> Result<()> {
    let refuse = |error: String| Failure::new(format!("cannot change `{}`: {error}", shown(path)));
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| refuse(error.to_string()))?,
    };
    let mut text = WaiverText::parse(&text).map_err(refuse)?;
    change(&mut text);
    let beside = path.with_extension("toml.new");
    fs::write(&beside, text.text())
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| refuse(error.to_string()))
}

fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let here = here.canonicalize().unwrap_or(here);
    path.strip_prefix(&here)
        .unwrap_or(path)
        .display()
        .to_string()
}

fn say(text: &str) -> Result {
    terminal::write_stdout(|out| writeln!(out, "{text}"))?;
    Ok(Outcome::Clean)
}
