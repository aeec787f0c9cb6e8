//! The ledger as it is shown: names, days and releases in place of positions.

use serde::Serialize;

use super::ledger::{Ending, Ledger, Moment, Record, Reused, Tenure};
use super::releases::Releases;
use crate::text::Day;

/// A ledger and the releases of its repository.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The ledger.
    pub ledger: &'a Ledger,
    /// The releases.
    pub releases: &'a Releases,
}

/// Everything that was asked for. A key without a value is left out.
#[derive(Debug, Serialize)]
pub struct HistoryView {
    /// The version of these keys; it grows when one of them changes its meaning or goes.
    pub version: u32,
    /// The commit whose history this is.
    pub head: String,
    /// Whether the history goes back to the first commit; false in a shallow clone.
    pub complete: bool,
    /// The day of the oldest commit that was read and changed a contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// How many commits were read.
    pub commits: usize,
    /// How many revisions of files were stepped over because they do not compile.
    pub skipped_revisions: u32,
    /// The types asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TypeView>,
    /// Numbers and names that were given up and taken by something else later.
    pub reuses: Vec<ReuseView>,
    /// Numbers that were given up, are not reserved, and are free to be taken by mistake.
    pub holes: Vec<HoleView>,
}

/// A message, enum or service.
#[derive(Debug, Serialize)]
pub struct TypeView {
    /// `message`, `enum` or `service`.
    pub kind: &'static str,
    /// The full name.
    pub name: String,
    /// The file that declares it, or did last.
    pub path: String,
    /// Whether it is still declared.
    pub declared: bool,
    /// What it was called before, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<String>,
    /// Who held its numbers, by number and time.
    pub numbers: Vec<NumberView>,
}

/// A time in which a number stood for one thing.
#[derive(Debug, Serialize)]
pub struct NumberView {
    /// The number; left out for a method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// The name.
    pub name: String,
    /// `optional`, `required`, `repeated`, or empty.
    pub label: String,
    /// The type as it was written; empty for an enum value.
    pub r#type: String,
    /// The oneof, or empty.
    pub oneof: String,
    /// The name of the type at that time, where it was another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<String>,
    /// The commit that declared it so.
    pub from: CommitView,
    /// The commit that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<CommitView>,
    /// `removed`, `changed`, `type deleted` or `type renamed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<&'static str>,
    /// The first release that held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_release: Option<String>,
    /// The last release that held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_release: Option<String>,
}

/// A commit.
#[derive(Debug, Serialize)]
pub struct CommitView {
    /// The whole id.
    pub commit: String,
    /// The day it was committed, in UTC.
    pub date: String,
    /// Its author.
    pub author: String,
}

/// A number or name that was used again.
#[derive(Debug, Serialize)]
pub struct ReuseView {
    /// `FIELD_NUMBER_REUSED`, `ENUM_NUMBER_REUSED` or `FIELD_NAME_REUSED`.
    pub rule: &'static str,
    /// `error` where the old holder was in a release, else `warning`.
    pub severity: &'static str,
    /// The full name of the type.
    pub r#type: String,
    /// The number that is used now.
    pub number: Option<i32>,
    /// Who held it before.
    pub old: NumberView,
    /// Who took it.
    pub new: NumberView,
}

/// A number that is free to be taken by mistake.
#[derive(Debug, Serialize)]
pub struct HoleView {
    /// The full name of the type.
    pub r#type: String,
    /// Who held the number last.
    pub last: NumberView,
}

impl View<'_> {
    /// The whole history, with what is known of the types named `names` and, where `number` is given, of that number
    /// alone.
    pub fn history(&self, name: Option<&str>, number: Option<i32>) -> HistoryView {
        let ledger = self.ledger;
        let is_meant = |record: u32, at: Option<i32>| {
            let record = ledger.record(record);
            name.is_none_or(|name| record.is_some_and(|record| &*record.name == name))
                && (number.is_none() || number == at)
        };
        let types = name.map_or_else(Vec::new, |name| {
            let found = ledger.find(name);
            found
                .map(|(at, record)| self.type_view(at, record, number))
                .collect()
        });
        let reuses = ledger.reuses().iter().filter_map(|reuse| {
            let new = ledger.tenure(reuse.record, reuse.new)?;
            if !is_meant(reuse.record, new.number) {
                return None;
            }
            let record = ledger.record(reuse.record)?;
            let old = ledger.tenure(reuse.old_record, reuse.old)?;
            let was_released = self.releases.of(old).is_some();
            Some(ReuseView {
                rule: match (reuse.what, record.kind) {
                    (Reused::Name, _) => super::FIELD_NAME_REUSED.0,
                    (Reused::Number, super::Kind::Enum) => super::ENUM_NUMBER_REUSED.0,
                    (Reused::Number, _) => super::FIELD_NUMBER_REUSED.0,
                },
                severity: if was_released { "error" } else { "warning" },
                r#type: record.name.to_string(),
                number: new.number,
                old: self.number_view(reuse.old_record, old, &record.name),
                new: self.number_view(reuse.record, new, &record.name),
            })
        });
        let holes = ledger.holes().into_iter().filter_map(|hole| {
            let last = ledger.tenure(hole.record, hole.last)?;
            let record = ledger.record(hole.record)?;
            is_meant(hole.record, last.number).then(|| HoleView {
                r#type: record.name.to_string(),
                last: self.number_view(hole.record, last, &record.name),
            })
        });
        HistoryView {
            version: 1,
            head: ledger
                .head()
                .map_or_else(String::new, |head| head.to_string()),
            complete: !ledger.is_incomplete(),
            since: ledger
                .begins()
                .map(|begins| Day::of_seconds(begins).to_string()),
            commits: ledger.line().len(),
            skipped_revisions: ledger.skipped(),
            types,
            reuses: reuses.collect(),
            holes: holes.collect(),
        }
    }

    fn type_view(&self, at: u32, record: &Record, number: Option<i32>) -> TypeView {
        let mut former_names = Vec::new();
        let mut numbers = Vec::new();
        let mut open = vec![(at, Moment(u32::MAX))];
        let mut seen = vec![at];
        while let Some((at, limit)) = open.pop() {
            let Some(before) = self.ledger.record(at) else {
                continue;
            };
            if before.name != record.name && !former_names.contains(&before.name) {
                former_names.push(before.name.clone());
            }
            let tenures = before.tenures.iter();
            let held = tenures.filter(|held| number.is_none() || held.number == number);
            // What a former name was used for after the type had left it is another story.
            numbers.extend(held.filter(|held| held.from < limit).map(|held| (at, held)));
            for older in &before.predecessors {
                if !seen.contains(&older.record) {
                    seen.push(older.record);
                    open.push((older.record, older.at));
                }
            }
        }
        numbers.sort_by_key(|(_, held)| (held.number, held.from));
        TypeView {
            kind: record.kind.as_str(),
            name: record.name.to_string(),
            path: record
                .lives
                .last()
                .map_or_else(String::new, |life| self.ledger.path(life.path).to_owned()),
            declared: record.is_alive(),
            former_names: former_names.iter().map(ToString::to_string).collect(),
            numbers: numbers
                .into_iter()
                .map(|(at, held)| self.number_view(at, held, &record.name))
                .collect(),
        }
    }

    fn number_view(&self, record: u32, tenure: &Tenure, shown_under: &str) -> NumberView {
        let under = self.ledger.record(record).map(|record| &*record.name);
        let releases = self.releases.of(tenure);
        NumberView {
            number: tenure.number,
            name: tenure.holder.name.to_string(),
            label: tenure.holder.label.to_string(),
            r#type: tenure.holder.type_name.to_string(),
            oneof: tenure.holder.oneof.to_string(),
            under: under
                .filter(|under| *under != shown_under)
                .map(str::to_owned),
            from: self.commit(tenure.from),
            until: tenure.until.map(|(until, _)| self.commit(until)),
            ended: tenure.until.map(|(_, ending)| match ending {
                Ending::Removed => "removed",
                Ending::Changed => "changed",
                Ending::TypeDeleted => "type deleted",
                Ending::TypeRenamed => "type renamed",
                Ending::NotMerged => "not merged",
            }),
            first_release: releases.map(|(first, _)| first.to_owned()),
            last_release: releases.map(|(_, last)| last.to_owned()),
        }
    }

    fn commit(&self, moment: Moment) -> CommitView {
        let detail = self.ledger.detail(moment);
        CommitView {
            commit: self
                .ledger
                .commit(moment)
                .map_or_else(String::new, |commit| commit.to_string()),
            date: detail.map_or_else(String::new, |detail| {
                Day::of_seconds(detail.seconds).to_string()
            }),
            author: detail.map_or_else(String::new, |detail| detail.author.clone()),
        }
    }
}

impl NumberView {
    /// The declaration as a reader would write it.
    pub fn declaration(&self) -> String {
        let parts = [&self.label, &self.r#type, &self.name].map(String::as_str);
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let declaration = parts.join(" ");
        match self.number {
            Some(number) => format!("{declaration} = {number}"),
            None => declaration,
        }
    }

    /// The releases that held it, in words.
    pub fn releases(&self) -> String {
        match (&self.first_release, &self.last_release) {
            (Some(first), Some(last)) if first == last => first.clone(),
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "none".to_owned(),
        }
    }
}
