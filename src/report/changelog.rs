//! What changed between two states of contracts: for a terminal, for a pull request, for a program.

use std::fmt::Write as _;
use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::printable::escaped;
use crate::governance::{Bump, ChangeGroup};

/// The version of the keys. It grows when one of them changes its meaning or goes.
const VERSION: u32 = 1;

/// Everything that changed, as the format `json` writes it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "protogov diff")]
pub struct Changelog {
    version: u32,
    /// What was compared with.
    pub before: String,
    /// What was compared.
    pub after: String,
    /// The part of a version that the change asks to be raised.
    pub verdict: Bump,
    /// Why, in one line.
    pub reason: String,
    /// What breaks bytes, JSON or generated source.
    pub breaking: Vec<ChangelogEntry>,
    /// The same, where a waiver lets it pass.
    pub waived: Vec<ChangelogEntry>,
    /// What is new.
    pub added: Vec<ChangelogEntry>,
    /// What is marked as deprecated.
    pub deprecated: Vec<ChangelogEntry>,
    /// What is another.
    pub changed: Vec<ChangelogEntry>,
    /// What is gone without breaking anything that is checked.
    pub removed: Vec<ChangelogEntry>,
}

/// One thing that changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangelogEntry {
    /// What it belongs to.
    pub group: ChangeGroup,
    /// Its full name, with `#number` in place of the name of a field or enum value; of a file its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// What is said of it.
    pub text: String,
    /// The rule that tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// What it does on the wire, in JSON and in source, with the bytes that prove it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// The same in parts, each with a name before it.
    #[serde(skip)]
    pub effects: Vec<(&'static str, String)>,
    /// What waivers call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Whom to ask, as CODEOWNERS says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
    /// Who lets it pass, why, and until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<String>,
}

/// How a changelog is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangelogFormat {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// For a program: one object.
    Json,
}

/// The JSON schema of a changelog, pretty-printed, with a line break at the end.
pub fn changelog_schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings
        .into_generator()
        .into_root_schema_for::<Changelog>();
    // A value made of strings, numbers and maps can always be printed.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

impl Changelog {
    /// A changelog in which nothing changed yet.
    pub fn new(before: impl Into<String>, after: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            before: before.into(),
            after: after.into(),
            verdict: Bump::None,
            reason: String::new(),
            breaking: Vec::new(),
            waived: Vec::new(),
            added: Vec::new(),
            deprecated: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, format: ChangelogFormat, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ChangelogFormat::Text => out.write_all(self.text().as_bytes()),
            ChangelogFormat::Markdown => out.write_all(self.markdown().as_bytes()),
            ChangelogFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                out.write_all(b"\n")
            }
        }
    }

    /// The sections in the order in which a reader wants them.
    fn sections(&self) -> [(&'static str, &[ChangelogEntry]); 6] {
        [
            ("Breaking", &self.breaking),
            ("Added", &self.added),
            ("Deprecated", &self.deprecated),
            ("Changed", &self.changed),
            ("Removed", &self.removed),
            ("Waived", &self.waived),
        ]
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.verdict, escaped(&self.reason));
        for (title, entries) in self.sections() {
            if entries.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{title}");
            for group in groups(entries) {
                let _ = writeln!(text, "  {}", escaped(&headline(group)));
                for entry in group {
                    let _ = writeln!(text, "    {}", escaped(&entry.text));
                    for (word, more) in entry.details() {
                        let _ = writeln!(text, "      {word}: {}", escaped(&more));
                    }
                }
            }
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = format!("## Contracts: {}\n\n{}\n", self.verdict, line(&self.reason));
        for (title, entries) in self.sections() {
            if entries.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n### {title}");
            for group in groups(entries) {
                let _ = writeln!(text, "\n**{}**\n", line(&headline(group)));
                for entry in group {
                    let _ = writeln!(text, "- {}", line(&entry.text));
                    for (word, more) in entry.details() {
                        let _ = writeln!(text, "  - {word}: {}", line(&more));
                    }
                }
            }
        }
        text
    }
}

impl ChangelogEntry {
    /// What is said below it.
    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details = Vec::new();
        match (&self.effect, self.effects.is_empty()) {
            (_, false) => details.clone_from(&self.effects),
            (Some(effect), true) => details.push(("effect", effect.clone())),
            (None, true) => {}
        }
        if let (Some(rule), Some(fingerprint)) = (self.rule, &self.fingerprint) {
            let mut text = format!("`{rule}`, fingerprint `{fingerprint}`");
            if !self.owners.is_empty() {
                let _ = write!(text, ", owned by {}", self.owners.join(" "));
            }
            details.push(("rule", text));
        }
        if let Some(waiver) = &self.waiver {
            details.push(("waived", waiver.clone()));
        }
        details
    }
}

/// Entries by what they belong to; they come sorted by it.
fn groups(entries: &[ChangelogEntry]) -> impl Iterator<Item = &[ChangelogEntry]> {
    entries.chunk_by(|a, b| a.group == b.group)
}

fn headline(group: &[ChangelogEntry]) -> String {
    match group.first().map(|entry| &entry.group) {
        Some(ChangeGroup::Service(name)) => format!("service `{name}`"),
        Some(ChangeGroup::Type(name)) => format!("`{name}`"),
        Some(ChangeGroup::File(path)) => format!("file `{path}`"),
        None => String::new(),
    }
}

/// A text on one line of Markdown. What stands between backticks is shown as it is; outside of them nothing is markup.
fn line(text: &str) -> String {
    let text = escaped(text).replace(['\r', '\n'], " ");
    let mut line = String::with_capacity(text.len());
    let mut is_quoted = false;
    for char in text.chars() {
        match char {
            '`' => {
                is_quoted = !is_quoted;
                line.push('`');
            }
            '*' | '_' | '<' | '[' | '|' | '#' if !is_quoted => {
                line.push('\\');
                line.push(char);
            }
            '@' if !is_quoted => {
                // A reader sees the owner; nobody is notified by a report.
                line.push_str("@\u{200b}");
            }
            char => line.push(char),
        }
    }
    line
}
