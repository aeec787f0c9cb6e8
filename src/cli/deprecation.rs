//! What was removed without having been deprecated for as long as the configuration asks.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::Result;
use super::baseline::Sides;
use super::workspace::Workspace;
use crate::checks::breaking::{Aspect, BreakingFinding};
use crate::config::join;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::governance::{Removed, removed};
use crate::schema::diff::Diff;
use crate::schema::{Input, Role, Schema};
use crate::sources::git::{CommitId, Repository, RevisionTree};
use crate::sources::{BlobId, Tree};
use crate::syntax;
use crate::text::{Day, Source, Span};

/// The rule, by its id.
const RULE: Code = Code("NO_DELETE_WITHOUT_DEPRECATION");

/// The removals between two versions that come too early. The history is only read where something deprecated is gone.
pub(super) fn early_removals(
    before: &Workspace,
    after: &Workspace,
    sides: &Sides,
) -> Result<Vec<BreakingFinding>> {
    let windows = after.config.modules.iter();
    let mut windows = windows.map(|module| &module.breaking.options.no_delete_without_deprecation);
    if windows.all(|window| window.days == 0) {
        return Ok(Vec::new());
    }
    let Some((repository, baseline)) = &sides.past else {
        return Ok(Vec::new());
    };
    let mut past = Past {
        repository,
        line: None,
        baseline: *baseline,
        schemas: HashMap::new(),
    };
    let top = after.config.directory.canonicalize();
    let top = top.ok().and_then(|top| repository.path_of(&top));
    let top = top.unwrap_or_default();
    let today = Day::today();
    let diff = Diff::new(&before.schema, &after.schema);
    let mut findings = Vec::new();
    for removed in removed(&diff) {
        let path = before.path_in_config(removed.file);
        let Some(module) = after.config.module_of(&path) else {
            continue;
        };
        let days = i64::from(module.breaking.options.no_delete_without_deprecation.days);
        let held = match removed.is_deprecated {
            false => Some(0),
            true => (past.deprecated_since(&join(&top, &path), &removed)?)
                .map(|since| today.days_since(since)),
        };
        if let Some(held) = held.filter(|held| *held < days) {
            findings.push(finding(&removed, held, days, after));
        }
    }
    Ok(findings)
}

fn finding<'s>(
    removed: &Removed<'s>,
    held: i64,
    days: i64,
    after: &'s Workspace,
) -> BreakingFinding {
    let what = format!("{} `{}`", removed.noun, removed.name);
    let message = match removed.is_deprecated {
        false => format!("{what} was removed and had not been deprecated before"),
        true => {
            format!("{what} was removed when {held} of {days} days of deprecation were over")
        }
    };
    let same_file = || Some((after.schema.file_named(removed.file.path())?, Span::at(0)));
    let left = removed.left.or_else(same_file);
    let diagnostic = match left {
        Some((file, span)) => Diagnostic::error(RULE, file.source(), span, message),
        None => Diagnostic::without_place(RULE, Severity::Error, message),
    };
    let label = match removed.is_deprecated {
        false => "declared here in the baseline, and not deprecated".to_owned(),
        true => {
            format!("declared here in the baseline, and deprecated for {held} of {days} days")
        }
    };
    let help = match removed.is_deprecated {
        false => "bring it back with `deprecated = true`, and remove it once that time is over"
            .to_owned(),
        true => format!("bring it back, and remove it in {} days", days - held),
    };
    BreakingFinding {
        diagnostic: diagnostic
            .with_label(removed.file.source(), removed.span, label)
            .with_help(help),
        file: left.map(|(file, _)| file.id()),
        against: Some(removed.file.id()),
        symbol: removed.symbol.clone(),
        aspect: Aspect::Existence,
        verdict: None,
        proofs: Vec::new(),
    }
}

/// The history up to the baseline, as far as it was looked at.
struct Past<'r> {
    repository: &'r Arc<Repository>,
    baseline: CommitId,
    /// The first parents, newest first, and whether that is all of them.
    line: Option<(Vec<CommitId>, bool)>,
    schemas: HashMap<BlobId, Option<Schema>>,
}

impl Past<'_> {
    /// Since when something is deprecated that the baseline has so; nothing where the history does not go back that far.
    fn deprecated_since(&mut self, path: &str, removed: &Removed<'_>) -> Result<Option<Day>> {
        let (line, is_whole) = match self.line.take() {
            Some(known) => known,
            None => {
                let (line, _) = self.repository.first_parents(self.baseline, |_| false)?;
                let oldest = line.last().copied();
                let is_cut = oldest.map(|oldest| self.repository.is_cut_at(oldest));
                (line, !is_cut.transpose()?.unwrap_or(false))
            }
        };
        let mut since = None;
        let mut last: Option<(BlobId, bool)> = None;
        let mut ended = false;
        for &commit in &line {
            let tree = RevisionTree::new(self.repository, commit, "", "")?;
            let Some(blob) = tree.blob(path) else {
                ended = true;
                break;
            };
            let is_deprecated = match last {
                Some((same, known)) if same == blob => known,
                _ => self.is_deprecated(blob, &tree, path, removed, last)?,
            };
            last = Some((blob, is_deprecated));
            if !is_deprecated {
                ended = true;
                break;
            }
            since = Some(commit);
        }
        self.line = Some((line, is_whole));
        let Some(since) = since.filter(|_| ended || is_whole) else {
            return Ok(None);
        };
        let commit = self.repository.commit(since)?;
        Ok(Some(Day::of_seconds(commit.seconds)))
    }

    /// Whether a version of a file has it deprecated. One that does not compile says what the next one did.
    fn is_deprecated(
        &mut self,
        blob: BlobId,
        tree: &RevisionTree,
        path: &str,
        removed: &Removed<'_>,
        next: Option<(BlobId, bool)>,
    ) -> Result<bool> {
        let schema = match self.schemas.entry(blob) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let bytes = tree.read(path)?;
                new.insert(bytes.and_then(|bytes| linked(path, bytes)))
            }
        };
        Ok(match schema {
            Some(schema) => removed.is_deprecated_in(schema),
            None => next.is_some_and(|(_, known)| known),
        })
    }
}

/// One file for itself: what it imports says nothing about what it marks as deprecated. None where its syntax is wrong.
fn linked(path: &str, bytes: Vec<u8>) -> Option<Schema> {
    let source = Source::new(path, path, bytes).ok()?;
    let file = syntax::File::parse(Arc::new(source));
    file.errors()
        .is_empty()
        .then(|| Schema::link(vec![Input::new(Arc::new(file), Role::Target)]))
}
