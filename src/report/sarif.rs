//! SARIF 2.1.0, as code hosts take it: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! GitHub refuses a run with more than 25,000 results, so the least important ones beyond that are left out, and said to
//! be. Its columns are UTF-16 code units.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::place::Place;
use super::{Report, Style};
use crate::checks::{self, ExampleRole};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::governance::Waived;
use crate::text::{Columns, Edit, Source};

/// Results that GitHub takes in one run.
const MOST_RESULTS: usize = 25_000;

/// Related places that GitHub takes for one result.
const MOST_RELATED: usize = 1_000;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let rules = RuleTable::of(report);
    let mut fingerprints = Fingerprints::default();
    let mut results: Vec<(Severity, Value)> = Vec::new();
    for finding in report.findings() {
        let result = result(finding, &rules, &mut fingerprints, style);
        results.push((finding.severity, result));
    }
    for suppressed in report.suppressed() {
        let mut result = result(&suppressed.diagnostic, &rules, &mut fingerprints, style);
        result["suppressions"] = json!([{
            "kind": "inSource",
            "justification": suppressed.reason,
            "location": {"physicalLocation": physical(&suppressed.comment, style)},
        }]);
        results.push((Severity::Info, result));
    }
    for waived in report.waived() {
        let mut result = result(&waived.diagnostic, &rules, &mut fingerprints, style);
        result["suppressions"] = json!([suppression(waived, style)]);
        results.push((Severity::Info, result));
    }
    let left_out = results.len().saturating_sub(MOST_RESULTS);
    if left_out > 0 {
        results.sort_by_key(|&(severity, _)| std::cmp::Reverse(severity));
        results.truncate(MOST_RESULTS);
    }
    let mut invocation = json!({"executionSuccessful": true});
    if left_out > 0 {
        let text = format!("{left_out} findings were left out: a run holds at most {MOST_RESULTS}");
        invocation["toolExecutionNotifications"] =
            json!([{"level": "warning", "message": {"text": text}}]);
    }
    let results: Vec<Value> = results.into_iter().map(|(_, result)| result).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "protogov",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.descriptors,
            }},
            "columnKind": "utf16CodeUnits",
            "invocations": [invocation],
            "results": results,
        }],
    });
    serde_json::to_writer(&mut *out, &log)?;
    out.write_all(b"\n")
}

/// The rules that have results, each with its place in the table.
struct RuleTable {
    positions: BTreeMap<&'static str, usize>,
    descriptors: Vec<Value>,
}

impl RuleTable {
    fn of(report: &Report) -> Self {
        let mut positions = BTreeMap::new();
        let suppressed = report.suppressed().iter().map(|one| &one.diagnostic);
        let waived = report.waived().iter().map(|one| &one.diagnostic);
        for finding in report.findings().iter().chain(suppressed).chain(waived) {
            positions.insert(finding.code.0, 0);
        }
        let mut descriptors = Vec::new();
        for (at, (id, position)) in positions.iter_mut().enumerate() {
            *position = at;
            descriptors.push(descriptor(id));
        }
        Self {
            positions,
            descriptors,
        }
    }
}

/// What is known of a rule: its documentation, where it is one of ours.
fn descriptor(id: &str) -> Value {
    let Some(rule) = checks::rule(id) else {
        return json!({"id": id});
    };
    let docs = rule.docs();
    let mut help = format!("{}\n\n{}\n", docs.summary, docs.reason());
    for example in &docs.examples {
        let title = match example.role {
            ExampleRole::Before => "In the baseline",
            ExampleRole::Bad => "Bad",
            ExampleRole::Good => "Good",
            ExampleRole::Fixed => "Fixed",
        };
        // Writing to a string cannot fail.
        let _ = write!(
            help,
            "\n{title}:\n\n```proto\n{}\n```\n",
            example.text.trim_end()
        );
    }
    json!({
        "id": id,
        "shortDescription": {"text": docs.summary},
        "fullDescription": {"text": docs.reason()},
        "help": {"text": docs.reason(), "markdown": help},
        "defaultConfiguration": {"level": level(rule.severity())},
    })
}

fn result(
    finding: &Diagnostic,
    rules: &RuleTable,
    fingerprints: &mut Fingerprints,
    style: &Style,
) -> Value {
    let (fingerprint, number) = fingerprints.next(finding);
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        let _ = write!(text, "\n{help}");
    }
    let mut result = json!({
        "ruleId": finding.code.0,
        "ruleIndex": rules.positions.get(finding.code.0),
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [],
        "partialFingerprints": {"primaryLocationLineHash": format!("{fingerprint}:{number}")},
    });
    if let Some(name) = finding.fingerprint {
        result["partialFingerprints"]["protogov/v1"] = json!(name.to_string());
    }
    if finding.symbol.is_some() || !finding.owners().is_empty() {
        let mut properties = json!({"owners": finding.owners()});
        if let Some(symbol) = &finding.symbol {
            properties["symbol"] = json!(symbol);
        }
        result["properties"] = properties;
    }
    if let Some(location) = finding.shown_at() {
        result["locations"] = json!([{"physicalLocation": physical(location, style)}]);
    }
    if !finding.labels.is_empty() {
        let mut related: Vec<Value> = Vec::new();
        for label in finding.labels.iter().take(MOST_RELATED) {
            let place = json!({
                "physicalLocation": physical(&label.location, style),
                "message": {"text": label.message},
            });
            // The schema wants each place once.
            if !related.contains(&place) {
                related.push(place);
            }
        }
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(fix) = &finding.fix
        && let Some(edits) = fix.whole_edits()
    {
        result["fixes"] = json!([sarif_fix(&fix.title, edits, style)]);
    }
    result
}

/// What lets a finding pass although the contract says nothing of it.
fn suppression(waived: &Waived, style: &Style) -> Value {
    let waiver = &waived.waiver;
    let mut properties = json!({
        "owner": waiver.owner,
        "created": waiver.created.to_string(),
    });
    if let Some(expires) = waiver.expires {
        properties["expires"] = json!(expires.to_string());
    }
    if let Some(link) = &waiver.link {
        properties["link"] = json!(link);
    }
    json!({
        "kind": "external",
        "status": "accepted",
        "justification": waiver.reason,
        "location": {"physicalLocation": physical(&waiver.place, style)},
        "properties": properties,
    })
}

fn sarif_fix(title: &str, edits: &[(Arc<Source>, Edit)], style: &Style) -> Value {
    let changes = edits.iter().map(|(source, edit)| {
        let location = Location::new(source, edit.span);
        json!({
            "artifactLocation": artifact(source.path(), style),
            "replacements": [{
                "deletedRegion": region(&location),
                "insertedContent": {"text": edit.replacement},
            }],
        })
    });
    json!({"description": {"text": title}, "artifactChanges": changes.collect::<Vec<_>>()})
}

fn physical(location: &Location, style: &Style) -> Value {
    json!({
        "artifactLocation": artifact(location.source.path(), style),
        "region": region(location),
    })
}

fn region(location: &Location) -> Value {
    let place = Place::new(location, Columns::Utf16);
    json!({
        "startLine": place.start_line,
        "startColumn": place.start_column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A file: relative to the repository's root where it lies in it.
fn artifact(path: &str, style: &Style) -> Value {
    let path = style.path_in_repository(path);
    if path.starts_with('/') {
        return json!({"uri": format!("file://{}", uri(&path))});
    }
    json!({"uri": uri(&path), "uriBaseId": "%SRCROOT%"})
}

/// A path as a URI has it.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
