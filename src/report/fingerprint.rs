//! Names for findings that stay when lines move: for tools that compare one run with the next.

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;

/// Makes fingerprints of rule, path, message and the text of the line; equal ones are numbered in order.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: HashMap<[u8; 32], u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding: 32 hex digits, unique in the run, and its number among equal ones.
    pub(super) fn next(&mut self, finding: &Diagnostic) -> (String, u32) {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update(text.as_bytes());
            hash.update([0]);
        };
        part(finding.code.0);
        part(&finding.message);
        if let Some(location) = &finding.location {
            let source = &location.source;
            let line = source.lines().line(location.span.start);
            part(source.path());
            part(source.lines().line_text(source.text(), line).trim());
        }
        let digest: [u8; 32] = hash.finalize().into();
        let number = self.seen.entry(digest).or_default();
        *number += 1;
        let mut hash = Sha256::new();
        hash.update(digest);
        hash.update(number.to_be_bytes());
        let mut text = String::with_capacity(32);
        for byte in &hash.finalize()[..16] {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        (text, *number)
    }
}
