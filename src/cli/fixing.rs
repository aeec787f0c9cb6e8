//! What `--fix` and `--diff` do with fixed files, whichever rules the fixes come from.

use std::fmt::Write as _;
use std::path::Path;

use clap::Args;
use similar::TextDiff;

use super::terminal;
use super::{Outcome, Result};
use crate::diagnostic::{Diagnostic, Severity};
use crate::fix::{FIX, Fixed, FixedFile};
use crate::sources::replace::{Replacement, replace_all};
use crate::text::Source;

/// Whether findings are fixed. Shared by all subcommands that have fixes.
#[derive(Debug, Clone, Args)]
pub(super) struct FixArgs {
    /// Apply fixes that change neither bytes, JSON nor generated source, and report what is left
    #[arg(long, help_heading = "Fixes")]
    fix: bool,
    /// Print what fixes would change as a unified diff, and write nothing, with `--fix` too
    #[arg(long, help_heading = "Fixes")]
    pub(super) diff: bool,
}

impl FixArgs {
    /// Whether anything is to be fixed or shown.
    pub(super) fn is_asked(&self) -> bool {
        self.fix || self.diff
    }

    /// Whether files are written.
    pub(super) fn writes(&self) -> bool {
        self.fix && !self.diff
    }
}

/// Prints what fixes change, for `patch` and `git apply`; fails the run when that is something, as formatters do.
pub(super) fn print_diff(files: &[FixedFile]) -> Result {
    let mut text = String::new();
    for file in files {
        let path = shown(&file.before);
        let diff = TextDiff::from_lines(file.before.text(), file.after.text());
        let mut unified = diff.unified_diff();
        unified.header(&format!("a/{path}"), &format!("b/{path}"));
        // Writing to a string cannot fail.
        let _ = write!(text, "{unified}");
    }
    terminal::write_stdout(|out| out.write_all(text.as_bytes()))?;
    Ok(match files {
        [] => Outcome::Clean,
        _ => Outcome::Findings,
    })
}

fn shown(source: &Source) -> &str {
    let path = source.path();
    path.strip_prefix("./").unwrap_or(path)
}

/// Writes the fixed files, all or none.
pub(super) fn write(files: &[FixedFile]) -> Result<()> {
    let replacements: Vec<Replacement<'_>> = files
        .iter()
        .map(|file| Replacement {
            path: Path::new(file.before.path()),
            before: file.before.bytes(),
            after: file.after.bytes(),
        })
        .collect();
    Ok(replace_all(&replacements)?)
}

/// What a reader should know of fixes: how many there were, and which could not be made. `unsafe_flag` is what would
/// apply those that are not safe.
pub(super) fn notes(fixed: &Fixed, is_written: bool, unsafe_flag: Option<&str>) -> Vec<Diagnostic> {
    let mut notes: Vec<Diagnostic> = fixed.withheld.iter().map(|one| one.note()).collect();
    let count: usize = fixed.counts.values().sum();
    let note = |message| Diagnostic::without_place(FIX, Severity::Info, message);
    if count > 0 {
        let files = fixed.files.len();
        let verb = if is_written { "fixed" } else { "would fix" };
        notes.push(note(format!(
            "{verb} {} in {}",
            counted(count, "finding"),
            counted(files, "file")
        )));
    }
    if let Some(flag) = unsafe_flag.filter(|_| fixed.unsafe_count > 0) {
        notes.push(note(format!(
            "{} more can be fixed with `{flag}`: names that somebody may know, and what changes generated source",
            counted(fixed.unsafe_count, "finding")
        )));
    }
    notes
}

/// A number of things, in words.
pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
