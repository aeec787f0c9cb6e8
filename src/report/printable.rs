//! Text of others, made safe for a terminal: control characters and those that turn the direction of text do not pass.

use std::borrow::Cow;

/// The text with such characters written as escapes.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text) || !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_hostile(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The text with `?` for every byte of such characters, so that offsets stay; tabs and line ends pass.
pub(super) fn masked(text: &str) -> Cow<'_, str> {
    let is_hostile = |c: char| !matches!(c, '\t' | '\n' | '\r') && is_hostile(c);
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hostile(c) {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether the text is one line of letters, digits, blanks and signs that are one column wide.
pub(super) fn is_printable_ascii(text: &str) -> bool {
    // Without an early end, so that many bytes are looked at in one go.
    let is_other = |byte: u8| !(b' '..=b'~').contains(&byte);
    !text
        .bytes()
        .fold(false, |found, byte| found | is_other(byte))
}

fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_not_steered() {
        assert_eq!(escaped("a\x1b[31m"), "a\\u{1b}[31m");
        assert_eq!(masked("a\x1b\u{202e}b\tc\n"), "a????b\tc\n");
        assert!(matches!(masked("plain\t\n"), Cow::Borrowed(_)));
    }
}
