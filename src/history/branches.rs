//! What only commits of merged branches declared: it was in use, though no commit of the line ever had it.

use rustc_hash::FxHashSet;

use super::append::{FileFacts, Writer};
use super::facts::{Kind, Member, TypeFacts};
use super::ledger::{Ending, Life, Moment, Tenure};

/// What a commit of a branch declares in one file that it changes.
pub(super) struct MergedFile {
    pub(super) moment: Moment,
    pub(super) path: Box<str>,
    pub(super) before: FileFacts,
    pub(super) facts: FileFacts,
}

impl Writer {
    /// Takes what a branch declared and the commit that merged it, which is written already, does not have. What that commit
    /// declares otherwise changed on the branch, as it might have on the line.
    pub(super) fn merge(&mut self, merge: Moment, files: &[MergedFile]) {
        for commit in files.chunk_by(|one, other| one.moment == other.moment) {
            let mut declared = FxHashSet::default();
            for file in commit {
                for facts in file.facts.iter() {
                    declared.insert(key(facts));
                    self.merge_type(merge, file, facts);
                }
            }
            for file in commit {
                let gone = file.before.iter().map(|facts| key(facts));
                for key in gone.filter(|key| !declared.contains(key)) {
                    self.close(merge, &key, (file.moment, Ending::TypeDeleted), |_| false);
                }
            }
        }
    }

    /// Ends what a type has on the branch alone and does not have any longer.
    fn close(
        &mut self,
        merge: Moment,
        key: &(Kind, Box<str>),
        end: (Moment, Ending),
        stays: impl Fn(&Tenure) -> bool,
    ) {
        for at in self.by_name.get(key).into_iter().flatten() {
            let record = self.ledger.records.get_mut(*at as usize);
            let tenures = record.into_iter().flat_map(|record| &mut record.tenures);
            let of_branch = Some((merge, Ending::NotMerged));
            for tenure in tenures.filter(|tenure| tenure.until == of_branch) {
                if !stays(tenure) {
                    tenure.until = Some(end);
                }
            }
        }
    }

    fn merge_type(&mut self, merge: Moment, file: &MergedFile, facts: &TypeFacts) {
        let key = key(facts);
        let end = (file.moment, Ending::Removed);
        self.close(merge, &key, end, |tenure| declares(facts, tenure));
        let records = self.by_name.get(&key).cloned().unwrap_or_default();
        let mut open = FxHashSet::default();
        let mut known = FxHashSet::default();
        for at in &records {
            let record = self.ledger.record(*at);
            for tenure in record.into_iter().flat_map(|record| &record.tenures) {
                known.insert((tenure.number, tenure.holder.clone()));
                if tenure.until.is_none() {
                    open.insert(place(tenure.number, &tenure.holder.name));
                }
            }
        }
        let given_up = facts.members.iter().filter(|Member { number, holder }| {
            !open.contains(&place(*number, &holder.name))
                && !known.contains(&(*number, holder.clone()))
        });
        let given_up: Vec<Tenure> = given_up
            .map(|Member { number, holder }| Tenure {
                number: *number,
                holder: holder.clone(),
                from: file.moment,
                until: Some((merge, Ending::NotMerged)),
            })
            .collect();
        if given_up.is_empty() {
            return;
        }
        let at = match records.last() {
            Some(at) => *at,
            None => self.type_of_branch(merge, file, facts),
        };
        if let Some(record) = self.ledger.records.get_mut(at as usize) {
            record.tenures.extend(given_up);
        }
    }

    /// The record of a type that no commit of the line declares.
    fn type_of_branch(&mut self, merge: Moment, file: &MergedFile, facts: &TypeFacts) -> u32 {
        let path = self.path(&file.path);
        if let Some(path) = self.ledger.paths.get_mut(path as usize)
            && path.versions.is_empty()
        {
            path.versions.push((merge, None));
        }
        let at = self.new_record(facts);
        if let Some(record) = self.ledger.records.get_mut(at as usize) {
            record.lives.push(Life {
                path,
                from: file.moment,
                until: Some(merge),
            });
        }
        at
    }
}

/// What a type is found by.
fn key(facts: &TypeFacts) -> (Kind, Box<str>) {
    (facts.kind, facts.name.clone())
}

/// Whether a type still has it.
fn declares(facts: &TypeFacts, tenure: &Tenure) -> bool {
    let same = |member: &Member| member.number == tenure.number && member.holder == tenure.holder;
    facts.members.iter().any(same)
}

/// What a member takes: its number, or its name where it has none.
fn place(number: Option<i32>, name: &str) -> (Option<i32>, Box<str>) {
    match number {
        Some(_) => (number, Box::default()),
        None => (None, name.into()),
    }
}
