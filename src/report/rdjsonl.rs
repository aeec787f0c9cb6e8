//! reviewdog's diagnostic format, one JSON object per line. Fixes become suggestions that a reviewer applies by a click.
//! Its columns are bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use super::place::Place;
use crate::diagnostic::{Fix, Location, Severity};
use crate::text::{Columns, Edit, Span};

#[derive(Serialize)]
struct Rd<'d> {
    message: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<RdLocation<'d>>,
    severity: &'static str,
    source: RdSource,
    code: RdCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestions: Option<[Suggestion; 1]>,
}

#[derive(Serialize)]
struct RdLocation<'d> {
    path: &'d str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: LineAndColumn,
    end: LineAndColumn,
}

#[derive(Serialize)]
struct LineAndColumn {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct RdSource {
    name: &'static str,
}

#[derive(Serialize)]
struct RdCode {
    value: &'static str,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings() {
        let location = finding.shown_at();
        let rd = Rd {
            message: &finding.message,
            location: location.map(|location| RdLocation {
                path: location.source.path(),
                range: range(location),
            }),
            severity: match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            },
            source: RdSource { name: "protogov" },
            code: RdCode {
                value: finding.code.0,
            },
            suggestions: (finding.fix.as_ref().zip(location))
                .and_then(|(fix, location)| suggestion(fix, location))
                .map(|suggestion| [suggestion]),
        };
        serde_json::to_writer(&mut *out, &rd)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The fix as one change of the text from its first edit to its last, unless some lie in other files: part of a fix is
/// none, and each suggestion is applied by itself.
fn suggestion(fix: &Fix, location: &Location) -> Option<Suggestion> {
    let source = &location.source;
    let edits = fix.whole_edits()?;
    let mut edits: Vec<&Edit> = (edits.iter())
        .map(|(of, edit)| (of.path() == source.path()).then_some(edit))
        .collect::<Option<_>>()?;
    edits.sort();
    let start = edits.first()?.span.start;
    let mut text = String::new();
    let mut end = start;
    for edit in edits {
        // Edits that overlap are no change of one text.
        text.push_str(source.text().get(end as usize..edit.span.start as usize)?);
        text.push_str(&edit.replacement);
        end = edit.span.end;
    }
    let range = range(&Location::new(source, Span::new(start, end)));
    Some(Suggestion { range, text })
}

fn range(location: &Location) -> Range {
    let place = Place::new(location, Columns::Bytes);
    Range {
        start: LineAndColumn {
            line: place.start_line,
            column: place.start_column,
        },
        end: LineAndColumn {
            line: place.end_line,
            column: place.end_column,
        },
    }
}
