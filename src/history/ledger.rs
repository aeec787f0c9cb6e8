//! The ledger: for each type every number it ever gave out, to whom, and from which commit to which.
//!
//! It is a list of events along one line of commits, so that a ledger of an older commit of the line is this one with
//! the end cut off, and a ledger of a newer one is this one with more appended.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::facts::{Holder, Kind, ReservedFacts};
use crate::sources::BlobId;
use crate::sources::git::CommitId;

/// The position of a commit in the line of a ledger; the oldest is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub u32);

/// Which commits of a history are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The line of first parents: what was once the newest state.
    FirstParents,
    /// The commits of merged branches too: what was in use before it was merged, or was given up by then.
    All,
}

/// Every number and name that the types of a repository ever had, along the first parents of a commit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The commits, oldest first; those of a branch right before the commit that merged it.
    pub(super) line: Vec<CommitId>,
    /// Which of the commits are of merged branches; in order.
    pub(super) merged: Vec<Moment>,
    /// What is shown of the commits that changed a proto file, in order.
    pub(super) details: Vec<(Moment, CommitDetail)>,
    /// The types, in order of appearance. A type that was deleted and came back goes on where it ended.
    pub(super) records: Vec<Record>,
    /// The proto files: from which commit on which blob says what they declare.
    pub(super) paths: Vec<PathRecord>,
    /// The numbers and names that were given to something else, in order of the commits that did so.
    pub(super) reuses: Vec<Reuse>,
    /// How many revisions of files say nothing because they do not compile.
    pub(super) skipped: Vec<(Moment, u32)>,
    /// Whether a shallow clone has cut the line off.
    pub(super) is_cut: bool,
}

/// What is shown of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitDetail {
    /// When it was committed, in seconds since 1970 UTC.
    pub seconds: i64,
    /// Its author's name.
    pub author: String,
}

/// A path and the blobs that say what it declares. A revision that does not compile is no entry here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PathRecord {
    pub(super) path: Box<str>,
    pub(super) versions: Vec<(Moment, Option<BlobId>)>,
}

/// The history of a type under one full name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Its full name.
    pub name: Box<str>,
    /// Where it was declared, and when; more than one entry where its file moved or it was deleted and came back.
    pub lives: Vec<Life>,
    /// Who held its numbers.
    pub tenures: Vec<Tenure>,
    /// What it reserved, from which commit on.
    pub reserved: Vec<(Moment, ReservedFacts)>,
    /// The types that it was until they were renamed to this one.
    pub predecessors: Vec<Predecessor>,
}

/// A type that was renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predecessor {
    /// Its record.
    pub record: u32,
    /// The commit that renamed it.
    pub at: Moment,
}

/// A time in which a type was declared in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// The position of the file's path.
    pub path: u32,
    /// The commit that declared it there.
    pub from: Moment,
    /// The commit that did so no longer.
    pub until: Option<Moment>,
}

/// How a tenure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ending {
    /// The number was given up.
    Removed,
    /// The same commit declared the number otherwise: a rename, another type, another label.
    Changed,
    /// The whole type was deleted.
    TypeDeleted,
    /// The whole type got another name.
    TypeRenamed,
    /// A branch had it, and the commit that merged the branch did not.
    NotMerged,
}

/// A time in which a number stood for one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenure {
    /// The number; none for a method.
    pub number: Option<i32>,
    /// What it stood for.
    pub holder: Holder,
    /// The commit that declared it so.
    pub from: Moment,
    /// The commit that ended it, and how.
    pub until: Option<(Moment, Ending)>,
}

/// What was used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reused {
    /// A number.
    Number,
    /// A name.
    Name,
}

/// A number or name that was given up in one commit and given to something else in a later one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reuse {
    /// What was used again.
    pub what: Reused,
    /// The record of the type.
    pub record: u32,
    /// The new holder, among the tenures of the record.
    pub new: u32,
    /// The record of the old holder: another one where the type was renamed in between.
    pub old_record: u32,
    /// The old holder, among the tenures of that record.
    pub old: u32,
}

impl Ledger {
    /// The commits, oldest first.
    pub fn line(&self) -> &[CommitId] {
        &self.line
    }

    /// The newest commit.
    pub fn head(&self) -> Option<CommitId> {
        self.line.last().copied()
    }

    /// Whether a shallow clone has cut the history off, so that older holders of numbers are not known.
    pub fn is_incomplete(&self) -> bool {
        self.is_cut
    }

    /// All types, in order of appearance.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The records of the type of that name: more than one where several files declared it at once.
    pub fn find<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (u32, &'a Record)> {
        (0..)
            .zip(&self.records)
            .filter(move |(_, record)| &*record.name == name)
    }

    /// The record at a position that the ledger itself gave.
    pub fn record(&self, at: u32) -> Option<&Record> {
        self.records.get(at as usize)
    }

    /// The tenure at a position that the ledger itself gave.
    pub fn tenure(&self, record: u32, at: u32) -> Option<&Tenure> {
        self.record(record)?.tenures.get(at as usize)
    }

    /// All numbers and names that were used again.
    pub fn reuses(&self) -> &[Reuse] {
        &self.reuses
    }

    /// The id of a commit of the line.
    pub fn commit(&self, moment: Moment) -> Option<CommitId> {
        self.line.get(moment.0 as usize).copied()
    }

    /// What is shown of a commit; none where it changed no proto file.
    pub fn detail(&self, moment: Moment) -> Option<&CommitDetail> {
        let at = self.details.binary_search_by_key(&moment, |(at, _)| *at);
        at.ok()
            .and_then(|at| self.details.get(at))
            .map(|(_, detail)| detail)
    }

    /// When the oldest commit that is known to have changed a proto file was made, in seconds since 1970 UTC.
    pub fn begins(&self) -> Option<i64> {
        self.details.first().map(|(_, detail)| detail.seconds)
    }

    /// How many revisions of files were stepped over because they do not compile.
    pub fn skipped(&self) -> u32 {
        self.skipped.iter().map(|(_, count)| count).sum()
    }

    /// The path of a file.
    pub fn path(&self, at: u32) -> &str {
        self.paths
            .get(at as usize)
            .map_or("", |record| &record.path)
    }

    /// The ledger as it was at `moment`, which is none of a merged branch: all commits before it are those it stands on.
    #[must_use]
    pub(super) fn cut_after(mut self, moment: Moment) -> Self {
        self.line.truncate(moment.0 as usize + 1);
        self.merged.retain(|at| *at <= moment);
        self.details.retain(|(at, _)| *at <= moment);
        self.skipped.retain(|(at, _)| *at <= moment);
        for record in &mut self.records {
            record.lives.retain(|life| life.from <= moment);
            for life in &mut record.lives {
                life.until = life.until.filter(|until| *until <= moment);
            }
            record.reserved.retain(|(at, _)| *at <= moment);
            record.predecessors.retain(|before| before.at <= moment);
            // Tenures are in order of their beginning, so positions of those that stay do not change.
            record.tenures.retain(|tenure| tenure.from <= moment);
            for tenure in &mut record.tenures {
                tenure.until = tenure.until.filter(|(until, _)| *until <= moment);
            }
        }
        // So are records and paths.
        let is_kept = |record: &Record| !record.lives.is_empty();
        let kept = self.records.iter().take_while(|record| is_kept(record));
        let kept = kept.count();
        self.records.truncate(kept);
        for path in &mut self.paths {
            path.versions.retain(|(at, _)| *at <= moment);
        }
        let kept = self
            .paths
            .iter()
            .take_while(|path| !path.versions.is_empty());
        let kept = kept.count();
        self.paths.truncate(kept);
        let records = &self.records;
        self.reuses.retain(|reuse| {
            let record = records.get(reuse.record as usize);
            record.is_some_and(|record| (reuse.new as usize) < record.tenures.len())
        });
        self
    }

    /// Whether the commit is one of a merged branch.
    pub(super) fn is_merged(&self, moment: Moment) -> bool {
        self.merged.binary_search(&moment).is_ok()
    }

    /// The positions of the commits of the line, those of merged branches included.
    pub(super) fn moments(&self) -> FxHashMap<CommitId, Moment> {
        self.line.iter().copied().zip((0..).map(Moment)).collect()
    }
}

impl Record {
    /// Whether the type is declared in the newest commit.
    pub fn is_alive(&self) -> bool {
        self.lives.iter().any(|life| life.until.is_none())
    }

    /// What it reserves, or last reserved.
    pub fn reserved(&self) -> Option<&ReservedFacts> {
        self.reserved.last().map(|(_, reserved)| reserved)
    }

    /// Where it is declared now.
    pub(super) fn home(&self) -> Option<u32> {
        self.lives
            .iter()
            .rfind(|life| life.until.is_none())
            .map(|life| life.path)
    }

    /// Those who hold a number now.
    pub(super) fn open(&self) -> impl Iterator<Item = &Tenure> {
        self.tenures.iter().filter(|tenure| tenure.until.is_none())
    }
}
