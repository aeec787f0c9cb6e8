//! Lines that Visual Studio and MSBuild understand: `path(line,column) : error RULE : message`.

use std::io::{self, Write};

use super::place::Place;
use super::printable::escaped;
use super::{Report, Style};
use crate::diagnostic::Severity;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings() {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "message",
        };
        let place = Place::of(finding, style.columns);
        let (path, line, column) = (place.path, place.start_line, place.start_column);
        let (path, message) = (escaped(path), escaped(&finding.message));
        writeln!(
            out,
            "{path}({line},{column}) : {word} {} : {message}",
            finding.code
        )?;
    }
    Ok(())
}
