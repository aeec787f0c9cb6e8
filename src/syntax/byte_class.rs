//! What the bytes of a text are to the lexer, and where runs of them end.

use super::token::TokenKind;

/// What a byte begins.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    Blank,
    Letter,
    Digit,
    Dot,
    Quote,
    Slash,
    Symbol,
    Control,
    NonAscii,
}

/// The class of each byte.
pub(super) const CLASSES: [Class; 256] = {
    let mut classes = [Class::Symbol; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 255")]
        let class = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'.' => Class::Dot,
            b'"' | b'\'' => Class::Quote,
            b'/' => Class::Slash,
            0x80..=0xFF => Class::NonAscii,
            0..=0x1F | 0x7F => Class::Control,
            _ => Class::Symbol,
        };
        classes[byte] = class;
        byte += 1;
    }
    classes
};

/// Which bytes are part of a word.
const IN_WORD: [bool; 256] = bytes_of(&[Class::Letter, Class::Digit]);

/// Which bytes are white space.
const IS_BLANK: [bool; 256] = bytes_of(&[Class::Blank]);

const fn bytes_of(classes: &[Class]) -> [bool; 256] {
    let mut bytes = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut class = 0;
        while class < classes.len() {
            bytes[byte] |= CLASSES[byte] as u8 == classes[class] as u8;
            class += 1;
        }
        byte += 1;
    }
    bytes
}

/// The tokens that are one symbol.
pub(super) const SYMBOLS: [TokenKind; 256] = {
    let mut kinds = [TokenKind::Other; 256];
    kinds[b';' as usize] = TokenKind::Semicolon;
    kinds[b',' as usize] = TokenKind::Comma;
    kinds[b'=' as usize] = TokenKind::Equals;
    kinds[b':' as usize] = TokenKind::Colon;
    kinds[b'-' as usize] = TokenKind::Minus;
    kinds[b'(' as usize] = TokenKind::LeftParen;
    kinds[b')' as usize] = TokenKind::RightParen;
    kinds[b'[' as usize] = TokenKind::LeftBracket;
    kinds[b']' as usize] = TokenKind::RightBracket;
    kinds[b'{' as usize] = TokenKind::LeftBrace;
    kinds[b'}' as usize] = TokenKind::RightBrace;
    kinds[b'<' as usize] = TokenKind::LeftAngle;
    kinds[b'>' as usize] = TokenKind::RightAngle;
    kinds
};

/// Whether it is a letter or an underscore.
pub(super) fn is_letter(byte: u8) -> bool {
    CLASSES[byte as usize] == Class::Letter
}

/// Whether it can be part of a word.
pub(super) fn is_word(byte: u8) -> bool {
    IN_WORD[byte as usize]
}

/// The end of the run of blanks that begins at `at`, whose first byte is known to be one.
pub(super) fn blanks_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end)
        && IS_BLANK[byte as usize]
    {
        end += 1;
    }
    end
}

/// The end of the word that begins at `at`, whose first byte is known to be part of one. Looks at eight bytes at once:
/// words are so short that a branch for each byte is guessed wrong more often than not at their end.
pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while let Some(&eight) = bytes.get(end..).and_then(<[u8]>::first_chunk) {
        let length = word_length(u64::from_le_bytes(eight));
        end += length;
        if length < 8 {
            return end;
        }
    }
    while bytes.get(end).is_some_and(|&byte| is_word(byte)) {
        end += 1;
    }
    end
}

/// How many of the lowest bytes are letters, digits and underscores, up to the first that is not.
const fn word_length(bytes: u64) -> usize {
    /// The same byte eight times.
    const fn all(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    /// Sets the top bit of each byte that is from `first` to `last`. No byte may have its top bit set: then no sum
    /// reaches into the next byte.
    const fn within(bytes: u64, first: u8, last: u8) -> u64 {
        (bytes + all(0x80 - first)) & !(bytes + all(0x7f - last))
    }
    let ascii = bytes & all(0x7f);
    let letters = within(ascii | all(0x20), b'a', b'z');
    let digits = within(ascii, b'0', b'9');
    let underscores = within(ascii, b'_', b'_');
    let in_word = (letters | digits | underscores) & !bytes & all(0x80);
    ((!in_word & all(0x80)).trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_once_are_told_as_each_of_them_is() {
        for byte in 0..=u8::MAX {
            for position in 0..8 {
                let mut bytes = *b"aZ09_zA5";
                bytes[position] = byte;
                let expected = if is_word(byte) { 8 } else { position };
                assert_eq!(
                    word_length(u64::from_le_bytes(bytes)),
                    expected,
                    "{bytes:?}"
                );
            }
        }
    }
}
