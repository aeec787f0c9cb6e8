//! JUnit's XML: a suite per file, a failed case per finding. Without findings there is one case that passed, since an
//! empty report counts as a broken one.

use std::io::{self, Write};

use super::place::Place;
use super::xml::escaped;
use super::{Report, Style};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let failures = report.findings().len();
    let tests = failures.max(1);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"protogov\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    )?;
    if failures == 0 {
        writeln!(
            out,
            "  <testsuite name=\"protogov\" tests=\"1\" failures=\"0\" errors=\"0\">"
        )?;
        writeln!(
            out,
            "    <testcase name=\"no findings\" classname=\"protogov\"/>"
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    for (path, findings) in report.by_path(|finding| finding.location.as_ref()) {
        let suite = path.strip_suffix(".proto").unwrap_or(path);
        let suite = escaped(suite);
        let count = findings.len();
        writeln!(
            out,
            "  <testsuite name=\"{suite}\" tests=\"{count}\" failures=\"{count}\" errors=\"0\">"
        )?;
        for finding in findings {
            let place = Place::of(finding, style.columns);
            let code = finding.code;
            let name = match finding.location {
                Some(_) => format!("{code}_{}_{}", place.start_line, place.start_column),
                None => code.to_string(),
            };
            let message = escaped(&finding.message);
            writeln!(
                out,
                "    <testcase name=\"{name}\" classname=\"{suite}\">\n      \
                 <failure message=\"{message}\" type=\"{code}\">{}:{}:{}: {}[{code}] {message}</failure>\n    \
                 </testcase>",
                escaped(path),
                place.start_line,
                place.start_column,
                finding.severity,
            )?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}
