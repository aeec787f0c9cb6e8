//! The lines of a comment without the comment signs.

use crate::syntax::{self, Token};
use crate::text::{Source, Span};

/// The start of a line that silences a rule for buf.
pub(super) const BUF_IGNORE: &str = "buf:lint:ignore";
/// The start of a line that silences rules for protogov.
pub(super) const ALLOW: &str = "protogov:allow";

/// The lines of a comment, without signs and without blanks at both ends, each with the offset at which it starts.
pub(super) fn lines(source: &Source, comment: Span) -> impl Iterator<Item = (u32, &str)> {
    let text = source.slice(comment);
    let is_block = text.starts_with("/*");
    let end = if is_block && text.len() >= 4 && text.ends_with("*/") {
        text.len() - 2
    } else {
        text.len()
    };
    let mut at = 0;
    text[..end].split_inclusive('\n').map(move |line| {
        let from = at;
        at += line.len();
        let inside = line.trim_start();
        let inside = match (is_block, from) {
            (true, 0) => inside.strip_prefix("/*"),
            (true, _) => inside.strip_prefix('*'),
            (false, _) => inside.strip_prefix("//"),
        }
        .unwrap_or(inside);
        let content = inside.trim_start();
        let offset = from + line.len() - content.len();
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        (comment.start.saturating_add(offset), content.trim_end())
    })
}

/// Whether what begins with the token `first` has a leading comment that tells a reader something: a line that is not
/// blank and does not just silence a rule.
pub(super) fn is_documented(file: &syntax::File, first: Token) -> bool {
    if file.line_comment_above(first).is_some_and(tells_something) {
        return true;
    }
    let Some(comment) = file.leading_comment(first) else {
        return false;
    };
    lines(file.source(), comment.span).any(|(_, line)| tells_something(line))
}

fn tells_something(line: &str) -> bool {
    !line.is_empty() && !line.starts_with(BUF_IGNORE) && !line.starts_with(ALLOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_taken_off() {
        let text = "//  a\n  // b\n";
        let source = Source::new("a.proto", "a.proto", text.into()).expect("small");
        let all: Vec<_> = lines(&source, Span::new(0, source.len())).collect();
        assert_eq!(all, [(4, "a"), (11, "b")]);
        let text = "/* a\n * b\n\n c */";
        let source = Source::new("a.proto", "a.proto", text.into()).expect("small");
        let all: Vec<_> = lines(&source, Span::new(0, source.len()))
            .map(|(_, line)| line)
            .collect();
        assert_eq!(all, ["a", "b", "", "c"]);
    }
}
