//! Whether a plan did what its fixes claim, and nothing besides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::plan::{Applied, Plan};
use super::problem::Problem;
use super::shape::{self, Expected};
use crate::descriptor;
use crate::diagnostic::{Claim, Code, Diagnostic};
use crate::schema::{File, FileId, Schema};
use crate::syntax;
use crate::text::{Edit, Source};

/// What is wrong with files after a plan, rules aside.
pub(super) fn problems(
    before: &Schema,
    after: &Schema,
    plan: &Plan<'_>,
    applied: &Applied,
) -> Vec<Problem> {
    let mut problems = new_errors(before, after);
    if !problems.is_empty() {
        return problems;
    }
    // Without a rename nothing can change in a file that was not edited.
    let files: Vec<FileId> = before
        .targets()
        .map(File::id)
        .filter(|id| !plan.renames.is_empty() || applied.files.contains_key(id))
        .collect();
    let ids = by_source(before);
    let broken: FxHashSet<FileId> = before
        .errors()
        .filter_map(|error| ids.get(&Arc::as_ptr(&error.location.as_ref()?.source)))
        .copied()
        .collect();
    let (claims, nothing) = (plan.claims(), BTreeSet::new());
    problems.par_extend(files.par_iter().filter_map(|&id| {
        let old = before.file(id);
        // What does not compile has no descriptor to speak of, unless it is what was mended.
        if broken.contains(&id) && !applied.files.contains_key(&id) {
            return None;
        }
        let expected = Expected {
            before,
            renames: &plan.renames,
            claims: claims.get(&id).unwrap_or(&nothing),
        };
        let [old, new] = [old, after.file(id)].map(|file| descriptor::file(file, false));
        let what = shape::difference(&old, &new, &expected)?;
        Some(Problem::in_file(id, what))
    }));
    for &id in &files {
        let Some(file) = applied.files.get(&id) else {
            continue;
        };
        let removed = removed_comments(before.file(id).syntax(), file);
        let may_go = |comment: &str| {
            let of_it = plan
                .fixes
                .iter()
                .filter(|planned| planned.fix.claim == Claim::Comments);
            let mut edits = of_it.flat_map(|planned| &planned.edits);
            edits.any(|(edited, edit)| *edited == id && holds(before.file(id), edit, comment))
        };
        if let Some(comment) = removed.iter().find(|comment| !may_go(comment)) {
            let first = comment.lines().next().unwrap_or_default();
            problems.push(Problem::in_file(
                id,
                format!("the comment `{first}` would be lost"),
            ));
        }
    }
    problems.sort_by(|a, b| (a.file, &a.what).cmp(&(b.file, &b.what)));
    problems
}

fn holds(file: File<'_>, edit: &Edit, comment: &str) -> bool {
    file.source().slice(edit.span).contains(comment)
}

/// The errors that were not there before.
fn new_errors(before: &Schema, after: &Schema) -> Vec<Problem> {
    let path = |error: &Diagnostic| {
        let place = error.location.as_ref();
        place.map(|place| place.source.path().to_owned())
    };
    let mut known: FxHashMap<(Option<String>, &str), usize> = FxHashMap::default();
    for error in before.errors() {
        *known.entry((path(error), &error.message)).or_default() += 1;
    }
    let files = by_source(after);
    let mut problems = Vec::new();
    for error in after.errors() {
        if let Some(count) = known.get_mut(&(path(error), error.message.as_str()))
            && *count > 0
        {
            *count -= 1;
            continue;
        }
        let place = error.location.as_ref();
        problems.push(Problem {
            what: format!("it would not compile: {}", error.message),
            file: place.and_then(|place| files.get(&Arc::as_ptr(&place.source)).copied()),
            place: place.map(|place| place.span.start),
            is_finding: false,
        });
    }
    problems
}

fn by_source(schema: &Schema) -> FxHashMap<*const Source, FileId> {
    let key = |file: File<'_>| (Arc::as_ptr(file.source()), file.id());
    schema.files().map(key).collect()
}

/// The comments that a file has no longer.
fn removed_comments(before: &syntax::File, after: &syntax::File) -> Vec<String> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    let all = |file: &'_ syntax::File| -> Vec<crate::text::Span> {
        let tokens = file.tokens().iter();
        tokens
            .flat_map(|token| file.each_comment_before(token))
            .collect()
    };
    for span in all(after) {
        *left.entry(after.source().slice(span)).or_default() += 1;
    }
    let mut removed = Vec::new();
    for span in all(before) {
        let text = before.source().slice(span);
        match left.get_mut(text) {
            Some(count) if *count > 0 => *count -= 1,
            _ => removed.push(text.to_owned()),
        }
    }
    removed
}

/// What rules find that they did not before: of no rule may a file have more findings.
pub(super) fn new_findings(
    before: &[Diagnostic],
    after: &[Diagnostic],
    schema: &Schema,
) -> Vec<Problem> {
    let (old, new) = (counts(before), counts(after));
    let known: FxHashSet<(Code, &str)> = before
        .iter()
        .map(|finding| (finding.code, finding.message.as_str()))
        .collect();
    let files = by_source(schema);
    let grown = |finding: &&Diagnostic| new.get(&key(finding)) > old.get(&key(finding));
    let is_new = |finding: &&Diagnostic| !known.contains(&(finding.code, finding.message.as_str()));
    let mut told: FxHashSet<(Code, &str)> = FxHashSet::default();
    let mut problems = Vec::new();
    // Those in new words first: they are where the trouble is. Where all words are old ones, any of them has to do.
    let in_new_words = after.iter().filter(grown).filter(is_new);
    let in_old_words = after
        .iter()
        .filter(grown)
        .filter(|finding| !is_new(finding));
    for (finding, is_certain) in in_new_words
        .map(|finding| (finding, true))
        .chain(in_old_words.map(|finding| (finding, false)))
    {
        if !told.insert(key(finding)) && !is_certain {
            continue;
        }
        let place = finding.location.as_ref();
        problems.push(Problem {
            what: format!("`{}` would find: {}", finding.code, finding.message),
            file: place.and_then(|place| files.get(&Arc::as_ptr(&place.source)).copied()),
            place: place.filter(|_| is_certain).map(|place| place.span.start),
            is_finding: true,
        });
    }
    problems
}

fn key(finding: &Diagnostic) -> (Code, &str) {
    let place = finding.location.as_ref();
    (finding.code, place.map_or("", |place| place.source.path()))
}

fn counts(findings: &[Diagnostic]) -> FxHashMap<(Code, &str), usize> {
    let mut counts: FxHashMap<(Code, &str), usize> = FxHashMap::default();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}
