//! Text to tokens. The rules are those of protoc's tokenizer, also for what it refuses.

use std::sync::Arc;

use super::SYNTAX;
use super::byte_class::{CLASSES, Class, SYMBOLS, blanks_end, is_letter, is_word, word_end};
use super::string::{self, EscapeError};
use super::token::{TokenKind, Tokens};
use crate::diagnostic::Diagnostic;
use crate::text::{Source, Span};

/// Splits a source into tokens, which are added to `tokens`, and says what cannot be one.
pub(super) fn lex(source: &Arc<Source>, tokens: &mut Tokens, errors: &mut Vec<Diagnostic>) {
    let bytes = source.text().as_bytes();
    let mut lexer = Lexer {
        source,
        bytes,
        at: 0,
        tokens,
        errors,
    };
    lexer.run();
}

struct Lexer<'a> {
    source: &'a Arc<Source>,
    bytes: &'a [u8],
    at: usize,
    tokens: &'a mut Tokens,
    errors: &'a mut Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        self.byte_order_mark();
        while let Some(&byte) = self.bytes.get(self.at) {
            match CLASSES[byte as usize] {
                Class::Blank => self.blanks(),
                Class::Letter => self.identifier(),
                Class::Digit => self.number(),
                Class::Dot => self.dot(),
                Class::Quote => self.string(byte),
                Class::Slash => self.slash(),
                Class::Symbol => self.symbol(byte),
                Class::Control => self.control_characters(),
                Class::NonAscii => self.non_ascii(),
            }
        }
        self.tokens
            .push(TokenKind::End, self.bytes.len(), self.bytes.len());
    }

    /// Skips a blank and those after it.
    fn blanks(&mut self) {
        self.at = blanks_end(self.bytes, self.at);
    }

    fn byte_order_mark(&mut self) {
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            self.at = 3;
        } else if self.source.bytes().first() == Some(&0xEF) {
            // The masked text holds one stand-in for each byte, so the first is skipped like the others.
            self.error(
                Span::new(0, 1),
                "the file begins with a broken byte order mark",
                "remove the bytes before the first word, or save the file as UTF-8",
            );
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, is_part: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| !is_part(byte));
        self.at += length.unwrap_or(rest.len());
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(kind, start, self.at);
    }

    fn identifier(&mut self) {
        let start = self.at;
        self.at = word_end(self.bytes, start);
        self.push(TokenKind::Identifier, start);
    }

    fn symbol(&mut self, byte: u8) {
        let start = self.at;
        self.at += 1;
        self.push(SYMBOLS[byte as usize], start);
    }

    fn dot(&mut self) {
        if !self.peek(1).is_ascii_digit() {
            let start = self.at;
            self.at += 1;
            self.push(TokenKind::Dot, start);
            return;
        }
        let after_word = self.at > 0 && is_word(self.bytes[self.at - 1]);
        if after_word {
            self.error(
                self.span(self.at, self.at + 1),
                "a blank is missing between an identifier and a decimal point",
                "separate them",
            );
        }
        self.number();
    }

    fn slash(&mut self) {
        let start = self.at;
        match self.peek(1) {
            b'/' => {
                // A NUL ends a comment, as it does in protoc, and is then reported as what it is.
                self.at = memchr::memchr2(b'\n', 0, &self.bytes[self.at..])
                    .map_or(self.bytes.len(), |length| self.at + length);
            }
            b'*' => self.block_comment(),
            _ => {
                self.at += 1;
                self.push(TokenKind::Slash, start);
            }
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut from = self.at + 2;
        let mut end = self.bytes.len();
        while let Some(slash) = memchr::memchr2(b'/', 0, &self.bytes[from..]) {
            let slash = from + slash;
            if self.bytes[slash] == 0 {
                end = slash;
                break;
            }
            if slash > start + 2 && self.bytes[slash - 1] == b'*' {
                self.at = slash + 1;
                return;
            }
            if self.bytes.get(slash + 1) == Some(&b'*') {
                self.error(
                    self.span(slash, slash + 2),
                    "`/*` stands inside a block comment, and block comments do not nest",
                    "remove the inner `/*`, or use `//` comments",
                );
                // The `*` may close the comment as well, as in `/*/*/`.
            }
            from = slash + 1;
        }
        self.at = end;
        self.error(
            self.span(start, start + 2),
            "this block comment is never closed",
            "add `*/` where it ends",
        );
    }

    fn control_characters(&mut self) {
        let start = self.at;
        self.skip_while(|byte| CLASSES[byte as usize] == Class::Control);
        self.push(TokenKind::Other, start);
        self.error(
            self.span(start, self.at),
            "control characters stand in the text",
            "remove them; only blanks, tabs and line ends may stand between words",
        );
    }

    fn non_ascii(&mut self) {
        let start = self.at;
        self.skip_while(|byte| CLASSES[byte as usize] == Class::NonAscii);
        self.push(TokenKind::Other, start);
        let text = self.source.slice(self.span(start, self.at));
        let message = format!("`{text}` stands outside of a comment or string");
        self.error(
            self.span(start, self.at),
            message,
            "names are made of ASCII letters, digits and underscores",
        );
    }

    fn string(&mut self, quote: u8) {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let Some(found) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
                self.at = self.bytes.len();
                self.unterminated(start);
                break;
            };
            self.at += found;
            match self.bytes[self.at] {
                b'\\' => {
                    escaped = true;
                    // A backslash does not hide the line's end.
                    self.at += if matches!(self.peek(1), b'\n' | 0) {
                        1
                    } else {
                        2
                    };
                    self.at = self.at.min(self.bytes.len());
                }
                b'\n' => {
                    self.unterminated(start);
                    break;
                }
                _ => {
                    self.at += 1;
                    break;
                }
            }
        }
        self.push(TokenKind::String, start);
        if memchr::memchr(0, &self.bytes[start..self.at]).is_some() {
            self.error(
                self.span(start, self.at),
                "a NUL byte stands in this string",
                "write it as `\\0`",
            );
        }
        if escaped {
            self.check_escapes(start);
        }
    }

    fn unterminated(&mut self, start: usize) {
        self.error(
            self.span(start, self.at),
            "this string is not closed on its line",
            "add the closing quote; a long text can be written as several strings side by side",
        );
    }

    fn check_escapes(&mut self, start: usize) {
        let literal = &self.bytes[start..self.at];
        let mut wrong = Vec::new();
        string::check(literal, |at, length, error| wrong.push((at, length, error)));
        for (at, length, error) in wrong {
            let span = self.span(start + at, (start + at + length).min(self.at));
            let written = self.source.slice(span).to_owned();
            let (message, help) = match error {
                EscapeError::Unknown => (
                    format!("`{written}` is no escape"),
                    "escapes are \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\' \\\" \\0 \\x \\u and \\U; write \\\\ for a backslash",
                ),
                EscapeError::Hexadecimal => (
                    format!("`{written}` lacks its hexadecimal digits"),
                    "write one or two digits after it, such as `\\x0a`",
                ),
                EscapeError::Unicode4 => (
                    format!("`{written}` lacks some of its four hexadecimal digits"),
                    "write four digits, such as `\\u00e9`",
                ),
                EscapeError::Unicode8 => (
                    format!("`{written}` is no code point of eight hexadecimal digits"),
                    "write eight digits up to `\\U0010ffff`",
                ),
            };
            self.error(span, message, help);
        }
    }

    fn number(&mut self) {
        let start = self.at;
        let mut kind = TokenKind::Integer;
        if self.bytes[start] == b'0' && matches!(self.peek(1), b'x' | b'X') {
            self.at += 2;
            let digits = self.at;
            self.skip_while(|byte| byte.is_ascii_hexdigit());
            if self.at == digits {
                self.error(
                    self.span(start, self.at),
                    "`0x` is not followed by hexadecimal digits",
                    "write at least one digit of 0-9 a-f after it",
                );
            }
            self.no_point(start, "a hexadecimal number");
        } else if self.bytes[start] == b'0' && self.peek(1).is_ascii_digit() {
            self.at += 1;
            self.skip_while(|byte| matches!(byte, b'0'..=b'7'));
            if self.peek(0).is_ascii_digit() {
                self.skip_while(|byte| byte.is_ascii_digit());
                self.error(
                    self.span(start, self.at),
                    "a number that begins with 0 is octal, and this one has a digit above 7",
                    "remove the leading zero if it is meant to be decimal",
                );
            }
            self.no_point(start, "an octal number");
        } else {
            self.skip_while(|byte| byte.is_ascii_digit());
            if self.peek(0) == b'.' {
                kind = TokenKind::Float;
                self.at += 1;
                self.skip_while(|byte| byte.is_ascii_digit());
            }
            if matches!(self.peek(0), b'e' | b'E') {
                kind = TokenKind::Float;
                self.at += 1;
                if matches!(self.peek(0), b'+' | b'-') {
                    self.at += 1;
                }
                if !self.peek(0).is_ascii_digit() {
                    self.error(
                        self.span(start, self.at),
                        "the exponent has no digits",
                        "write at least one digit after `e`",
                    );
                }
                self.skip_while(|byte| byte.is_ascii_digit());
            }
        }
        self.end_of_number(start, kind);
        self.push(kind, start);
    }

    fn no_point(&mut self, start: usize, what: &str) {
        if self.peek(0) == b'.' {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_digit());
            self.error(
                self.span(start, self.at),
                format!("{what} cannot have a decimal point"),
                "write fractions in decimal",
            );
        }
    }

    fn end_of_number(&mut self, start: usize, kind: TokenKind) {
        let next = self.peek(0);
        if is_letter(next) {
            let word = self.at;
            self.error(
                self.span(start, word + 1),
                "a number runs into a word",
                "put a blank between them, or begin the name with a letter",
            );
        } else if next == b'.' {
            let message = if kind == TokenKind::Float {
                "a number has a second decimal point, or one after its exponent"
            } else {
                "a whole number cannot have a decimal point here"
            };
            self.error(
                self.span(start, self.at + 1),
                message,
                "write the number with one decimal point",
            );
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "sources are smaller than 2^27 bytes"
    )]
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(start as u32, end.min(self.bytes.len()) as u32)
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.errors
            .push(Diagnostic::error(SYNTAX, self.source, span, message).with_help(help));
    }
}
