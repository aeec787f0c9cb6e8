//! Statements as lines of text: where they begin and end with their comments, and where another one can go.

use crate::syntax::{File, Token, TokenRange};
use crate::text::{Source, Span};

/// The span with the rest of its lines, line ends included, where nothing else stands on them.
pub(crate) fn whole_lines(source: &Source, span: Span) -> Span {
    let bytes = source.bytes();
    let (before, after) = (
        &bytes[..span.range().start.min(bytes.len())],
        &bytes[span.range().end.min(bytes.len())..],
    );
    let leading = before.iter().rev().take_while(is_blank).count();
    let trailing = after.iter().take_while(is_blank).count();
    let starts_line = leading == before.len() || before[before.len() - leading - 1] == b'\n';
    match (starts_line, after.get(trailing)) {
        (true, Some(b'\n')) => {
            let (leading, trailing) = (short(leading), short(trailing));
            Span::new(span.start - leading, span.end + trailing + 1)
        }
        _ => span,
    }
}

fn is_blank(byte: &&u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// The lines, and one of the blank lines around them where there are two.
pub(crate) fn with_one_blank_line(text: &str, lines: Span) -> Span {
    let (before, after) = (&text[..lines.range().start], &text[lines.range().end..]);
    let is_apart = before.ends_with("\n\n") || before.ends_with("\n\r\n");
    match after {
        _ if !is_apart => lines,
        after if after.starts_with('\n') => Span::new(lines.start, lines.end + 1),
        after if after.starts_with("\r\n") => Span::new(lines.start, lines.end + 2),
        _ => lines,
    }
}

/// The start of the line after the one that `last` ends. None where something else than comments follows on its line.
pub(crate) fn after_line(file: &File, last: Token) -> Option<u32> {
    let from = file.tokens().span(last).end;
    let to = file.tokens().span(last.next()).start;
    let mut rest = file.source().bytes().get(Span::new(from, to).range())?;
    let length = rest.len();
    loop {
        rest = &rest[rest.iter().take_while(is_blank).count()..];
        if rest.starts_with(b"//") {
            rest = &rest[memchr::memchr(b'\n', rest)?..];
        } else if rest.starts_with(b"/*") {
            let end = memchr::memmem::find(rest, b"*/")? + 2;
            if rest[..end].contains(&b'\n') {
                return None;
            }
            rest = &rest[end..];
        } else {
            let end = length - rest.len() + 1;
            return rest.starts_with(b"\n").then(|| from + short(end));
        }
    }
}

/// The lines of a statement with the comment that leads it and those behind it. None where it shares a line.
pub(crate) fn with_comments(file: &File, tokens: TokenRange) -> Option<Span> {
    let statement = file.tokens().span(tokens.start).start;
    let first = match file.leading_comment(tokens.start) {
        Some(comment) => comment.span.start,
        None => statement,
    };
    let lines = file.source().lines();
    let start = lines.start_of(lines.line(first));
    let blank = file.source().slice(Span::new(start, first));
    if !blank.bytes().all(|byte| is_blank(&&byte)) {
        return None;
    }
    Some(Span::new(start, after_line(file, tokens.last())?))
}

/// The blanks that the line of a place begins with.
pub(crate) fn indentation(source: &Source, offset: u32) -> &str {
    let lines = source.lines();
    let start = lines.start_of(lines.line(offset));
    let line = source.slice(Span::new(start, offset));
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[..blanks]
}

/// Sources are smaller than 4 GiB, so this never saturates.
fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn file(text: &str) -> File {
        let source = Source::new("a.proto", "a.proto", text.into()).expect("small");
        File::parse(Arc::new(source))
    }

    #[test]
    fn lines_end_behind_comments() {
        for (text, expected) in [
            ("package a; // why\nmessage A {}", Some(18)),
            ("package a; /* why */ \nmessage A {}", Some(22)),
            ("package a; /* why\n */ message A {}", None),
            ("package a; message A {}", None),
            ("package a;\r\nmessage A {}", Some(12)),
        ] {
            let file = file(text);
            let package = file.tree().packages[0].tokens;
            assert_eq!(after_line(&file, package.last()), expected, "{text:?}");
        }
    }

    #[test]
    fn comments_travel_with_their_statement() {
        let file = file("// apart\n\n// leads\npackage a; // trails\n");
        let span = with_comments(&file, file.tree().packages[0].tokens).expect("its own lines");
        assert_eq!(
            file.source().slice(span),
            "// leads\npackage a; // trails\n"
        );
    }
}
