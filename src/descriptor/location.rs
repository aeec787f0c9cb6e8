//! The locations of `SourceCodeInfo`: paths, positions, comments.

use super::number::{location as number, source_code_info};
use super::wire;
use crate::syntax::comments::{Comment, GapComments};
use crate::syntax::{File, Token, TokenRange};
use crate::text::{Position, descriptor_column};

/// Writes locations one by one, for the element that the path leads to.
pub(super) struct Locations<'a> {
    out: &'a mut Vec<u8>,
    file: &'a File,
    /// The path to the current element, encoded.
    path: Vec<u8>,
    positions: Positions<'a>,
    /// The gap split last, and the token after it: what trails one declaration stands before the next.
    gap: (Token, GapComments),
}

/// Which gaps hold the comments of a declaration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Commented {
    /// The first `;` of those that stand before the declaration and end nothing; else its first token.
    pub(super) from: Token,
    /// Its first token.
    pub(super) first: Token,
    /// The `;` or `{` that ends or opens it.
    pub(super) end: Token,
}

impl Commented {
    pub(super) fn new(from: Option<Token>, first: Token, end: Token) -> Self {
        Self {
            from: from.unwrap_or(first),
            first,
            end,
        }
    }
}

impl<'a> Locations<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>, file: &'a File) -> Self {
        Self {
            out,
            file,
            path: Vec::with_capacity(64),
            positions: Positions::new(file),
            gap: (Token(0), file.comments_before(Token(0))),
        }
    }

    /// Goes to the element that `part` leads to from the current one; gives what [`Locations::leave`] needs.
    pub(super) fn enter(&mut self, part: &[i32]) -> usize {
        let outer = self.path.len();
        for &part in part {
            wire::varint(&mut self.path, u64::from(part.unsigned_abs()));
        }
        outer
    }

    /// Goes back to the element from which [`Locations::enter`] gave `outer`.
    pub(super) fn leave(&mut self, outer: usize) {
        self.path.truncate(outer);
    }

    /// Writes the location of the current element.
    pub(super) fn whole(&mut self, tokens: TokenRange, commented: Option<Commented>) {
        let span = self.file.span(tokens);
        let start = self.positions.of_start(span.start);
        let end = self.positions.of_end(span.end);
        self.between(start, end, commented);
    }

    /// Writes the location of the current element, given by positions.
    pub(super) fn between(&mut self, start: Position, end: Position, commented: Option<Commented>) {
        let comments = commented.map(|commented| self.comments(commented));
        let comments = comments.filter(|comments| *comments != GapComments::default());
        let span = EncodedSpan::new(start, end);
        let Self {
            out, path, file, ..
        } = self;
        let place = 4 + path.len() + span.as_bytes().len();
        let Some(comments) = comments else {
            return wire::long_message(out, source_code_info::LOCATION, place, |out| {
                append_place(out, path, &span);
            });
        };
        let source = file.source();
        let texts = [comments.trailing, comments.leading].into_iter().flatten();
        let texts = texts.chain(comments.detached.iter().copied());
        let expected: usize = texts.map(|comment| comment.span.len() as usize).sum();
        wire::long_message(out, source_code_info::LOCATION, place + expected, |out| {
            append_place(out, path, &span);
            let mut text = |field, comment: Comment| {
                let expected = comment.span.len() as usize;
                wire::long_message(out, field, expected, |out| comment.append_text(source, out));
            };
            if let Some(leading) = comments.leading.filter(|leading| !leading.is_empty(source)) {
                text(number::LEADING_COMMENTS, leading);
            }
            if let Some(trailing) = comments
                .trailing
                .filter(|trailing| !trailing.is_empty(source))
            {
                text(number::TRAILING_COMMENTS, trailing);
            }
            for detached in comments.detached {
                text(number::LEADING_DETACHED_COMMENTS, detached);
            }
        });
    }

    /// Where the file ends.
    pub(super) fn end_of_file(&mut self) -> Position {
        self.positions.of_start(self.file.source().len())
    }

    fn comments(&mut self, commented: Commented) -> GapComments {
        let mut detached = Vec::new();
        let mut before = self.take_gap(commented.from);
        for token in TokenRange::new(commented.from, commented.first).iter() {
            detached.append(&mut before.detached);
            before = self.take_gap(token.next());
        }
        detached.append(&mut before.detached);
        let after = commented.end.next();
        self.gap = (after, self.file.comments_before(after));
        GapComments {
            leading: before.leading,
            trailing: self.gap.1.trailing.take(),
            detached,
        }
    }

    fn take_gap(&mut self, token: Token) -> GapComments {
        if self.gap.0 == token {
            return std::mem::take(&mut self.gap.1);
        }
        self.file.comments_before(token)
    }
}

/// Appends what every location has.
fn append_place(out: &mut Vec<u8>, path: &[u8], span: &EncodedSpan) {
    if !path.is_empty() {
        wire::bytes(out, number::PATH, path);
    }
    wire::bytes(out, number::SPAN, span.as_bytes());
}

/// The numbers of a span: start line, start column, end line where it is another one, end column.
struct EncodedSpan {
    bytes: [u8; 20],
    length: usize,
}

impl EncodedSpan {
    fn new(start: Position, end: Position) -> Self {
        let mut span = Self {
            bytes: [0; 20],
            length: 0,
        };
        span.push(start.line);
        span.push(start.column);
        if end.line != start.line {
            span.push(end.line);
        }
        span.push(end.column);
        span
    }

    /// Appends a number, which has five bytes at most.
    fn push(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes[self.length] = number.to_le_bytes()[0] | 0x80;
            self.length += 1;
            number >>= 7;
        }
        self.bytes[self.length] = number.to_le_bytes()[0];
        self.length += 1;
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Lines and columns of offsets that mostly ascend.
struct Positions<'a> {
    bytes: &'a [u8],
    line_starts: &'a [u32],
    has_tabs: bool,
    /// The line of the start found last.
    line: usize,
}

impl<'a> Positions<'a> {
    fn new(file: &'a File) -> Self {
        let bytes = file.source().bytes();
        Self {
            bytes,
            line_starts: file.source().lines().starts(),
            has_tabs: memchr::memchr(b'\t', bytes).is_some(),
            line: 0,
        }
    }

    /// The position at which something starts, which is rarely before the last one asked for.
    fn of_start(&mut self, offset: u32) -> Position {
        self.line = self.line_of(offset);
        self.position(self.line, offset)
    }

    /// The position at which something ends whose start was asked for last.
    fn of_end(&self, offset: u32) -> Position {
        self.position(self.line_of(offset), offset)
    }

    fn line_of(&self, offset: u32) -> usize {
        /// Lines looked at one by one before the search is by halves.
        const NEAR: usize = 8;
        let starts = self.line_starts;
        let (from, to) = if starts.get(self.line).is_some_and(|&start| start <= offset) {
            let next = self.line + 1;
            let near = starts.iter().skip(next).take(NEAR);
            let passed = near.take_while(|&&start| start <= offset).count();
            if passed < NEAR {
                return self.line + passed;
            }
            (next + passed, starts.len())
        } else {
            (0, self.line)
        };
        let passed = starts[from..to].partition_point(|&start| start <= offset);
        (from + passed).saturating_sub(1)
    }

    fn position(&self, line: usize, offset: u32) -> Position {
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let mut column = offset - start;
        if self.has_tabs {
            let before = self.bytes.get(start as usize..offset as usize);
            column = descriptor_column(before.unwrap_or_default());
        }
        Position {
            // A source has less than 2^27 lines.
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column,
        }
    }
}
