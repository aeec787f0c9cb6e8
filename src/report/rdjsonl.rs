//! reviewdog's diagnostic format, one JSON object per line. Fixes become suggestions that a reviewer applies by a click.
//! Its columns are bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::Report;
use super::place::Place;
use crate::diagnostic::{Fix, Location, Severity};
use crate::text::Columns;

#[derive(Serialize)]
struct Rd<'d> {
    message: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<RdLocation<'d>>,
    severity: &'static str,
    source: RdSource,
    code: RdCode,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'d>>,
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
struct Suggestion<'d> {
    range: Range,
    text: &'d str,
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
            suggestions: match (&finding.fix, location) {
                (Some(fix), Some(location)) => suggestions(fix, location),
                _ => Vec::new(),
            },
        };
        serde_json::to_writer(&mut *out, &rd)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The edits of a fix, unless some lie in other files: part of a fix is none.
fn suggestions<'d>(fix: &'d Fix, location: &Location) -> Vec<Suggestion<'d>> {
    let path = location.source.path();
    if fix.edits.iter().any(|(source, _)| source.path() != path) {
        return Vec::new();
    }
    let suggestion = |(source, edit): &'d (_, crate::text::Edit)| Suggestion {
        range: range(&Location::new(source, edit.span)),
        text: &edit.replacement,
    };
    fix.edits.iter().map(suggestion).collect()
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
