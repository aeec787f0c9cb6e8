//! The keys of `protogov-waivers.toml`: findings that somebody answers for.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::{CONFIG, Language, Spanned, decode};
use super::load::read_document;
use crate::diagnostic::{Diagnostic, Fingerprint, Location};
use crate::text::{Day, Source};

/// The name of the file.
pub const WAIVERS_FILE: &str = "protogov-waivers.toml";

/// Waivers: each lets one finding pass, and says who answers for that, why and for how long.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "protogov-waivers.toml")]
pub struct WaiversToml {
    /// One finding each.
    waiver: Vec<Spanned<WaiverTable>>,
}

/// A finding that somebody answers for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaiverTable {
    /// The name of the finding, as reports show it.
    fingerprint: Spanned<String>,
    /// The rule whose finding it is.
    rule: Spanned<String>,
    /// What the finding is about.
    symbol: Option<String>,
    /// Who answers for it, and is asked when it has expired.
    owner: Spanned<String>,
    /// Why it may pass.
    reason: Spanned<String>,
    /// The day it was written.
    created: Spanned<String>,
    /// The last day on which it counts. Without one it counts until the change is in the baseline.
    expires: Option<Spanned<String>>,
    /// Where it was agreed upon.
    link: Option<String>,
}

/// A finding that somebody answers for.
#[derive(Debug, Clone)]
pub struct Waiver {
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
    /// The day it was written.
    pub created: Day,
    /// The last day on which it counts.
    pub expires: Option<Day>,
    /// Where it was agreed upon.
    pub link: Option<String>,
    /// Where it stands.
    pub place: Location,
}

/// The JSON schema of a file of waivers, pretty-printed, with a line break at the end.
pub fn waivers_schema() -> String {
    let schema = schemars::schema_for!(WaiversToml);
    // A value made of strings, numbers and maps can always be printed.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The file of waivers that governs `directory`, which has to be absolute: the nearest one in it or above. The search
/// ends at the directory that holds `.git`.
pub fn find_waivers(directory: &Path) -> Option<PathBuf> {
    for directory in directory.ancestors() {
        let path = directory.join(WAIVERS_FILE);
        if path.is_file() {
            return Some(path);
        }
        if directory.join(".git").exists() {
            break;
        }
    }
    None
}

/// Reads a file of waivers.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read_waivers(path: &Path) -> Result<Vec<Waiver>, Vec<Diagnostic>> {
    let (source, root) = read_document(path, Language::Toml)?;
    let file: WaiversToml = decode(&source, root)?;
    let mut problems = Vec::new();
    let waivers = file.waiver.iter();
    let waivers = waivers
        .filter_map(|table| Waiver::new(&source, table, &mut problems))
        .collect();
    if problems.is_empty() {
        Ok(waivers)
    } else {
        Err(problems)
    }
}

impl Waiver {
    fn new(
        source: &Arc<Source>,
        table: &Spanned<WaiverTable>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        for (key, value) in [("owner", &table.owner), ("reason", &table.reason)] {
            if value.trim().is_empty() {
                let message = format!("the waiver has no `{key}`");
                problems.push(
                    Diagnostic::error(CONFIG, source, value.span, message)
                        .with_reason(
                            "a finding may pass only where somebody answers for it and says why",
                        )
                        .with_help(match key {
                            "owner" => "name a person or a team that can be asked",
                            _ => "say why the finding does no harm here",
                        }),
                );
            }
        }
        let fingerprint = parsed::<Fingerprint>(source, &table.fingerprint, problems);
        let created = parsed::<Day>(source, &table.created, problems);
        let expires = table.expires.as_ref();
        let expires = expires.map(|expires| parsed::<Day>(source, expires, problems));
        Some(Self {
            fingerprint: fingerprint?,
            rule: table.rule.value.clone(),
            symbol: table.symbol.clone(),
            owner: table.owner.trim().to_owned(),
            reason: table.reason.trim().to_owned(),
            created: created?,
            expires: match expires {
                None => None,
                Some(read) => Some(read?),
            },
            link: table.link.clone(),
            place: Location::new(source, table.fingerprint.span),
        })
    }

    /// Whether it counts no longer.
    pub fn is_expired(&self, today: Day) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// Reads a text, or says what is wrong with it.
fn parsed<T: FromStr>(
    source: &Arc<Source>,
    text: &Spanned<String>,
    problems: &mut Vec<Diagnostic>,
) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", text.value);
            problems.push(Diagnostic::error(CONFIG, source, text.span, message));
        })
        .ok()
}
