//! One commit after another is written into the ledger.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Holder, Kind, Member, TypeFacts};
use super::ledger::{
    CommitDetail, Ending, Ledger, Life, Moment, PathRecord, Predecessor, Record, Reuse, Reused,
    Tenure,
};
use super::renames::{self, Appeared};
use super::reuse::Past;
use crate::sources::BlobId;

/// The types of a version of a file.
pub(super) type FileFacts = Arc<[Arc<TypeFacts>]>;

/// What a commit did to one file, as far as it compiles.
pub(super) struct FileChange {
    pub(super) path: Box<str>,
    /// What was in force before.
    pub(super) before: FileFacts,
    /// What is now.
    pub(super) after: FileFacts,
    /// The blob that says so; none where the file is gone.
    pub(super) blob: Option<BlobId>,
}

/// Who takes a number with a commit.
struct Taker<'f> {
    /// The position of its tenure.
    tenure: u32,
    number: i32,
    holder: &'f Holder,
    /// Whether nobody held the number up to that commit.
    takes_number: bool,
    /// The same of the name, where names matter.
    takes_name: bool,
}

/// A ledger that is being written.
pub(super) struct Writer {
    pub(super) ledger: Ledger,
    pub(super) by_name: FxHashMap<(Kind, Box<str>), Vec<u32>>,
    by_path: FxHashMap<Box<str>, u32>,
}

impl Writer {
    /// Goes on where a ledger ends.
    pub(super) fn new(ledger: Ledger) -> Self {
        let mut by_name: FxHashMap<(Kind, Box<str>), Vec<u32>> = FxHashMap::default();
        for (at, record) in (0..).zip(&ledger.records) {
            let key = (record.kind, record.name.clone());
            by_name.entry(key).or_default().push(at);
        }
        let paths = ledger.paths.iter().zip(0..);
        let by_path = paths.map(|(path, at)| (path.path.clone(), at)).collect();
        Self {
            ledger,
            by_name,
            by_path,
        }
    }

    pub(super) fn finish(self) -> Ledger {
        self.ledger
    }

    /// The blob that says what a file declares.
    pub(super) fn in_force(&self, path: &str) -> Option<BlobId> {
        let at = *self.by_path.get(path)?;
        self.ledger.paths.get(at as usize)?.versions.last()?.1
    }

    /// Takes a commit of the line that changes no proto file.
    pub(super) fn pass(&mut self, commit: crate::sources::git::CommitId) -> Moment {
        let moment = Moment(u32::try_from(self.ledger.line.len()).unwrap_or(u32::MAX));
        self.ledger.line.push(commit);
        moment
    }

    /// Takes a commit of a branch, before the commit of the line that merged it.
    pub(super) fn pass_merged(&mut self, commit: crate::sources::git::CommitId) -> Moment {
        let moment = self.pass(commit);
        self.ledger.merged.push(moment);
        moment
    }

    /// Says what is shown of a commit.
    pub(super) fn tell(&mut self, moment: Moment, detail: CommitDetail) {
        self.ledger.details.push((moment, detail));
    }

    /// Writes what a commit changed; `skipped` of its files do not compile.
    pub(super) fn write(&mut self, moment: Moment, changes: &[FileChange], skipped: u32) {
        if skipped > 0 {
            self.ledger.skipped.push((moment, skipped));
        }
        let mut gone = Vec::new();
        let mut come = Vec::new();
        for change in changes {
            let path = self.path(&change.path);
            if let Some(record) = self.ledger.paths.get_mut(path as usize) {
                record.versions.push((moment, change.blob));
            }
            self.compare_file(moment, path, change, &mut gone, &mut come);
        }
        self.settle(moment, gone, come);
    }

    /// The position of a path, which is new where it was not known.
    pub(super) fn path(&mut self, path: &str) -> u32 {
        if let Some(at) = self.by_path.get(path) {
            return *at;
        }
        let at = u32::try_from(self.ledger.paths.len()).unwrap_or(u32::MAX);
        self.ledger.paths.push(PathRecord {
            path: path.into(),
            versions: Vec::new(),
        });
        self.by_path.insert(path.into(), at);
        at
    }

    /// Updates the types that stay in a file, and gathers those that leave it or come to it.
    fn compare_file(
        &mut self,
        moment: Moment,
        path: u32,
        change: &FileChange,
        gone: &mut Vec<Appeared>,
        come: &mut Vec<Appeared>,
    ) {
        fn key(facts: &TypeFacts) -> (Kind, &str) {
            (facts.kind, &facts.name)
        }
        let before: FxHashMap<_, &Arc<TypeFacts>> = change
            .before
            .iter()
            .map(|facts| (key(facts), facts))
            .collect();
        let mut stays = FxHashSet::default();
        for facts in change.after.iter() {
            match before.get(&key(facts)) {
                Some(old) if Arc::ptr_eq(old, facts) => {
                    stays.insert(key(facts));
                }
                Some(_) => {
                    stays.insert(key(facts));
                    if let Some(record) = self.living(facts.kind, &facts.name, path) {
                        self.update(moment, record, facts);
                    }
                }
                None => come.push(Appeared {
                    path,
                    facts: Arc::clone(facts),
                }),
            }
        }
        let leaves = change.before.iter();
        for facts in leaves.filter(|facts| !stays.contains(&key(facts))) {
            gone.push(Appeared {
                path,
                facts: Arc::clone(facts),
            });
        }
    }

    /// Decides what became of types that left a file, and where those come from that came to one.
    fn settle(&mut self, moment: Moment, gone: Vec<Appeared>, come: Vec<Appeared>) {
        let paths = &self.ledger.paths;
        let path = |at: u32| paths.get(at as usize).map_or("", |record| &*record.path);
        let settled = renames::settle(gone, come, &path);
        for (old, new) in settled.moved {
            if let Some(record) = self.living(old.facts.kind, &old.facts.name, old.path) {
                self.end_life(moment, record);
                self.begin_life(moment, record, new.path);
                self.update(moment, record, &new.facts);
            }
        }
        let mut renamed_to = Vec::new();
        for (old, new) in settled.renamed {
            let before = self.living(old.facts.kind, &old.facts.name, old.path);
            renamed_to.push((before, new));
            if let Some(record) = before {
                self.end(moment, record, Ending::TypeRenamed);
            }
        }
        for old in settled.gone {
            if let Some(record) = self.living(old.facts.kind, &old.facts.name, old.path) {
                self.end(moment, record, Ending::TypeDeleted);
            }
        }
        for (before, new) in renamed_to {
            self.begin(moment, &new, before);
        }
        for new in settled.come {
            self.begin(moment, &new, None);
        }
    }

    /// The record of a type that is declared in that file now.
    fn living(&self, kind: Kind, name: &str, path: u32) -> Option<u32> {
        let records = self.by_name.get(&(kind, Box::from(name)))?;
        records.iter().copied().find(|at| {
            let record = self.ledger.record(*at);
            record.and_then(Record::home) == Some(path)
        })
    }

    /// Begins the record of a type, or goes on with the one that ended: in the same file if there is one, else the one
    /// that ended last.
    fn begin(&mut self, moment: Moment, new: &Appeared, renamed_from: Option<u32>) {
        let key = (new.facts.kind, new.facts.name.clone());
        let records = self.by_name.get(&key).map_or(&[][..], Vec::as_slice);
        let ended = records.iter().copied().filter_map(|at| {
            let record = self.ledger.record(at).filter(|record| !record.is_alive())?;
            let last = record.lives.last()?;
            Some((last.path == new.path, last.until, at))
        });
        let at = match ended.max() {
            Some((_, _, at)) => at,
            None => self.new_record(&new.facts),
        };
        if let Some(before) = renamed_from.filter(|before| *before != at)
            && let Some(record) = self.ledger.records.get_mut(at as usize)
        {
            record.predecessors.push(Predecessor {
                record: before,
                at: moment,
            });
        }
        self.begin_life(moment, at, new.path);
        self.update(moment, at, &new.facts);
    }

    pub(super) fn new_record(&mut self, facts: &TypeFacts) -> u32 {
        let at = u32::try_from(self.ledger.records.len()).unwrap_or(u32::MAX);
        self.ledger.records.push(Record {
            kind: facts.kind,
            name: facts.name.clone(),
            lives: Vec::new(),
            tenures: Vec::new(),
            reserved: Vec::new(),
            predecessors: Vec::new(),
        });
        let key = (facts.kind, facts.name.clone());
        self.by_name.entry(key).or_default().push(at);
        at
    }

    fn begin_life(&mut self, moment: Moment, record: u32, path: u32) {
        if let Some(record) = self.ledger.records.get_mut(record as usize) {
            record.lives.push(Life {
                path,
                from: moment,
                until: None,
            });
        }
    }

    fn end_life(&mut self, moment: Moment, record: u32) {
        if let Some(record) = self.ledger.records.get_mut(record as usize) {
            for life in record.lives.iter_mut().filter(|life| life.until.is_none()) {
                life.until = Some(moment);
            }
        }
    }

    fn end(&mut self, moment: Moment, record: u32, ending: Ending) {
        self.end_life(moment, record);
        if let Some(record) = self.ledger.records.get_mut(record as usize) {
            let open = record.tenures.iter_mut();
            for tenure in open.filter(|tenure| tenure.until.is_none()) {
                tenure.until = Some((moment, ending));
            }
        }
    }

    /// Brings a record up to date with what its file declares.
    fn update(&mut self, moment: Moment, at: u32, facts: &TypeFacts) {
        let Some(record) = self.ledger.records.get_mut(at as usize) else {
            return;
        };
        if record.reserved() != Some(&facts.reserved)
            && (!record.reserved.is_empty() || facts.reserved != Default::default())
        {
            record.reserved.push((moment, facts.reserved.clone()));
        }
        let mut declared: FxHashMap<(Option<i32>, &Holder), usize> = FxHashMap::default();
        let mut numbers: FxHashSet<i32> = FxHashSet::default();
        for (position, Member { number, holder }) in facts.members.iter().enumerate() {
            declared.insert((*number, holder), position);
            numbers.extend(number);
        }
        let mut goes_on_as_it_is = vec![false; facts.members.len()];
        let names: FxHashSet<&str> = facts.members.iter().map(|m| &*m.holder.name).collect();
        // Numbers that somebody held up to this commit cannot have been free before it.
        let mut held = FxHashSet::default();
        let mut held_names: FxHashSet<Box<str>> = FxHashSet::default();
        let open = record.tenures.iter_mut();
        for tenure in open.filter(|tenure| tenure.until.is_none()) {
            held.extend(tenure.number);
            held_names.insert(tenure.holder.name.clone());
            if let Some(position) = declared.get(&(tenure.number, &tenure.holder)) {
                goes_on_as_it_is[*position] = true;
                continue;
            }
            let goes_on = match tenure.number {
                Some(number) => numbers.contains(&number),
                None => names.contains(&*tenure.holder.name),
            };
            let ending = if goes_on {
                Ending::Changed
            } else {
                Ending::Removed
            };
            tenure.until = Some((moment, ending));
        }
        let mut takers = Vec::new();
        for (Member { number, holder }, goes_on) in facts.members.iter().zip(goes_on_as_it_is) {
            if goes_on {
                continue;
            }
            let Some(record) = self.ledger.records.get_mut(at as usize) else {
                return;
            };
            let new = u32::try_from(record.tenures.len()).unwrap_or(u32::MAX);
            record.tenures.push(Tenure {
                number: *number,
                holder: holder.clone(),
                from: moment,
                until: None,
            });
            let Some(number) = *number else { continue };
            takers.push(Taker {
                tenure: new,
                number,
                holder,
                takes_number: !held.contains(&number),
                takes_name: !held_names.contains(&holder.name) && facts.kind == Kind::Message,
            });
        }
        self.find_reuses(moment, at, &takers);
    }

    /// Writes down which of the newcomers take a number or a name that something else gave up.
    fn find_reuses(&mut self, moment: Moment, at: u32, takers: &[Taker<'_>]) {
        if takers.is_empty() {
            return;
        }
        let past = Past::of(&self.ledger, at, moment);
        let mut found = Vec::new();
        for taker in takers {
            let reuse = |what, (old_record, old)| Reuse {
                what,
                record: at,
                new: taker.tenure,
                old_record,
                old,
            };
            if taker.takes_number {
                let old = past.holder_of(taker.number, taker.holder);
                found.extend(old.map(|old| reuse(Reused::Number, old)));
            }
            if taker.takes_name {
                let old = past.holder_of_name(taker.number, taker.holder);
                found.extend(old.map(|old| reuse(Reused::Name, old)));
            }
        }
        self.ledger.reuses.extend(found);
    }
}
