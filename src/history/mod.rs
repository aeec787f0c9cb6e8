//! The ledger of every number and name that a repository's contracts ever used.
//!
//! A number that was given up must never be given out again: bytes written for the old holder are read as the new one.
//! No baseline shows that, only the whole history does. The ledger follows the first parents of a commit and reads each
//! version of each file by its syntax alone.

mod append;
mod branches;
mod cache;
mod declared;
mod facts;
mod findings;
mod ledger;
mod lock;
mod next_number;
mod releases;
mod renames;
mod reuse;
mod view;
mod walk;

pub use facts::{Holder, Kind, ReservedFacts};
pub use findings::{
    ENUM_NUMBER_REUSED, FIELD_NAME_REUSED, FIELD_NUMBER_REUSED, ReuseCheck, ReuseFinding,
};
pub use ledger::{
    CommitDetail, Ending, Ledger, Life, Moment, Predecessor, Reach, Record, Reuse, Reused, Tenure,
};
pub use lock::NumbersLock;
pub use next_number::TakenNumbers;
pub use releases::Releases;
pub use reuse::Hole;
pub use view::{CommitView, HistoryView, HoleView, NumberView, ReuseView, TypeView, View};

use crate::sources::Result;
use crate::sources::git::{CommitId, Repository};

impl Ledger {
    /// The ledger of `head`: what an earlier run kept in the git directory, brought up to date.
    ///
    /// # Errors
    /// When an object is missing or broken.
    pub fn read(repository: &Repository, head: CommitId, reach: Reach) -> Result<Self> {
        let mut known = cache::load(repository, reach);
        if known.is_incomplete() && !is_still_incomplete(repository, &known, reach)? {
            // More of the history was fetched since.
            known = Self::default();
        }
        if known.head() == Some(head) {
            return Ok(known);
        }
        let length = known.line().len();
        let ledger = walk::extend(repository, known, head, reach)?;
        // The ledger of an older commit is a part of what is kept already.
        if ledger.line().len() > length {
            cache::store(repository, &ledger, reach);
        }
        Ok(ledger)
    }

    /// What the history up to `head` says of the types in the files at `paths`, which are relative to the top of the
    /// repository. Where an earlier run kept the whole ledger, it is that one, brought up to date; else only the
    /// history of these files is read, and of those that they came from.
    ///
    /// # Errors
    /// When an object is missing or broken.
    pub fn read_for(repository: &Repository, head: CommitId, paths: &[String]) -> Result<Self> {
        if cache::is_there(repository) {
            return Self::read(repository, head, Reach::FirstParents);
        }
        walk::of_files(repository, head, paths)
    }

    /// The ledger of `head`, read without what an earlier run kept, and without keeping anything.
    ///
    /// # Errors
    /// When an object is missing or broken.
    pub fn read_anew(repository: &Repository, head: CommitId, reach: Reach) -> Result<Self> {
        walk::extend(repository, Self::default(), head, reach)
    }
}

/// Whether the clone still ends where it did. With branches it may have ended in several places, which are not kept.
fn is_still_incomplete(repository: &Repository, known: &Ledger, reach: Reach) -> Result<bool> {
    match (known.line().first(), reach) {
        (Some(oldest), Reach::FirstParents) => repository.is_cut_at(*oldest),
        _ => Ok(false),
    }
}
