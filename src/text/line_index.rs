use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A place as people and tools name it: both counts start at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Lines before this one.
    pub line: u32,
    /// Columns before this place, as the [`Columns`] mode counts them.
    pub column: u32,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Columns {
    /// Bytes since the start of the line.
    Bytes,
    /// UTF-16 code units, as the language server protocol counts.
    Utf16,
    /// Terminal columns: a tab goes to the next multiple of 4, a grapheme has its display width. So does buf.
    #[default]
    Display,
    /// Bytes, but a tab goes to the next multiple of 8: so count the locations in a descriptor's source info.
    Descriptor,
}

/// Where each line starts.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Whether all of the text is ASCII without a tab: then a column is a difference, however long the line.
    is_plain: bool,
}

impl LineIndex {
    /// Finds the line starts of `text`. Lines end with `\n`; a `\r` before it belongs to the line.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| offset(at + 1)));
        let is_plain = text.is_ascii() && memchr::memchr(b'\t', text).is_none();
        Self { starts, is_plain }
    }

    /// Offsets of all line starts, ascending; the first is 0.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// The line that holds `offset`, counted from 0.
    pub fn line(&self, offset: u32) -> u32 {
        let after = self.starts.partition_point(|&start| start <= offset);
        u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Offset at which `line` starts; the last line's where there is no such line.
    pub fn start_of(&self, line: u32) -> u32 {
        let last = self.starts.len().saturating_sub(1);
        self.starts
            .get((line as usize).min(last))
            .copied()
            .unwrap_or(0)
    }

    /// Line and column of `offset` in `text`, which must be the text this index was made from.
    pub fn position(&self, text: &str, at: u32, columns: Columns) -> Position {
        let line = self.line(at);
        let start = self.start_of(line);
        let column = if self.is_plain {
            at.min(offset(text.len())).saturating_sub(start)
        } else {
            column(text, start, at, columns)
        };
        Position { line, column }
    }

    /// The text of `line` without its line end.
    pub fn line_text<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let start = self.start_of(line) as usize;
        let end = self
            .starts
            .get(line as usize + 1)
            .map_or(text.len(), |&next| next as usize);
        text.get(start..end)
            .unwrap_or_default()
            .trim_end_matches(['\n', '\r'])
    }
}

/// The column of the offset `at` on the line that starts at `start`.
fn column(text: &str, start: u32, at: u32, columns: Columns) -> u32 {
    let bytes = text.as_bytes();
    let end = (at as usize).min(bytes.len());
    let before = &bytes[(start as usize).min(end)..end];
    // The common line is short ASCII without a tab: then all modes agree.
    if before.is_ascii() && memchr::memchr(b'\t', before).is_none() {
        return offset(before.len());
    }
    match columns {
        Columns::Bytes => offset(before.len()),
        Columns::Descriptor => descriptor_column(before),
        Columns::Utf16 => lossless(text, start, end)
            .chars()
            .map(|c| offset(c.len_utf16()))
            .sum(),
        Columns::Display => {
            lossless(text, start, end)
                .graphemes(true)
                .fold(0, |column, grapheme| match grapheme {
                    "\t" => next_column(column, b'\t', 4),
                    _ => column + offset(grapheme.width()),
                })
        }
    }
}

/// The column, as [`Columns::Descriptor`] counts, of what follows `before` on its line.
pub fn descriptor_column(before: &[u8]) -> u32 {
    before
        .iter()
        .fold(0, |column, &byte| next_column(column, byte, 8))
}

/// The text from `start` to `end`, moved back to a character's start where `end` is inside one.
fn lossless(text: &str, start: u32, end: usize) -> &str {
    let mut end = end;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start as usize..end).unwrap_or_default()
}

fn next_column(column: u32, byte: u8, tab: u32) -> u32 {
    if byte == b'\t' {
        column + tab - column % tab
    } else {
        column + 1
    }
}

/// Sources are smaller than 4 GiB, so this never saturates.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_counted_as_any_other() {
        let (plain, other) = ("ab\ncd e\r\nf", "ab\ncd e\r\nf\u{e9}");
        let [plain_index, other_index] = [plain, other].map(|text| LineIndex::new(text.as_bytes()));
        for at in 0..=12 {
            for columns in [
                Columns::Bytes,
                Columns::Utf16,
                Columns::Display,
                Columns::Descriptor,
            ] {
                let [a, b] = [(&plain_index, plain), (&other_index, &other[..plain.len()])]
                    .map(|(index, text)| index.position(text, at, columns));
                assert_eq!(a, b, "{at} {columns:?}");
            }
        }
    }

    #[test]
    fn each_mode_counts_its_own_way() {
        let text = "a\n\t日é x\n";
        let index = LineIndex::new(text.as_bytes());
        let at = u32::try_from(text.find('x').expect("there")).expect("small");
        let column = |mode| index.position(text, at, mode).column;
        assert_eq!(column(Columns::Bytes), 7);
        assert_eq!(column(Columns::Descriptor), 14);
        assert_eq!(column(Columns::Utf16), 4);
        assert_eq!(column(Columns::Display), 8);
        assert_eq!(index.position(text, at, Columns::Bytes).line, 1);
        assert_eq!(index.line_text(text, 1), "\t日é x");
    }
}
