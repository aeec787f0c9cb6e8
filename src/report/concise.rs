//! One line per finding: `path:line:column: severity[RULE] message`. Without a path, the line starts at the severity.

use std::io::{self, Write};

use super::place::Place;
use super::printable::escaped;
use super::{Report, Style};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings() {
        if let Some(location) = &finding.location {
            let place = Place::new(location, style.columns);
            let (path, line, column) = (place.path, place.start_line, place.start_column);
            write!(out, "{}:{line}:{column}: ", escaped(path))?;
        }
        let (severity, code) = (finding.severity, finding.code);
        writeln!(out, "{severity}[{code}] {}", escaped(&finding.message))?;
    }
    Ok(())
}
