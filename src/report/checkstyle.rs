//! Checkstyle's XML, which Jenkins and many wrappers read.

use std::io::{self, Write};

use super::place::Place;
use super::xml::escaped;
use super::{Report, Style};
use crate::diagnostic::Diagnostic;

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<checkstyle version=\"4.3\">")?;
    for (path, findings) in report.by_path(Diagnostic::shown_at) {
        writeln!(out, "  <file name=\"{}\">", escaped(path))?;
        for finding in findings {
            let place = Place::shown(finding, style.columns);
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"protogov.{}\"/>",
                place.start_line,
                place.start_column,
                finding.severity,
                escaped(&finding.message),
                finding.code,
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
