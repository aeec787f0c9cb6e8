//! GitLab's code quality report: one JSON array. Findings with equal fingerprints would be shown once, so each has its
//! own.

use std::io::{self, Write};

use serde::Serialize;

use super::fingerprint::Fingerprints;
use super::place::Place;
use super::{Report, Style};
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Issue<'d> {
    description: &'d str,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: IssueLocation,
}

#[derive(Serialize)]
struct IssueLocation {
    path: String,
    lines: Lines,
    positions: Positions,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

#[derive(Serialize)]
struct Positions {
    begin: LineAndColumn,
    end: LineAndColumn,
}

#[derive(Serialize)]
struct LineAndColumn {
    line: u32,
    column: u32,
}

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let issues: Vec<Issue<'_>> = report
        .findings()
        .iter()
        .map(|finding| {
            let place = Place::shown(finding, style.columns);
            Issue {
                description: &finding.message,
                check_name: finding.code.0,
                fingerprint: fingerprints.next(finding).0,
                severity: match finding.severity {
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: IssueLocation {
                    path: style.path_in_repository(place.path),
                    lines: Lines {
                        begin: place.start_line,
                        end: place.end_line,
                    },
                    positions: Positions {
                        begin: LineAndColumn {
                            line: place.start_line,
                            column: place.start_column,
                        },
                        end: LineAndColumn {
                            line: place.end_line,
                            column: place.end_column,
                        },
                    },
                },
            }
        })
        .collect();
    serde_json::to_writer(&mut *out, &issues)?;
    out.write_all(b"\n")
}
