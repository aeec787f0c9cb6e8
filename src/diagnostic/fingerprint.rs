//! The name of a finding that outlives edits around it: what a waiver calls it by.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::Diagnostic;

/// Digits that are shown and written.
const DIGITS: usize = 12;

/// A short name for a finding: a hash of its rule, what it is about, and the old and new shape of that.
///
/// The shape is what the message quotes: every message names the things it speaks of in backticks, so its words can be
/// changed without a waiver losing what it covers, and no line or column is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

/// A text that is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFingerprint;

impl Fingerprint {
    /// The fingerprint of a finding, by its rule, symbol and message.
    pub fn of(finding: &Diagnostic) -> Self {
        let mut hashed = Vec::with_capacity(256);
        let mut part = |text: &str| {
            hashed.extend_from_slice(text.as_bytes());
            hashed.push(0);
        };
        part(finding.code.0);
        part(finding.symbol.as_deref().unwrap_or_default());
        // Every second part between backticks is quoted.
        finding.message.split('`').skip(1).step_by(2).for_each(part);
        let digest = Sha256::digest(&hashed);
        let bytes = digest.iter().take(DIGITS / 2);
        Self(bytes.fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$x}", self.0)
    }
}

impl fmt::Display for BadFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a fingerprint is {DIGITS} hexadecimal digits, as findings show it"
        )
    }
}

impl std::error::Error for BadFingerprint {}

impl FromStr for Fingerprint {
    type Err = BadFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != DIGITS || !text.bytes().all(is_digit) {
            return Err(BadFingerprint);
        }
        u64::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| BadFingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Severity};
    use super::*;

    fn fingerprint(code: &'static str, symbol: &str, message: &str) -> Fingerprint {
        let finding = Diagnostic::without_place(Code(code), Severity::Error, message);
        Fingerprint::of(&finding.with_symbol(symbol))
    }

    #[test]
    fn rule_symbol_and_shapes_tell_findings_apart_and_words_do_not() {
        let message = "the type of `score` was `int32` and is now `sint32`";
        let one = fingerprint("FIELD_SAME_TYPE", "a.M#1", message);
        assert_eq!(
            one,
            fingerprint(
                "FIELD_SAME_TYPE",
                "a.M#1",
                "`score`: `int32` became `sint32`"
            )
        );
        for (code, symbol, other) in [
            ("FIELD_SAME_NAME", "a.M#1", message),
            ("FIELD_SAME_TYPE", "a.M#2", message),
            (
                "FIELD_SAME_TYPE",
                "a.M#1",
                "the type of `score` was `int32` and is now `bool`",
            ),
        ] {
            assert_ne!(one, fingerprint(code, symbol, other), "{other}");
        }
    }

    #[test]
    fn what_is_shown_can_be_read() {
        for value in [0, 1, 0xffff_ffff_ffff] {
            let shown = Fingerprint(value).to_string();
            assert_eq!(shown.parse(), Ok(Fingerprint(value)), "{shown}");
        }
        for text in ["", "12", "0123456789AB", "0123456789abc", "+12345678901"] {
            assert_eq!(text.parse::<Fingerprint>(), Err(BadFingerprint), "{text}");
        }
    }
}
