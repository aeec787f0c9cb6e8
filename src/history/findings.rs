//! What of today's files uses a number or a name that something else had before.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::declared::Declared;
use super::facts::{self, Holder, Kind, Member};
use super::ledger::{Ledger, Moment, Reused};
use super::lock::NumbersLock;
use super::next_number::TakenNumbers;
use super::releases::Releases;
use super::reuse::{self, Past};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::syntax::File;
use crate::text::Day;

/// A field takes a number that another field gave up in an older commit.
pub const FIELD_NUMBER_REUSED: Code = Code("FIELD_NUMBER_REUSED");
/// An enum value takes a number that another value gave up in an older commit.
pub const ENUM_NUMBER_REUSED: Code = Code("ENUM_NUMBER_REUSED");
/// A field takes a name that a field with another JSON form gave up in an older commit.
pub const FIELD_NAME_REUSED: Code = Code("FIELD_NAME_REUSED");

/// A number or name that something else had before.
#[derive(Debug, Clone)]
pub struct ReuseFinding {
    /// What is printed: an error where the old holder was in a release, else a warning.
    pub diagnostic: Diagnostic,
    /// The type and the number that it has now: `pkg.Message#7`.
    pub symbol: String,
    /// Whether it is the number or the name.
    pub what: Reused,
    /// What kind of type it is in.
    pub kind: Kind,
    /// Who had it; of a lock file that was read, only the declaration is known, as its name.
    pub old: Holder,
    /// Who has it now.
    pub new: Holder,
    /// Who has the name of the old one now, under another number.
    pub heir: Option<Holder>,
}

/// Compares files with what a ledger knows, which is best that of the baseline: what the baseline itself holds is left
/// to rules that compare two versions.
pub struct ReuseCheck<'a> {
    ledger: &'a Ledger,
    releases: &'a Releases,
    records: BTreeMap<(Kind, &'a str), Vec<u32>>,
    lock: Option<(&'a NumbersLock, IsNew<'a>)>,
}

/// Whether a number of a type is one that the baseline does not have.
type IsNew<'a> = &'a dyn Fn(&str, i32) -> bool;

impl<'a> ReuseCheck<'a> {
    /// Prepares a check of any number of files.
    pub fn new(ledger: &'a Ledger, releases: &'a Releases) -> Self {
        let mut records: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for (at, record) in (0..).zip(ledger.records()) {
            let key = (record.kind, &*record.name);
            records.entry(key).or_default().push(at);
        }
        Self {
            ledger,
            releases,
            records,
            lock: None,
        }
    }

    /// Asks a lock file too, about numbers that are new and of which the ledger knows nothing.
    #[must_use]
    pub fn with_lock(mut self, lock: &'a NumbersLock, is_new: IsNew<'a>) -> Self {
        self.lock = Some((lock, is_new));
        self
    }

    /// What a file takes that something else had before: an error where that was released, else a warning. A file that
    /// does not compile by itself has no findings.
    pub fn findings(&self, file: &File) -> Vec<ReuseFinding> {
        let mut findings = Vec::new();
        let types = facts::of_syntax(file).unwrap_or_default();
        let places = OnceCell::new();
        for (position, facts) in types.iter().enumerate() {
            let records = self.records.get(&(facts.kind, &*facts.name));
            let records = records.map_or(&[][..], Vec::as_slice);
            let declared = Declared::new(file, position, facts, &places);
            let before = findings.len();
            self.compare(&declared, records, &mut findings);
            if let (Some((lock, is_new)), true) = (self.lock, findings.len() == before) {
                self.compare_with_lock(&declared, records, lock, is_new, &mut findings);
            }
        }
        findings
    }

    fn compare(&self, declared: &Declared<'_>, records: &[u32], findings: &mut Vec<ReuseFinding>) {
        if records.is_empty() {
            return;
        }
        let open = records.iter().filter_map(|at| self.ledger.record(*at));
        let (numbers, names): (FxHashSet<_>, FxHashSet<&str>) = open
            .flat_map(|record| record.open())
            .map(|tenure| (tenure.number, &*tenure.holder.name))
            .unzip();
        let now = Moment(u32::MAX);
        let pasts: Vec<Past<'_>> = (records.iter())
            .map(|at| Past::of(self.ledger, *at, now))
            .collect();
        for member in &declared.facts.members {
            let Some(number) = member.number else {
                continue;
            };
            let holder = &member.holder;
            let mut tell = |what, old: Option<reuse::At>| {
                let found = old.and_then(|old| self.finding(what, declared, member, records, old));
                findings.extend(found);
            };
            if !numbers.contains(&Some(number)) {
                let old = pasts.iter().find_map(|past| past.holder_of(number, holder));
                tell(Reused::Number, old);
            }
            if declared.facts.kind == Kind::Message && !names.contains(&*holder.name) {
                let mut pasts = pasts.iter();
                tell(
                    Reused::Name,
                    pasts.find_map(|past| past.holder_of_name(number, holder)),
                );
            }
        }
    }

    fn finding(
        &self,
        what: Reused,
        declared: &Declared<'_>,
        member: &Member,
        records: &[u32],
        old: reuse::At,
    ) -> Option<ReuseFinding> {
        let facts = declared.facts;
        let number = member.number?;
        let tenure = self.ledger.tenure(old.0, old.1)?;
        let releases = self.releases.of(tenure);
        let declaration = tenure.holder.declaration();
        let when = self.when(tenure.from, tenure.until.map(|(until, _)| until), releases);
        let (code, message, reason) = match (what, facts.kind) {
            (Reused::Number, Kind::Enum) => (
                ENUM_NUMBER_REUSED,
                format!(
                    "number {number} of `{}` was `{declaration}` {when}",
                    facts.name
                ),
                "what was stored or sent as the old value is read as the new one, without an error",
            ),
            (Reused::Number, _) => (
                FIELD_NUMBER_REUSED,
                format!(
                    "number {number} of `{}` was `{declaration}` {when}",
                    facts.name
                ),
                "bytes written for the old field are read as the new one, or fail to be read at all",
            ),
            (Reused::Name, _) => {
                let old_number = tenure.number.unwrap_or_default();
                let name = &tenure.holder.name;
                (
                    FIELD_NAME_REUSED,
                    format!(
                        "the name `{name}` of `{}` was `{declaration} = {old_number}` {when}",
                        facts.name
                    ),
                    "JSON and text written for the old field are read as the new one, or refused",
                )
            }
        };
        let help = match what {
            Reused::Number => match declared.next_number(|| self.taken(declared, records)) {
                Some(next) => {
                    format!("use {next}, which was never used, and add `reserved {number};`")
                }
                None => format!("add `reserved {number};` and use a new type: no number is left"),
            },
            Reused::Name => "choose a name that was never used, and reserve the old one".to_owned(),
        };
        let severity = if releases.is_some() {
            Severity::Error
        } else {
            Severity::Warning
        };
        let diagnostic =
            Diagnostic::error(code, declared.file.source(), declared.span(member), message)
                .with_severity(severity)
                .with_reason(reason)
                .with_help(help);
        Some(ReuseFinding {
            diagnostic,
            symbol: format!("{}#{number}", facts.name),
            what,
            kind: facts.kind,
            old: tenure.holder.clone(),
            new: member.holder.clone(),
            heir: declared.heir(number, &tenure.holder.name),
        })
    }

    /// What of a type takes a number that the lock file has as given up.
    fn compare_with_lock(
        &self,
        declared: &Declared<'_>,
        records: &[u32],
        lock: &NumbersLock,
        is_new: IsNew<'_>,
        findings: &mut Vec<ReuseFinding>,
    ) {
        let facts = declared.facts;
        for member in &facts.members {
            let Some(number) = member.number else {
                continue;
            };
            let Some((was, release)) = lock.given_up(&facts.name, number) else {
                continue;
            };
            if was == member.holder.declaration() || !is_new(&facts.name, number) {
                continue;
            }
            let code = match facts.kind {
                Kind::Enum => ENUM_NUMBER_REUSED,
                _ => FIELD_NUMBER_REUSED,
            };
            let (severity, when) = match release {
                Some(release) => (Severity::Error, format!("last in {release}")),
                None => (Severity::Warning, "in no release".to_owned()),
            };
            let message = format!("number {number} of `{}` was `{was}`, {when}", facts.name);
            let taken = || {
                let mut taken = self.taken(declared, records);
                taken.add_lock(lock, &facts.name);
                taken
            };
            let help = match declared.next_number(taken) {
                Some(next) => {
                    format!("use {next}, which was never used, and add `reserved {number};`")
                }
                None => format!("add `reserved {number};` and use a new type: no number is left"),
            };
            let span = declared.span(member);
            let diagnostic = Diagnostic::error(code, declared.file.source(), span, message)
                .with_severity(severity)
                .with_reason("what was written as the old one is read as the new one, or fails to be read at all")
                .with_help(help);
            findings.push(ReuseFinding {
                diagnostic,
                symbol: format!("{}#{number}", facts.name),
                what: Reused::Number,
                kind: facts.kind,
                old: Holder {
                    name: was.into(),
                    ..Holder::default()
                },
                new: member.holder.clone(),
                heir: declared.heir(number, was.rsplit(' ').next().unwrap_or_default()),
            });
        }
    }

    /// The numbers of a type that cannot be given out, what is declared today counted.
    fn taken(&self, declared: &Declared<'_>, records: &[u32]) -> TakenNumbers {
        let facts = declared.facts;
        let mut taken = TakenNumbers::of_records(self.ledger, records);
        let numbers = facts.members.iter().filter_map(|member| member.number);
        taken.add(numbers, &facts.reserved);
        taken
    }

    /// From when to when, and in which releases.
    fn when(&self, from: Moment, until: Option<Moment>, releases: Option<(&str, &str)>) -> String {
        let shown = |moment: Moment| {
            let detail = self.ledger.detail(moment)?;
            let commit = self.ledger.commit(moment)?;
            Some(format!(
                "{} ({})",
                Day::of_seconds(detail.seconds),
                commit.short()
            ))
        };
        let mut text = match (shown(from), until.and_then(shown)) {
            (Some(from), Some(until)) => format!("from {from} to {until}"),
            (None, Some(until)) => format!("until {until}"),
            _ => "before".to_owned(),
        };
        text += &match releases {
            Some((first, last)) if first == last => format!(", in {first}"),
            Some((first, last)) => format!(", in {first} to {last}"),
            None => ", in no release".to_owned(),
        };
        text
    }
}
