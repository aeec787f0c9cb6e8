//! What of today's files takes a number or name that something else had before the baseline.

use std::collections::BTreeSet;
use std::path::Path;

use super::Result;
use super::baseline::Sides;
use super::history::read_lock;
use super::reuse_proof;
use super::workspace::Workspace;
use crate::checks::breaking::{Aspect, BreakingFinding};
use crate::compatibility::{
    OldName, Verdict, enum_number_reused, field_name_reused, field_number_reused,
};
use crate::config::{LOCK_FILE, join};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::history::{
    self, Holder, Kind, Ledger, NumbersLock, Releases, ReuseCheck, ReuseFinding, Reused,
};
use crate::schema::{EnumValue, File, Schema};
use crate::text::Day;

/// The code of notes on how far the history was looked at.
const HISTORY: Code = Code("HISTORY");

/// What was found, and what a reader has to know of how far was looked.
#[derive(Debug, Default)]
pub(super) struct Reuses {
    /// The findings: an error where the old holder was in a release.
    pub(super) findings: Vec<BreakingFinding>,
    pub(super) notes: Vec<Diagnostic>,
}

/// Asks the history up to the baseline, and the lock file beside the configuration, about the numbers and names that are
/// new. Where none is, nothing is read.
pub(super) fn reuses(before: &Workspace, after: &Workspace, sides: &Sides) -> Result<Reuses> {
    let takers = Takers::of(before, after, sides);
    if takers.files.is_empty() || !is_asked_for(after) {
        return Ok(Reuses::default());
    }
    let lock = find_lock(after)?;
    let mut notes = Vec::new();
    let mut ledger = Ledger::default();
    if let Some((repository, commit)) = &sides.past {
        let top = repository.path_of(&real(&after.config.directory));
        let top = top.unwrap_or_default();
        let paths: Vec<String> = takers.paths.iter().map(|path| join(&top, path)).collect();
        ledger = Ledger::read_for(repository, *commit, &paths)?;
        if ledger.is_incomplete() && lock.is_none() {
            notes.push(incomplete(&ledger));
        }
    }
    let is_new = |name: &str, number: i32| is_new(&before.schema, name, number);
    let find = |releases: &Releases| -> Vec<(ReuseFinding, File<'_>)> {
        let mut check = ReuseCheck::new(&ledger, releases);
        if let Some(lock) = &lock {
            check = check.with_lock(lock, &is_new);
        }
        let files = takers.files.iter();
        files
            .flat_map(|file| {
                let found = check.findings(file.syntax());
                found.into_iter().map(|finding| (finding, *file))
            })
            .collect()
    };
    let mut found = find(&Releases::default());
    // Most changes take nothing: only then is it worth knowing which tags there are.
    if let (Some((repository, _)), false) = (&sides.past, found.is_empty()) {
        let releases = Releases::read(repository, &ledger, &after.config.release_tags.value)?;
        found = find(&releases);
    }
    let findings = found
        .into_iter()
        .map(|(found, file)| finding(found, file, before));
    Ok(Reuses {
        findings: findings.collect(),
        notes,
    })
}

/// Whether a rule is on that the history is needed for.
fn is_asked_for(workspace: &Workspace) -> bool {
    let codes = [
        history::FIELD_NUMBER_REUSED,
        history::ENUM_NUMBER_REUSED,
        history::FIELD_NAME_REUSED,
    ];
    let mut rules =
        (workspace.config.modules.iter()).flat_map(|module| module.breaking.checks.enabled());
    rules.any(|rule| codes.contains(&rule.code()))
}

/// Today's files in which a number or a name is new, and where their types were declared, in the directory of the
/// configuration.
#[derive(Default)]
struct Takers<'s> {
    files: Vec<File<'s>>,
    paths: BTreeSet<String>,
}

impl<'s> Takers<'s> {
    fn of(before: &Workspace, after: &'s Workspace, sides: &Sides) -> Self {
        let mut takers = Self::default();
        // What is checked may hold more files than are compared.
        let is_compared = |file: &File<'_>| {
            let mut roots = sides.after.iter().filter_map(|root| root.targets.as_ref());
            roots.any(|targets| targets.admits(file.path()))
        };
        for file in after.schema.targets().filter(is_compared) {
            let old = before.schema.file_named(file.path());
            if old.is_some_and(|old| old.source().bytes() == file.source().bytes()) {
                continue;
            }
            let mut takes = false;
            let mut homes = BTreeSet::new();
            for message in file.all_messages() {
                let old = before.schema.message(message.full_name());
                let Some(old) = old else {
                    takes |= message.fields().next().is_some();
                    continue;
                };
                let is_new = message.fields().any(|field| {
                    let same = field.number().and_then(|number| old.field_numbered(number));
                    same.is_none_or(|same| same.name() != field.name())
                });
                if is_new {
                    takes = true;
                    homes.insert(before.path_in_config(old.file()));
                }
            }
            for node in file.all_enums() {
                let Some(old) = before.schema.enumeration(node.full_name()) else {
                    takes |= node.values().next().is_some();
                    continue;
                };
                let is_new = node
                    .values()
                    .filter_map(EnumValue::number)
                    .any(|number| old.value_numbered(number).is_none());
                if is_new {
                    takes = true;
                    homes.insert(before.path_in_config(old.file()));
                }
            }
            if takes {
                takers.files.push(file);
                takers.paths.insert(after.path_in_config(file));
                takers.paths.append(&mut homes);
            }
        }
        takers
    }
}

/// Whether a number of a type is one that the baseline does not have.
fn is_new(before: &Schema, name: &str, number: i32) -> bool {
    if let Some(message) = before.message(name) {
        return message.field_numbered(number).is_none();
    }
    before
        .enumeration(name)
        .is_none_or(|node| node.value_numbered(number).is_none())
}

/// The lock file beside the configuration, where there is one.
fn find_lock(workspace: &Workspace) -> Result<Option<NumbersLock>> {
    let path = workspace.config.directory.join(LOCK_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    read_lock(&path).map(Some)
}

fn incomplete(ledger: &Ledger) -> Diagnostic {
    let since = ledger
        .begins()
        .map(|begins| Day::of_seconds(begins).to_string());
    let since = since.unwrap_or_else(|| "the baseline".to_owned());
    Diagnostic::without_place(
        HISTORY,
        Severity::Warning,
        format!("history incomplete, checked back to {since}: this clone is shallow"),
    )
    .with_help(format!(
        "run `git fetch --unshallow`, or keep the file that `protogov history --write {LOCK_FILE}` makes"
    ))
}

fn finding(found: ReuseFinding, file: File<'_>, before: &Workspace) -> BreakingFinding {
    let verdict = verdict(&found);
    let against = before.schema.file_named(file.path());
    BreakingFinding {
        proofs: reuse_proof::proofs(&found, &verdict, file.schema()),
        verdict: Some(verdict),
        diagnostic: found.diagnostic,
        file: Some(file.id()),
        against: against.map(File::id),
        symbol: found.symbol,
        aspect: match found.what {
            Reused::Number => Aspect::Number,
            Reused::Name => Aspect::Name,
        },
    }
}

fn verdict(found: &ReuseFinding) -> Verdict {
    // Of a lock file's old holder no more is known than its declaration, which stands as its name.
    let is_alike = |heir: &Holder| match found.old.type_name.is_empty() {
        true => found.kind == Kind::Enum || heir.declaration() == *found.old.name,
        false => heir.type_name == found.old.type_name && heir.label == found.old.label,
    };
    let old_name = match &found.heir {
        None => OldName::Gone,
        Some(heir) if is_alike(heir) => OldName::Kept,
        Some(heir) if heir.label == found.old.label => OldName::Retyped(&heir.type_name),
        Some(_) => OldName::Retyped(""),
    };
    match (found.what, found.kind) {
        (Reused::Name, _) => field_name_reused(),
        (Reused::Number, Kind::Enum) => enum_number_reused(old_name),
        (Reused::Number, _) => {
            field_number_reused(&found.old.type_name, &found.new.type_name, old_name)
        }
    }
}

fn real(path: &Path) -> std::path::PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
