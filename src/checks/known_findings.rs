//! Findings that were there when somebody wrote them down, by rule and symbol: they do not count, new ones do.
//!
//! The file has one line for each rule and symbol, sorted, so that two branches that each change it can be merged by git:
//!
//! ```text
//! # protogov lint baseline 1
//! ENUM_VALUE_PREFIX shop.v1.Size.SMALL
//! FIELD_NO_PREPOSITION shop.v1.Order x2
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::registry::rule;
use crate::diagnostic::Diagnostic;

/// What the first line begins with; the number is that of the format.
const HEAD: &str = "# protogov lint baseline 1";

/// How often each rule finds something at each symbol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownFindings {
    counts: BTreeMap<(String, String), u32>,
}

/// Why a text is no baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBaseline {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
    /// What to do.
    pub help: &'static str,
}

impl KnownFindings {
    /// Writes findings down. Those that are about nothing in a contract cannot be known again, and are left out.
    pub fn of<'d>(findings: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let mut known = Self::default();
        for key in findings.into_iter().filter_map(key) {
            *known.counts.entry(key).or_default() += 1;
        }
        known
    }

    /// Reads what [`KnownFindings::text`] wrote. A line that is there twice, as after a merge, counts once.
    ///
    /// # Errors
    /// At the first line that is none.
    pub fn parse(text: &str) -> Result<Self, BadBaseline> {
        const FOREIGN: &str = "name a file that `--write-baseline` wrote, or write it anew";
        let bad = |at: usize, what: String, help| BadBaseline {
            line: at + 1,
            what,
            help,
        };
        let mut known = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.starts_with(HEAD) {
            let what = format!("it does not begin with `{HEAD}`");
            return Err(bad(0, what, FOREIGN));
        }
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if ["<<<<<<<", "=======", ">>>>>>>"]
                .iter()
                .any(|mark| line.starts_with(mark))
            {
                let help = "resolve the conflict: keep the lines of both sides";
                return Err(bad(at, "it holds a conflict of a merge".to_owned(), help));
            }
            let is_id = |id: &str| {
                let mut bytes = id.bytes();
                bytes.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            };
            let Some((id, rest)) = line.split_once(' ').filter(|(id, _)| is_id(id)) else {
                let what = format!("`{line}` is no rule with a symbol");
                return Err(bad(at, what, FOREIGN));
            };
            let (symbol, count) = match rest.rsplit_once(" x") {
                Some((symbol, count)) => match count.parse() {
                    Ok(count) => (symbol, count),
                    Err(_) => (rest, 1),
                },
                None => (rest, 1),
            };
            let key = (id.to_owned(), symbol.to_owned());
            let known = known.counts.entry(key).or_default();
            *known = count.max(*known);
        }
        Ok(known)
    }

    /// The file that says it.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}\n");
        for ((id, symbol), count) in &self.counts {
            // Writing to a string cannot fail.
            let _ = match count {
                1 => writeln!(text, "{id} {symbol}"),
                count => writeln!(text, "{id} {symbol} x{count}"),
            };
        }
        text
    }

    /// Whether a finding is known; then one less of its kind is left.
    pub fn take(&mut self, finding: &Diagnostic) -> bool {
        let Some(count) = key(finding).and_then(|key| self.counts.get_mut(&key)) else {
            return false;
        };
        if *count == 0 {
            return false;
        }
        *count -= 1;
        true
    }

    /// What is left: rule, symbol and how often it was not found any more.
    pub fn left(&self) -> impl Iterator<Item = (&str, &str, u32)> {
        let left = self.counts.iter().filter(|(_, count)| **count > 0);
        left.map(|((id, symbol), &count)| (id.as_str(), symbol.as_str(), count))
    }

    /// Forgets findings, as given by rule, symbol and how many.
    pub fn forget<'k>(&mut self, stale: impl IntoIterator<Item = (&'k str, &'k str, u32)>) {
        for (id, symbol, count) in stale {
            let key = (id.to_owned(), symbol.to_owned());
            if let Some(known) = self.counts.get_mut(&key) {
                *known = known.saturating_sub(count);
            }
        }
        self.counts.retain(|_, count| *count > 0);
    }

    /// The ids that are no rule's, each once.
    pub fn unknown_rules(&self) -> Vec<&str> {
        let ids = self.counts.keys().map(|(id, _)| id.as_str());
        let mut unknown: Vec<&str> = ids.filter(|id| rule(id).is_none()).collect();
        unknown.dedup();
        unknown
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.counts.values().map(|&count| count as usize).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn key(finding: &Diagnostic) -> Option<(String, String)> {
    let symbol = finding.symbol.as_deref()?;
    Some((finding.code.0.to_owned(), symbol.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Severity};

    fn finding(code: &'static str, symbol: &str) -> Diagnostic {
        Diagnostic::without_place(Code(code), Severity::Error, "").with_symbol(symbol)
    }

    #[test]
    fn what_is_written_is_known_again() {
        let all = [
            finding("B_RULE", "a b/c.proto"),
            finding("A_RULE", "a.M"),
            finding("A_RULE", "a.M"),
        ];
        let mut known = KnownFindings::of(&all);
        let text = "# protogov lint baseline 1\nA_RULE a.M x2\nB_RULE a b/c.proto\n";
        assert_eq!(known.text(), text);
        assert_eq!(KnownFindings::parse(text), Ok(known.clone()));
        assert!(known.take(&all[1]) && known.take(&all[1]) && !known.take(&all[1]));
        assert_eq!(
            known.left().collect::<Vec<_>>(),
            [("B_RULE", "a b/c.proto", 1)]
        );
        assert_eq!(known.unknown_rules(), ["A_RULE", "B_RULE"]);
    }

    #[test]
    fn a_merge_counts_once_and_a_conflict_is_told() {
        let twice = format!("{HEAD}\nA_RULE a.M\nA_RULE a.M x2\n");
        assert_eq!(KnownFindings::parse(&twice).map(|known| known.len()), Ok(2));
        for (text, line) in [
            ("", 1),
            ("{}", 1),
            ("# protogov lint baseline 1\n<<<<<<< ours\n", 2),
            ("# protogov lint baseline 1\n\nnot a rule\n", 3),
        ] {
            let bad = KnownFindings::parse(text).expect_err(text);
            assert_eq!(bad.line, line, "{text}");
        }
    }
}
