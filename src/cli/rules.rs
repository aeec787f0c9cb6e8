//! `protogov rules`

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use super::rule_page::{categories, page};
use super::{Global, Outcome, Result, Subcommand, terminal};
use crate::checks::{Registered, rules};

/// Arguments of `protogov rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// How the rules are listed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: RulesFormat,
}

/// A way to list rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RulesFormat {
    /// One line per rule.
    Text,
    /// One JSON object per rule and line.
    Json,
    /// The whole reference.
    Markdown,
}

/// A rule as `rules --format json` writes it.
#[derive(Debug, Serialize)]
struct RuleLine {
    id: &'static str,
    /// `lint` or `breaking`.
    kind: &'static str,
    summary: String,
    categories: Vec<&'static str>,
    severity: &'static str,
    /// `none`, `safe`, `unsafe_once_published` or `unsafe`.
    fix: &'static str,
    since: &'static str,
    /// What the rule covers of other tools' rules.
    same_as: Vec<&'static str>,
}

impl Subcommand for Rules {
    fn run(self, _: &Global) -> Result {
        let text = match self.format {
            RulesFormat::Text => list(),
            RulesFormat::Json => json(),
            RulesFormat::Markdown => reference(),
        };
        terminal::write_stdout(|out| out.write_all(text.as_bytes()))?;
        Ok(Outcome::Clean)
    }
}

fn list() -> String {
    let width = rules().iter().map(|rule| rule.id().as_str().len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for rule in rules() {
        let _ = writeln!(
            text,
            "{:width$}  {}",
            rule.id().as_str(),
            rule.docs().summary
        );
    }
    text
}

fn json() -> String {
    let mut text = String::new();
    for rule in rules() {
        // A rule's line is made of strings, which JSON can always hold.
        text.push_str(&serde_json::to_string(&RuleLine::new(rule)).unwrap_or_default());
        text.push('\n');
    }
    text
}

impl RuleLine {
    fn new(rule: &Registered) -> Self {
        Self {
            id: rule.id().as_str(),
            kind: if rule.is_lint() { "lint" } else { "breaking" },
            summary: rule.docs().summary,
            categories: categories(rule),
            severity: rule.severity().as_str(),
            fix: rule.rule().fix.as_str(),
            since: rule.rule().since,
            same_as: rule.rule().same_as.iter().map(|other| other.id()).collect(),
        }
    }
}

/// The text of `docs/rules.md`: all rules by kind, with their pages.
pub fn reference() -> String {
    let mut text = String::from(
        "# Rules\n\nMade by `protogov rules --format markdown`. `protogov explain RULE` prints one page of it.\n",
    );
    for (title, is_lint) in [("Lint", true), ("Breaking changes", false)] {
        let of_kind: Vec<&'static Registered> = rules()
            .iter()
            .copied()
            .filter(|rule| rule.is_lint() == is_lint)
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "\n## {title}\n\n| rule | categories | what it finds |\n|---|---|---|"
        );
        for rule in &of_kind {
            let id = rule.id().as_str();
            let _ = writeln!(
                text,
                "| [{id}](#{}) | {} | {} |",
                id.to_lowercase(),
                categories(rule).join(", "),
                rule.docs().summary
            );
        }
        for rule in of_kind {
            let _ = write!(text, "\n{}", page(rule, 3));
        }
    }
    text
}
