//! Writing to a file of waivers without touching anything else in it: comments, order and layout stay.

use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, value};

use crate::diagnostic::Fingerprint;
use crate::text::Day;

/// The key of the list of waivers.
const WAIVER: &str = "waiver";

/// A waiver that is to be written.
#[derive(Debug, Clone)]
pub struct NewWaiver {
    /// The name of the finding.
    pub fingerprint: Fingerprint,
    /// The rule whose finding it is.
    pub rule: String,
    /// What the finding is about.
    pub symbol: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why it may pass.
    pub reason: String,
    /// The day it is written.
    pub created: Day,
    /// The last day on which it counts.
    pub expires: Option<Day>,
    /// Where it was agreed upon.
    pub link: Option<String>,
}

/// The text of a file of waivers.
#[derive(Debug)]
pub struct WaiverText {
    document: DocumentMut,
}

impl WaiverText {
    /// Reads a text; an empty one is a file without waivers.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
        match document.get(WAIVER) {
            None | Some(Item::ArrayOfTables(_)) => Ok(Self { document }),
            Some(_) => Err("waivers are only added to a list of `[[waiver]]` tables".to_owned()),
        }
    }

    /// Writes a waiver in place of the one of the same finding, or at the end.
    pub fn put(&mut self, waiver: &NewWaiver) {
        let fingerprint = waiver.fingerprint.to_string();
        let Some(waivers) = self.waivers() else {
            return;
        };
        let known = waivers.iter_mut().find(|table| {
            let held = table.get("fingerprint").and_then(Item::as_str);
            held == Some(fingerprint.as_str())
        });
        if let Some(table) = known {
            return fill(table, waiver);
        }
        let mut table = Table::new();
        if !waivers.is_empty() {
            table.decor_mut().set_prefix("\n");
        }
        fill(&mut table, waiver);
        waivers.push(table);
    }

    /// Takes out the waivers at these positions, each with the comment right above it.
    pub fn remove(&mut self, positions: &[usize]) {
        let Some(waivers) = self.waivers() else {
            return;
        };
        let mut positions = positions.to_vec();
        positions.sort_unstable();
        for &at in positions.iter().rev() {
            if at >= waivers.len() {
                continue;
            }
            let heading = (at == 0).then(|| heading(waivers, at)).flatten();
            waivers.remove(at);
            match (heading, waivers.get_mut(0)) {
                (Some(heading), Some(next)) => {
                    let prefix = prefix(next);
                    next.decor_mut()
                        .set_prefix(format!("{heading}{}", prefix.trim_start_matches('\n')));
                }
                (Some(heading), None) => {
                    let trailing = self.document.trailing().as_str().unwrap_or_default();
                    let text = format!("{heading}{trailing}");
                    self.document.set_trailing(text);
                    return;
                }
                (None, _) => {}
            }
        }
    }

    /// The text.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// The list of waivers; there always is one, since `parse` refuses everything else under its key.
    fn waivers(&mut self) -> Option<&mut ArrayOfTables> {
        let item = self.document.entry(WAIVER);
        let item = item.or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        item.as_array_of_tables_mut()
    }
}

/// What stands above the first table and belongs to the whole file: all up to the last empty line.
fn heading(waivers: &ArrayOfTables, at: usize) -> Option<String> {
    let prefix = prefix(waivers.get(at)?);
    let end = prefix.trim_end_matches('\n').rfind("\n\n")? + 2;
    prefix.get(..end).map(str::to_owned)
}

fn prefix(table: &Table) -> String {
    let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str());
    prefix.unwrap_or_default().to_owned()
}

/// Sets the keys of a waiver. Values that stay the same keep how they are written.
fn fill(table: &mut Table, waiver: &NewWaiver) {
    set(
        table,
        "fingerprint",
        Some(value(waiver.fingerprint.to_string())),
    );
    set(table, "rule", Some(value(waiver.rule.as_str())));
    set(table, "symbol", waiver.symbol.as_deref().map(value));
    set(table, "owner", Some(value(waiver.owner.as_str())));
    set(table, "reason", Some(value(waiver.reason.as_str())));
    set(table, "created", Some(day(waiver.created)));
    set(table, "expires", waiver.expires.map(day));
    set(table, "link", waiver.link.as_deref().map(value));
}

fn set(table: &mut Table, key: &str, item: Option<Item>) {
    let Some(item) = item else {
        table.remove(key);
        return;
    };
    match (table.get_mut(key).and_then(Item::as_value_mut), item) {
        (Some(held), Item::Value(mut new)) => {
            *new.decor_mut() = held.decor().clone();
            *held = new;
        }
        (_, item) => drop(table.insert(key, item)),
    }
}

fn day(day: Day) -> Item {
    let (year, month, date) = day.year_month_day();
    value(Datetime {
        date: Some(toml_edit::Date {
            year: u16::try_from(year).unwrap_or(u16::MAX),
            month,
            day: date,
        }),
        time: None,
        offset: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiver(fingerprint: &str, reason: &str) -> NewWaiver {
        NewWaiver {
            fingerprint: fingerprint.parse().expect("a fingerprint"),
            rule: "FIELD_NO_DELETE".to_owned(),
            symbol: Some("a.M#1".to_owned()),
            owner: "@acme/contracts".to_owned(),
            reason: reason.to_owned(),
            created: "2026-11-21".parse().expect("a day"),
            expires: None,
            link: None,
        }
    }

    const TEXT: &str = "# Ask in #contracts first.\n\n# The old gateway.\n[[waiver]]\nfingerprint = '000000000001'\n\
        rule = \"X\"\nowner = \"a\" # on leave\nreason = \"b\"\ncreated = 2026-01-02\n\n# second\n[[waiver]]\n\
        fingerprint = \"000000000002\"\nrule = \"X\"\nowner = \"a\"\nreason = \"b\"\ncreated = 2026-01-02\n";

    #[test]
    fn what_is_added_leaves_the_rest_alone() {
        let mut text = WaiverText::parse(TEXT).expect("TOML");
        text.put(&waiver("00000000000a", "nobody reads \"it\""));
        let expected = format!(
            "{TEXT}\n[[waiver]]\nfingerprint = \"00000000000a\"\nrule = \"FIELD_NO_DELETE\"\nsymbol = \"a.M#1\"\n\
             owner = \"@acme/contracts\"\nreason = 'nobody reads \"it\"'\ncreated = 2026-11-21\n"
        );
        assert_eq!(text.text(), expected);
        let mut empty = WaiverText::parse("").expect("TOML");
        empty.put(&waiver("00000000000a", "b"));
        assert!(empty.text().starts_with("[[waiver]]\n"), "{}", empty.text());
    }

    #[test]
    fn what_is_renewed_keeps_its_comments() {
        let mut text = WaiverText::parse(TEXT).expect("TOML");
        text.put(&waiver("000000000001", "c"));
        let text = text.text();
        for kept in [
            "# Ask in #contracts first.\n\n# The old gateway.\n[[waiver]]\n",
            "owner = \"@acme/contracts\" # on leave\n",
            "\n\n# second\n[[waiver]]\n",
        ] {
            assert!(text.contains(kept), "{text}");
        }
        assert_eq!(text.matches("[[waiver]]").count(), 2);
    }

    #[test]
    fn what_is_removed_takes_its_own_comment_along_and_no_other() {
        for (positions, expected) in [
            (
                &[0][..],
                "# Ask in #contracts first.\n\n# second\n[[waiver]]\nfingerprint = \"000000000002\"\n",
            ),
            (
                &[1],
                "# Ask in #contracts first.\n\n# The old gateway.\n[[waiver]]\nfingerprint = '000000000001'\n",
            ),
            (&[1, 0], "# Ask in #contracts first.\n\n"),
        ] {
            let mut text = WaiverText::parse(TEXT).expect("TOML");
            text.remove(positions);
            assert!(text.text().starts_with(expected), "{}", text.text());
            assert!(text.text().matches("[[waiver]]").count() == 2 - positions.len());
        }
    }

    #[test]
    fn what_is_no_list_of_tables_is_refused() {
        assert!(WaiverText::parse("waiver = 1\n").is_err());
        assert!(WaiverText::parse("[[waiver]\n").is_err());
    }
}
