//! Applies fixes: those that go together at once, names at every place where they are used, and again until nothing is
//! left to fix. Every step is verified before it counts.
//!
//! Nothing is read or written here; files are replaced by whoever asked, once all of them are right.
//!
//! A step is right when every file still parses and links, when what changed in the descriptors is what the fixes claim
//! and nothing besides, when no comment is lost, and when no rule finds anything new. A rename that fails is left out,
//! since only the trial can show that a new name means something else somewhere; any other fix that fails is a bug of
//! ours, and then nothing is changed at all.

mod plan;
mod problem;
mod reference;
mod rename;
mod reserve;
mod shape;
mod unfollowed;
mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnostic::{Code, Diagnostic, Fix, Severity};
use crate::schema::{FileId, Schema};
use crate::text::Source;
use plan::{Applied, Plan};
use problem::Problem;

pub use rename::Renamed;
pub use reserve::{merged_conflicts, missing_reservations};

/// The code of what is said about fixes themselves.
pub const FIX: Code = Code("FIX");

/// How many times fixes are looked for again in what fixes have made.
const MAX_ROUNDS: usize = 20;

/// How many fixes may turn out to be impossible before no more are tried.
const MAX_REFUSED: usize = 10_000;

/// What is fixed: files linked to each other, and what is wrong with them.
pub trait Subject {
    /// The files.
    fn schema(&self) -> &Schema;
    /// Takes other files of the same indices; gives those that it had.
    fn replace(&mut self, schema: Schema) -> Schema;
    /// What is found in the files, with fixes.
    fn findings(&self) -> Vec<Diagnostic>;
}

/// Which fixes are applied.
pub struct Options<'o> {
    /// Whether those are too that change generated source, or names that somebody may know.
    pub unsafe_too: bool,
    /// Whether somebody may know what is renamed by its name.
    pub is_published: &'o dyn Fn(&Schema, &Renamed) -> bool,
}

/// What applying fixes gave.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The files that differ, by path.
    pub files: Vec<FixedFile>,
    /// How many findings of each rule were fixed.
    pub counts: BTreeMap<Code, usize>,
    /// Fixes that could not be applied, in order of their places.
    pub withheld: Vec<Withheld>,
    /// How many fixes were left out because they are not safe.
    pub unsafe_count: usize,
}

/// A file before and after.
#[derive(Debug, Clone)]
pub struct FixedFile {
    /// As it was.
    pub before: Arc<Source>,
    /// As it is to be.
    pub after: Arc<Source>,
}

/// A fix that could not be applied.
#[derive(Debug, Clone)]
pub struct Withheld {
    /// The finding that stays.
    pub finding: Diagnostic,
    /// What the fix would have done.
    pub title: String,
    /// Why it was not.
    pub why: String,
}

impl Withheld {
    fn new(finding: &Diagnostic, fix: &Fix, why: String) -> Self {
        Self {
            finding: finding.clone(),
            title: fix.title.clone(),
            why,
        }
    }

    /// The note that tells of it.
    pub fn note(&self) -> Diagnostic {
        let message = format!("not fixed ({}): {}", self.title, self.why);
        let mut note = Diagnostic::without_place(self.finding.code, Severity::Info, message);
        note.location.clone_from(&self.finding.location);
        note
    }
}

/// Applies the fixes of all findings, again and again until none is left.
///
/// # Errors
/// When a fix does what it does not claim, which is a bug. The subject is then in no particular state.
pub fn apply(subject: &mut impl Subject, options: &Options<'_>) -> Result<Fixed, Diagnostic> {
    let mut fixed = Fixed::default();
    let mut originals: FxHashMap<FileId, Arc<Source>> = FxHashMap::default();
    let mut refused: FxHashMap<Key, Withheld> = FxHashMap::default();
    let mut findings = subject.findings();
    let mut rounds = 0;
    let mut left = Vec::new();
    while rounds < MAX_ROUNDS && refused.len() < MAX_REFUSED {
        let step = step(subject, &findings, options, &refused, &mut fixed)?;
        match step {
            Step::Nothing(withheld) => {
                left = withheld;
                break;
            }
            Step::Applied(after, sources) => {
                findings = after;
                rounds += 1;
                for (id, source) in sources {
                    originals.entry(id).or_insert(source);
                }
            }
            Step::Refused(withheld) => {
                refused.extend(withheld.into_iter().map(|one| (key(&one.finding), one)));
            }
        }
    }
    left.extend(refused.into_values());
    left.sort_by_cached_key(|withheld| key(&withheld.finding));
    fixed.withheld = left;
    fixed.files = originals
        .into_iter()
        .map(|(id, before)| FixedFile {
            before,
            after: Arc::clone(subject.schema().file(id).source()),
        })
        .filter(|file| file.before.bytes() != file.after.bytes())
        .collect();
    fixed
        .files
        .sort_by(|a, b| a.before.path().cmp(b.before.path()));
    Ok(fixed)
}

/// What became of one plan.
enum Step {
    /// There is nothing to do; some fixes cannot be made.
    Nothing(Vec<Withheld>),
    /// It is done: what is found now, and the sources of the files that were edited.
    Applied(Vec<Diagnostic>, Vec<(FileId, Arc<Source>)>),
    /// Nothing was done, since some of the fixes cannot be part of it.
    Refused(Vec<Withheld>),
}

fn step(
    subject: &mut impl Subject,
    findings: &[Diagnostic],
    options: &Options<'_>,
    refused: &FxHashMap<Key, Withheld>,
    fixed: &mut Fixed,
) -> Result<Step, Diagnostic> {
    let refuse = |finding: &Diagnostic| refused.contains_key(&key(finding));
    let plan = Plan::new(subject.schema(), findings, options, &refuse);
    fixed.unsafe_count = plan.unsafe_count;
    if plan.fixes.is_empty() {
        return Ok(Step::Nothing(plan.withheld));
    }
    let applied = plan.apply(subject.schema()).map_err(|conflict| {
        let what = format!("fixes are in each other's way: {conflict}");
        bug(&plan.fixes, &what)
    })?;
    let schema = subject.schema().with_files(&applied.files);
    let problems = verify::problems(subject.schema(), &schema, &plan, &applied);
    if !problems.is_empty() {
        return culprits(&plan, &applied, &problems).map(Step::Refused);
    }
    let before = subject.replace(schema);
    let after = subject.findings();
    let problems = verify::new_findings(findings, &after, subject.schema());
    if !problems.is_empty() {
        subject.replace(before);
        return culprits(&plan, &applied, &problems).map(Step::Refused);
    }
    for planned in &plan.fixes {
        *fixed.counts.entry(planned.finding.code).or_default() += 1;
    }
    let mut sources: Vec<(FileId, Arc<Source>)> = applied
        .files
        .keys()
        .map(|&id| (id, Arc::clone(before.file(id).source())))
        .collect();
    sources.sort_by_key(|(id, _)| *id);
    Ok(Step::Applied(after, sources))
}

/// The fixes that problems come from, to be left out: renames, and what rules do not like. Anything else that went wrong
/// is a bug.
fn culprits(
    plan: &Plan<'_>,
    applied: &Applied,
    problems: &[Problem],
) -> Result<Vec<Withheld>, Diagnostic> {
    let mut blamed: FxHashMap<usize, &Problem> = FxHashMap::default();
    for problem in problems {
        let near = plan.near(applied, problem);
        let is_rename = |at: &usize| plan.fixes[*at].fix.rename.is_some();
        let mut suspects: Vec<usize> = near.iter().copied().filter(is_rename).collect();
        if suspects.is_empty() && problem.is_finding {
            suspects.clone_from(&near);
        }
        if suspects.is_empty() && near.is_empty() {
            suspects = (0..plan.fixes.len()).filter(is_rename).collect();
        }
        if suspects.is_empty() {
            let near = near.iter().map(|&at| &plan.fixes[at]);
            return Err(bug(near, &problem.what));
        }
        for at in suspects {
            blamed.entry(at).or_insert(problem);
        }
    }
    let withheld = blamed.into_iter().map(|(at, problem)| {
        let planned = &plan.fixes[at];
        Withheld::new(planned.finding, planned.fix, problem.what.clone())
    });
    Ok(withheld.collect())
}

/// The report of a bug: which fix it was, and what it did.
fn bug<'p, 'f: 'p>(
    fixes: impl IntoIterator<Item = &'p plan::Planned<'f>>,
    what: &str,
) -> Diagnostic {
    let first = fixes.into_iter().next();
    let message = match first {
        Some(planned) => format!(
            "a fix of `{}` ({}) is wrong: {what}",
            planned.finding.code, planned.fix.title
        ),
        None => format!("the fixes are wrong: {what}"),
    };
    let mut bug = Diagnostic::without_place(FIX, Severity::Error, message)
        .with_reason("every fix is verified before a file is touched; nothing was written")
        .with_help("this is a bug of protogov: report it with the file, and allow the finding until it is mended");
    bug.location = first.and_then(|planned| planned.finding.location.clone());
    bug
}

/// What a finding is known by while places move.
type Key = (Code, String, String);

fn key(finding: &Diagnostic) -> Key {
    let path = finding.location.as_ref().map(|place| place.source.path());
    (
        finding.code,
        path.unwrap_or_default().to_owned(),
        finding.message.clone(),
    )
}
