//! The comments in the gaps between tokens, and which declaration they belong to.
//!
//! protoc decides this gap by gap, when it has read the `;` or `{` before it: a comment may trail what ends there, lead
//! what comes next, or stand detached before that. The rules follow what protoc 35.1 writes into its source info; they
//! are told to users at <https://protobuf.dev/reference/cpp/api-docs/google.protobuf.descriptor.pb/#SourceCodeInfo>.

use super::{File, Token, TokenKind};
use crate::text::{Source, Span};

/// What counts as one comment: a `/* */`, or `//` comments on lines that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// From the first slash; the line end after the last `//` comment is part of it.
    pub span: Span,
}

/// The comments between a token and the next one, by what they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GapComments {
    /// Belongs to the declaration that the token before the gap ends or opens.
    pub trailing: Option<Comment>,
    /// Belong to nothing, but are kept with the declaration after the gap.
    pub detached: Vec<Comment>,
    /// Belongs to the declaration that begins after the gap.
    pub leading: Option<Comment>,
}

impl Comment {
    /// The text without the comment signs. Of a block comment's further lines also the blanks and one `*` before the
    /// text are left out; a blank after the sign stays.
    pub fn text(self, source: &Source) -> String {
        let mut text = Vec::new();
        self.append_text(source, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Whether there is nothing between or behind the comment signs.
    pub fn is_empty(self, source: &Source) -> bool {
        let text = source.bytes().get(self.span.range());
        matches!(text, None | Some(b"/**/" | b"//"))
    }

    /// Appends the same as bytes, which need not be UTF-8.
    pub fn append_text(self, source: &Source, out: &mut Vec<u8>) {
        let mut rest = source.bytes().get(self.span.range()).unwrap_or_default();
        if let Some(inside) = rest.strip_prefix(b"/*") {
            append_block(inside.strip_suffix(b"*/").unwrap_or(inside), out);
            return;
        }
        while let Some(line) = rest.trim_ascii_start().strip_prefix(b"//") {
            let end = line_length(line);
            out.extend_from_slice(&line[..end]);
            rest = &line[end..];
        }
    }
}

/// Appends the inside of a block comment.
fn append_block(inside: &[u8], out: &mut Vec<u8>) {
    let mut lines = inside.split_inclusive(|&byte| byte == b'\n');
    out.extend_from_slice(lines.next().unwrap_or_default());
    for line in lines {
        let blanks = line
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0B | 0x0C));
        let text = &line[blanks.count()..];
        out.extend_from_slice(text.strip_prefix(b"*").unwrap_or(text));
    }
}

impl File {
    /// The comments of the gap before `token`, which follows the `;`, `{` or `}` of something else or begins the file.
    /// Anywhere else comments belong to nothing.
    pub fn comments_before(&self, token: Token) -> GapComments {
        let (start, text) = self.gap_before(token);
        // Nearly all gaps are blank.
        if memchr::memchr(b'/', text).is_none() {
            return GapComments::default();
        }
        let gap = Gap {
            text,
            at: 0,
            start,
            pending: None,
            can_trail: token.0 > 0,
            comments: GapComments::default(),
        };
        gap.split(self.tokens().kind(token))
    }

    /// The comment that leads the declaration whose first token this is.
    pub fn leading_comment(&self, first: Token) -> Option<Comment> {
        self.comments_before(first).leading
    }

    /// What the line right above the declaration whose first token this is says, if that is a `//` comment: the last line
    /// of its leading comment. Without the sign and the blanks at both ends. To look at that line costs less than to tell
    /// all comments of the gap apart.
    pub fn line_comment_above(&self, first: Token) -> Option<&str> {
        if self.tokens().kind(first) != TokenKind::Identifier {
            return None;
        }
        let gap = self.source().slice(self.tokens().gap_before(first));
        let above = gap.trim_end_matches([' ', '\t']).strip_suffix('\n')?;
        // On the first line of a gap a comment belongs to what stands before it.
        let line = &above[memchr::memrchr(b'\n', above.as_bytes())? + 1..];
        let comment = line.trim_ascii_start().strip_prefix("//")?;
        // It may end a block comment.
        (!comment.contains("*/")).then(|| comment.trim())
    }

    /// The comment that trails the declaration that `end`, its `;` or `{`, ends or opens.
    pub fn trailing_comment(&self, end: Token) -> Option<Comment> {
        self.comments_before(end.next()).trailing
    }

    /// Each comment of the gap before `token` by itself, from its first slash to the end of its line or its `*/`.
    pub fn each_comment_before(&self, token: Token) -> impl Iterator<Item = Span> {
        let (start, text) = self.gap_before(token);
        let mut at = 0;
        std::iter::from_fn(move || {
            at += memchr::memchr(b'/', text.get(at..)?)?;
            let from = at;
            at += length(&text[from..])?.1;
            let comment = text[from..at].trim_ascii_end();
            Some(span(start, from, from + comment.len()))
        })
    }

    /// Where the gap before a token starts, and its bytes.
    fn gap_before(&self, token: Token) -> (u32, &[u8]) {
        let gap = self.tokens().gap_before(token);
        let text = self.source().bytes().get(gap.range());
        (gap.start, text.unwrap_or_default())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Block,
}

/// A gap on its way from its first byte to its last.
struct Gap<'t> {
    text: &'t [u8],
    at: usize,
    /// Offset of the gap in its source.
    start: u32,
    /// The comment read last: it leads if nothing sets it off from the token after the gap.
    pending: Option<(Kind, Comment)>,
    /// Whether the next comment that is set off from what follows it trails what stands before the gap.
    can_trail: bool,
    comments: GapComments,
}

impl Gap<'_> {
    fn split(mut self, next: TokenKind) -> GapComments {
        let mut is_between = false;
        if self.can_trail {
            // What begins on the line of the token before the gap is never joined with the lines below.
            let kind = self.comment();
            self.settle();
            is_between = kind == Some(Kind::Block) && !self.line_end();
            if kind.is_none() {
                self.line_end();
            }
        }
        loop {
            match self.comment() {
                Some(Kind::Line) => {}
                Some(Kind::Block) => _ = self.line_end(),
                None if self.line_end() => {
                    self.settle();
                    self.can_trail = false;
                }
                None => break,
            }
        }
        match next {
            TokenKind::RightBrace
            | TokenKind::RightBracket
            | TokenKind::RightParen
            | TokenKind::End => self.settle(),
            _ => self.comments.leading = self.pending.map(|(_, comment)| comment),
        }
        // One comment alone between two tokens on its line: it cannot be told to which it belongs.
        let is_alone = self.comments.leading.is_none() && self.comments.detached.is_empty();
        if is_between && is_alone && next != TokenKind::End {
            self.comments.detached.extend(self.comments.trailing.take());
        }
        self.comments
    }

    /// Takes the comment that begins before the line ends.
    fn comment(&mut self) -> Option<Kind> {
        self.blanks();
        let from = self.at;
        let (kind, length) = length(&self.text[from..])?;
        self.at += length;
        let mut comment = Comment {
            span: span(self.start, from, self.at),
        };
        if let (Kind::Line, Some((Kind::Line, lines))) = (kind, self.pending) {
            comment.span.start = lines.span.start;
        } else {
            self.settle();
        }
        self.pending = Some((kind, comment));
        Some(kind)
    }

    /// The comment read last is set off from what follows.
    fn settle(&mut self) {
        let Some((_, comment)) = self.pending.take() else {
            return;
        };
        if std::mem::take(&mut self.can_trail) {
            self.comments.trailing = Some(comment);
        } else {
            self.comments.detached.push(comment);
        }
    }

    /// Skips what is left of a line but comments; a byte order mark too.
    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += memchr::memchr2(b'\n', b'/', rest).unwrap_or(rest.len());
    }

    /// Takes blanks and the end of the line, if nothing else stands before it.
    fn line_end(&mut self) -> bool {
        self.blanks();
        let is_end = self.text.get(self.at) == Some(&b'\n');
        self.at += usize::from(is_end);
        is_end
    }
}

/// Kind and length of the comment at the start of `text`. A line's end is part of the comment on it.
fn length(text: &[u8]) -> Option<(Kind, usize)> {
    if text.starts_with(b"//") {
        return Some((Kind::Line, line_length(text)));
    }
    let inside = text.strip_prefix(b"/*")?;
    let end = memchr::memmem::find(inside, b"*/").map_or(text.len(), |end| end + 4);
    Some((Kind::Block, end))
}

/// Bytes up to and including the line's end.
fn line_length(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

/// Sources are smaller than 4 GiB, so nothing is cut.
#[expect(
    clippy::cast_possible_truncation,
    reason = "sources are smaller than 2^27 bytes"
)]
fn span(start: u32, from: usize, to: usize) -> Span {
    Span::new(start + from as u32, start + to as u32)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Trailing, detached and leading comments of what stands between two fields.
    fn split(gap: &str) -> (Option<String>, Vec<String>, Option<String>) {
        let text = format!("message M {{ int32 a = 1;{gap}int32 b = 2; }}");
        let source = Source::new("a.proto", "a.proto", text.into()).expect("small");
        let file = File::parse(Arc::new(source));
        let second = file.tree().fields[1].tokens.start;
        let comments = file.comments_before(second);
        let text = |comment: Comment| comment.text(file.source());
        (
            comments.trailing.map(text),
            comments.detached.into_iter().map(text).collect(),
            comments.leading.map(text),
        )
    }

    #[test]
    fn the_line_above_is_the_last_of_the_leading_comment() {
        let above = |gap: &str| {
            let text = format!("message M {{ int32 a = 1;{gap}int32 b = 2; }}");
            let source = Source::new("a.proto", "a.proto", text.into()).expect("small");
            let file = File::parse(Arc::new(source));
            let second = file.tree().fields[1].tokens.start;
            let above = file.line_comment_above(second).map(str::to_owned);
            if let Some(line) = &above {
                let leading = file.leading_comment(second).expect("a leading comment");
                let text = leading.text(file.source());
                assert_eq!(
                    text.lines().last().map(str::trim),
                    Some(line.as_str()),
                    "{gap:?}"
                );
            }
            above
        };
        assert_eq!(above("\n  // a\n  //  b \n  ").as_deref(), Some("b"));
        assert_eq!(above(" // a\n\t//b\r\n\t").as_deref(), Some("b"));
        for gap in [
            " // a\n  ",
            "\n// a\n\n  ",
            "\n/* a\n // b */\n",
            "\n/* a */\n",
            "\n\n",
            " ",
        ] {
            assert_eq!(above(gap), None, "{gap:?}");
        }
    }

    #[test]
    fn comments_are_split_as_protoc_splits_them() {
        let some = |text: &str| Some(text.to_owned());
        let all = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        assert_eq!(split("\n\n"), (None, vec![], None));
        assert_eq!(
            split(" // a\n  // b\n"),
            (some(" a\n"), vec![], some(" b\n"))
        );
        assert_eq!(split("\n//a\n//b\n"), (None, vec![], some("a\nb\n")));
        assert_eq!(split("\n//a\n\n//b\n"), (some("a\n"), vec![], some("b\n")));
        assert_eq!(split("\n\n//a\n\n/*b*/"), (None, all(&["a\n"]), some("b")));
        assert_eq!(split(" /*a*/ "), (None, all(&["a"]), None));
        assert_eq!(split(" /*a*/ /*b*/ "), (some("a"), vec![], some("b")));
        assert_eq!(split("/*a\n *b\n\t c*/\n"), (some("a\nb\nc"), vec![], None));
    }
}
