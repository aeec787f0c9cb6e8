//! The escapes of string literals.
//!
//! <https://protobuf.dev/reference/protobuf/textformat-spec/#string>

/// What is wrong with an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscapeError {
    /// `\q`
    Unknown,
    /// `\x` without a hexadecimal digit.
    Hexadecimal,
    /// `\u` without four hexadecimal digits.
    Unicode4,
    /// `\U` without eight hexadecimal digits, or beyond U+1FFFFF.
    Unicode8,
}

/// One piece of a literal's inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Byte(u8),
    CodePoint(u32),
    /// Beyond U+10FFFF, and yet let through by protoc, which writes the escape itself into the value.
    BeyondUnicode(u32),
    Wrong(EscapeError),
}

/// Reads the escape at `text[0] == b'\\'`; gives the piece and its length.
fn escape(text: &[u8]) -> (Piece, usize) {
    let Some(&kind) = text.get(1) else {
        return (Piece::Wrong(EscapeError::Unknown), 1);
    };
    let digits = |from: usize, most: usize, is_digit: fn(&u8) -> bool| {
        text.iter()
            .skip(from)
            .take(most)
            .take_while(|byte| is_digit(byte))
            .count()
    };
    let value = |from: usize, count: usize, radix: u32| {
        text[from..from + count].iter().fold(0_u32, |value, &byte| {
            value * radix + char::from(byte).to_digit(radix).unwrap_or(0)
        })
    };
    match kind {
        b'a' => (Piece::Byte(7), 2),
        b'b' => (Piece::Byte(8), 2),
        b'f' => (Piece::Byte(12), 2),
        b'n' => (Piece::Byte(b'\n'), 2),
        b'r' => (Piece::Byte(b'\r'), 2),
        b't' => (Piece::Byte(b'\t'), 2),
        b'v' => (Piece::Byte(11), 2),
        b'\\' | b'?' | b'\'' | b'"' => (Piece::Byte(kind), 2),
        b'0'..=b'7' => {
            let count = digits(1, 3, |byte| matches!(byte, b'0'..=b'7'));
            // `\777` is 511: protoc keeps the low eight bits.
            let byte = value(1, count, 8).to_le_bytes()[0];
            (Piece::Byte(byte), 1 + count)
        }
        b'x' | b'X' => match digits(2, 2, u8::is_ascii_hexdigit) {
            0 => (Piece::Wrong(EscapeError::Hexadecimal), 2),
            count => (Piece::Byte(value(2, count, 16).to_le_bytes()[0]), 2 + count),
        },
        b'u' => match digits(2, 4, u8::is_ascii_hexdigit) {
            4 => (Piece::CodePoint(value(2, 4, 16)), 6),
            count => (Piece::Wrong(EscapeError::Unicode4), 2 + count),
        },
        b'U' => match digits(2, 8, u8::is_ascii_hexdigit) {
            8 if value(2, 8, 16) <= 0x10_FFFF => (Piece::CodePoint(value(2, 8, 16)), 10),
            8 if value(2, 8, 16) <= 0x1F_FFFF => (Piece::BeyondUnicode(value(2, 8, 16)), 10),
            count => (Piece::Wrong(EscapeError::Unicode8), 2 + count),
        },
        _ => (Piece::Wrong(EscapeError::Unknown), 2),
    }
}

/// Appends the value of one literal, given with its quotes. Wrong escapes are left out.
pub fn unescape_into(literal: &[u8], out: &mut Vec<u8>) {
    let Some((&quote, inside)) = literal.split_first() else {
        return;
    };
    let mut rest = inside.strip_suffix(&[quote]).unwrap_or(inside);
    if memchr::memchr(b'\\', rest).is_none() {
        out.extend_from_slice(rest);
        return;
    }
    while let Some(&byte) = rest.first() {
        if byte != b'\\' {
            let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            out.extend_from_slice(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        }
        let (piece, mut length) = escape(rest);
        match piece {
            Piece::Byte(byte) => out.push(byte),
            Piece::CodePoint(high @ 0xD800..=0xDBFF) => {
                // A pair of surrogates, written as two escapes, is one character; the second has to be a `\u`.
                match rest.get(length..).map(escape_u) {
                    Some((Piece::CodePoint(low @ 0xDC00..=0xDFFF), low_length)) => {
                        push_code_point(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00), out);
                        length += low_length;
                    }
                    _ => push_code_point(high, out),
                }
            }
            Piece::CodePoint(code) => push_code_point(code, out),
            Piece::BeyondUnicode(code) => {
                out.extend_from_slice(format!("\\U{code:08x}").as_bytes())
            }
            Piece::Wrong(_) => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn escape_u(text: &[u8]) -> (Piece, usize) {
    if text.starts_with(b"\\u") {
        escape(text)
    } else {
        (Piece::Wrong(EscapeError::Unknown), 0)
    }
}

/// Appends a code point as UTF-8 encodes it; lone surrogates too, as protoc does.
fn push_code_point(code: u32, out: &mut Vec<u8>) {
    if let Some(c) = char::from_u32(code) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let [low, high, ..] = code.to_le_bytes();
        out.extend_from_slice(&[
            0xE0 | (high >> 4),
            0x80 | ((high & 0x0F) << 2) | (low >> 6),
            0x80 | (low & 0x3F),
        ]);
    }
}

/// Calls `report` with the offset, the length and the kind of each wrong escape of a literal, given with its quotes.
pub(super) fn check(literal: &[u8], mut report: impl FnMut(usize, usize, EscapeError)) {
    let mut at = 1;
    while let Some(found) = literal
        .get(at..)
        .and_then(|rest| memchr::memchr(b'\\', rest))
    {
        at += found;
        let (piece, length) = escape(&literal[at..]);
        if let Piece::Wrong(error) = piece {
            report(at, length, error);
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(literal: &str) -> Vec<u8> {
        let mut out = Vec::new();
        unescape_into(literal.as_bytes(), &mut out);
        out
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(value(r#""a\n\x41\101\?\'""#), b"a\nAA?'");
        assert_eq!(value(r"'\u00e9\U0001F600'"), "é😀".as_bytes());
        assert_eq!(value(r"'\ud83d\ude00'"), "😀".as_bytes());
        assert_eq!(value(r"'\ud83d\U0000de00'"), b"\xED\xA0\xBD\xED\xB8\x80");
        assert_eq!(value(r"'\U001FFFFF'"), br"\U001fffff");
        assert_eq!(value(r#""plain"#), b"plain");
        assert_eq!(value(r#""\x"#), b"");
    }

    #[test]
    fn wrong_escapes_are_told() {
        let mut found = Vec::new();
        check(br#""\q \x \u12 \U00200000 \n""#, |at, length, error| {
            found.push((at, length, error));
        });
        assert_eq!(
            found,
            [
                (1, 2, EscapeError::Unknown),
                (4, 2, EscapeError::Hexadecimal),
                (7, 4, EscapeError::Unicode4),
                (12, 10, EscapeError::Unicode8),
            ]
        );
    }
}
