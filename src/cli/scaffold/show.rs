//! What was written, as a list and as differences.

use std::io::{self, Write};

use similar::TextDiff;

use crate::scaffold::{Changes, Outcome};

/// Lists the files that are changed or need a word, after their differences if those are wanted.
pub(super) fn changes(
    out: &mut dyn Write,
    changes: &Changes,
    with_differences: bool,
) -> io::Result<()> {
    if with_differences {
        for file in changes.files.iter().filter(|file| file.outcome.changes()) {
            let (before, after) = (file.before.as_deref(), file.after.as_deref());
            let difference =
                TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
            let name = |side: &str, text: Option<&str>| match text {
                Some(_) => format!("{side}/{}", file.path),
                None => "/dev/null".to_owned(),
            };
            write!(
                out,
                "{}",
                difference
                    .unified_diff()
                    .header(&name("a", before), &name("b", after))
            )?;
        }
    }
    for file in changes
        .files
        .iter()
        .filter(|file| file.outcome != Outcome::Unchanged)
    {
        writeln!(out, "{}: {}", file.path, file.outcome)?;
    }
    if changes.is_empty() {
        writeln!(out, "everything is up to date")?;
    }
    Ok(())
}
