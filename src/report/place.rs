use crate::diagnostic::{Diagnostic, Location};
use crate::text::{Columns, Position};

/// A place as tools count it: lines and columns start at 1, the end is one past the last character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'d> {
    pub(super) path: &'d str,
    pub(super) start_line: u32,
    pub(super) start_column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

impl<'d> Place<'d> {
    /// Where a finding is. One without a place is at the start of `<input>`, as buf has it.
    pub(super) fn of(finding: &'d Diagnostic, columns: Columns) -> Self {
        match &finding.location {
            Some(location) => Self::new(location, columns),
            None => Self {
                path: "<input>",
                start_line: 1,
                start_column: 1,
                end_line: 1,
                end_column: 1,
            },
        }
    }

    /// Where to show a finding, in formats that need a place.
    pub(super) fn shown(finding: &'d Diagnostic, columns: Columns) -> Self {
        match finding.shown_at() {
            Some(location) => Self::new(location, columns),
            None => Self::of(finding, columns),
        }
    }

    pub(super) fn new(location: &'d Location, columns: Columns) -> Self {
        let source = &location.source;
        let position = |at| source.lines().position(source.text(), at, columns);
        let start: Position = position(location.span.start);
        let end = position(location.span.end.max(location.span.start));
        Self {
            path: source.path(),
            start_line: start.line + 1,
            start_column: start.column + 1,
            end_line: end.line + 1,
            end_column: end.column + 1,
        }
    }
}
