//! The numbers that were given up, in a small file of their own: for CI that clones without history.
//!
//! The file is derived, never written by hand: where the whole history is at hand it is compared with it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::facts::Kind;
use super::ledger::Ledger;
use super::releases::Releases;

/// The version of the format. It grows when a key changes its meaning or goes.
const VERSION: u32 = 1;

const TITLE: &str = "\
# Numbers that were used and given up: never use them again.
# Derived from the git history by `protogov history --write`; do not edit.
";

/// All numbers that were given up, by type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumbersLock {
    version: u32,
    /// For each type its numbers; a number is a key, as TOML wants it.
    #[serde(default)]
    types: BTreeMap<String, BTreeMap<String, GivenUp>>,
}

/// Who held a number last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenUp {
    /// The declaration without the number.
    was: String,
    /// The last release that held it.
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<String>,
}

impl NumbersLock {
    /// What a ledger says. Types that are gone are kept: they may come back.
    pub fn of(ledger: &Ledger, releases: &Releases) -> Self {
        let mut types: BTreeMap<String, BTreeMap<String, GivenUp>> = BTreeMap::new();
        for record in ledger.records() {
            if record.kind == Kind::Service {
                continue;
            }
            let numbers = types.entry(record.name.to_string()).or_default();
            // Tenures are in order of time, so the last holder stays.
            for tenure in &record.tenures {
                if let Some(number) = tenure.number {
                    let given_up = GivenUp {
                        was: tenure.holder.declaration(),
                        released: releases.of(tenure).map(|(_, last)| last.to_owned()),
                    };
                    numbers.insert(number.to_string(), given_up);
                }
            }
        }
        // A type that several files declare gives up a number only when no file holds it.
        for record in ledger.records() {
            if let Some(numbers) = types.get_mut(&*record.name) {
                for tenure in record.open() {
                    if let Some(number) = tenure.number {
                        numbers.remove(&number.to_string());
                    }
                }
            }
        }
        types.retain(|_, numbers| !numbers.is_empty());
        Self {
            version: VERSION,
            types,
        }
    }

    /// Reads a lock file.
    ///
    /// # Errors
    /// When it is none, or of another version; with what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lock: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        if lock.version != VERSION {
            return Err(format!(
                "it is of version {}, and this protogov reads version {VERSION}",
                lock.version
            ));
        }
        Ok(lock)
    }

    /// The text of the file: sorted, so that it changes only where numbers do.
    pub fn text(&self) -> String {
        let mut text = format!("{TITLE}version = {}\n", self.version);
        let quoted = |text: &str| toml::Value::from(text).to_string();
        for (name, numbers) in &self.types {
            let _ = writeln!(text, "\n[types.{}]", quoted(name));
            let mut numbers: Vec<_> = numbers.iter().collect();
            numbers.sort_by_key(|(number, _)| number.parse::<i32>().unwrap_or_default());
            for (number, given_up) in numbers {
                let _ = write!(text, "{number} = {{ was = {}", quoted(&given_up.was));
                if let Some(release) = &given_up.released {
                    let _ = write!(text, ", released = {}", quoted(release));
                }
                text += " }\n";
            }
        }
        text
    }

    /// The numbers of a type that were given up.
    pub fn numbers(&self, name: &str) -> impl Iterator<Item = i32> {
        let numbers = self.types.get(name).into_iter().flatten();
        numbers.filter_map(|(number, _)| number.parse().ok())
    }

    /// How a number of a type was declared last, and the last release that held it.
    pub fn given_up(&self, name: &str, number: i32) -> Option<(&str, Option<&str>)> {
        let given_up = self.types.get(name)?.get(&number.to_string())?;
        Some((&given_up.was, given_up.released.as_deref()))
    }

    /// What `other` has otherwise: a line for each number that is missing here, one too many, or another one.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let names: std::collections::BTreeSet<&String> =
            self.types.keys().chain(other.types.keys()).collect();
        for name in names {
            let empty = BTreeMap::new();
            let ours = self.types.get(name).unwrap_or(&empty);
            let theirs = other.types.get(name).unwrap_or(&empty);
            for (number, given_up) in theirs {
                match ours.get(number) {
                    None => {
                        found.push(format!("`{name}` {number} (`{}`) is missing", given_up.was))
                    }
                    Some(ours) if ours != given_up => found.push(format!(
                        "`{name}` {number} is `{}`, the history says `{}`",
                        ours.was, given_up.was
                    )),
                    Some(_) => {}
                }
            }
            for (number, given_up) in ours {
                if !theirs.contains_key(number) {
                    found.push(format!(
                        "`{name}` {number} (`{}`) was never given up",
                        given_up.was
                    ));
                }
            }
        }
        found
    }
}
