use std::fmt;

use super::Span;

/// A replacement of the bytes under a span.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What comes in its place; empty to delete.
    pub replacement: String,
}

impl Edit {
    /// Replaces what is under `span`.
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }

    /// Inserts before `offset`.
    pub fn insert(offset: u32, text: impl Into<String>) -> Self {
        Self::replace(Span::at(offset), text)
    }

    /// Deletes what is under `span`.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, String::new())
    }
}

/// Two edits that touch the same bytes: neither order of applying them would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditConflict {
    /// The edit that starts first.
    pub first: Edit,
    /// The edit that overlaps it.
    pub second: Edit,
}

impl fmt::Display for EditConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "two edits overlap at bytes {}..{} and {}..{}",
            self.first.span.start,
            self.first.span.end,
            self.second.span.start,
            self.second.span.end
        )
    }
}

impl std::error::Error for EditConflict {}

/// Applies edits given in any order; equal edits count once, insertions at one place keep their order.
///
/// # Errors
/// When two edits overlap; edits outside of `text` cannot be applied and overlap with its end.
pub fn apply_edits(text: &[u8], edits: &[Edit]) -> Result<Vec<u8>, EditConflict> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span);
    sorted.dedup_by(|a, b| a == b && !a.span.is_empty());
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    let mut last: Option<&Edit> = None;
    for edit in sorted {
        let range = edit.span.range();
        if range.start < done || range.end > text.len() || range.start > range.end {
            return Err(EditConflict {
                first: last.unwrap_or(edit).clone(),
                second: edit.clone(),
            });
        }
        out.extend_from_slice(&text[done..range.start]);
        out.extend_from_slice(edit.replacement.as_bytes());
        done = range.end;
        last = Some(edit);
    }
    out.extend_from_slice(&text[done..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_any_order_and_refuse_overlap() {
        let text = b"int32 a = 1;";
        let edits = [
            Edit::replace(Span::new(6, 7), "b"),
            Edit::insert(0, "optional "),
            Edit::replace(Span::new(6, 7), "b"),
        ];
        assert_eq!(
            apply_edits(text, &edits).expect("no overlap"),
            b"optional int32 b = 1;"
        );
        let overlap = [Edit::delete(Span::new(0, 7)), Edit::delete(Span::new(6, 8))];
        assert!(apply_edits(text, &overlap).is_err());
        assert!(apply_edits(text, &[Edit::delete(Span::new(10, 99))]).is_err());
    }
}
