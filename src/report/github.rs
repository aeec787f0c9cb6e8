//! Annotations of GitHub's workflow commands, within GitHub's limits: it shows ten of each severity per step, so these
//! are the first ten, errors before the rest, and a last line says how many more there are.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::place::Place;
use super::printable::escaped;
use super::{Report, Style};
use crate::diagnostic::{Diagnostic, Severity};

/// Annotations of one severity that GitHub shows for one step.
const SHOWN: usize = 10;

/// Bytes of a step's summary; GitHub refuses more than 1 MiB.
const SUMMARY_BYTES: usize = 900_000;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut hidden = 0;
    for (severity, command) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Info, "notice"),
    ] {
        let of_it = || (report.findings().iter()).filter(|finding| finding.severity == severity);
        for finding in of_it().take(SHOWN) {
            write_annotation(finding, command, style, out)?;
        }
        hidden += of_it().count().saturating_sub(SHOWN);
    }
    if hidden > 0 {
        writeln!(
            out,
            "and {hidden} more, all of them in the summary of this step"
        )?;
    }
    Ok(())
}

fn write_annotation(
    finding: &Diagnostic,
    command: &str,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "::{command} ")?;
    if let Some(location) = finding.shown_at() {
        let place = Place::new(location, style.columns);
        write!(
            out,
            "file={},line={},col={},endLine={},endColumn={},",
            property(&style.path_in_repository(place.path)),
            place.start_line,
            place.start_column,
            place.end_line,
            place.end_column,
        )?;
    }
    let mut text = escaped(&finding.message).into_owned();
    for more in [&finding.reason, &finding.help].into_iter().flatten() {
        text.push('\n');
        text.push_str(&escaped(more));
    }
    writeln!(out, "title={}::{}", property(finding.code.0), data(&text))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// All findings as Markdown, for the file that `GITHUB_STEP_SUMMARY` names.
pub(super) fn summary(report: &Report, style: &Style) -> String {
    let mut text = String::from("### protogov\n\n");
    if report.findings().is_empty() {
        text.push_str("No findings.\n");
        return text;
    }
    text.push_str("| severity | rule | place | finding |\n|---|---|---|---|\n");
    for (written, finding) in report.findings().iter().enumerate() {
        if text.len() > SUMMARY_BYTES {
            let left = report.findings().len() - written;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\nand {left} more");
            break;
        }
        let place = match finding.shown_at() {
            Some(location) => {
                let place = Place::new(location, style.columns);
                let path = style.path_in_repository(place.path);
                format!(
                    "`{}:{}:{}`",
                    cell(&path),
                    place.start_line,
                    place.start_column
                )
            }
            None => String::new(),
        };
        let (severity, code) = (finding.severity, finding.code);
        let _ = writeln!(
            text,
            "| {severity} | {code} | {place} | {} |",
            cell(&escaped(&finding.message))
        );
    }
    text
}

/// Text in a cell of a Markdown table.
fn cell(text: &str) -> String {
    let text = text.replace('|', "\\|").replace('<', "&lt;");
    text.replace(['\r', '\n'], " ")
}
