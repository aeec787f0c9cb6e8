//! What a change does to bytes, to JSON and to source, and the messages that prove it: plain data.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// To bytes.
    pub wire: SurfaceEffect,
    /// To ProtoJSON.
    pub json: SurfaceEffect,
    /// To code that was written against generated code.
    pub source: SurfaceEffect,
    /// The proofs, for bytes and for JSON, where something happens there.
    pub proofs: Vec<Proven>,
}

/// What a change does on one surface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SurfaceEffect {
    /// `safe`, `conditional`, `break` or `silent` (read as another value, without an error).
    pub outcome: &'static str,
    /// The condition, or what goes wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

/// A proof, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proven {
    /// `wire` or `json`.
    pub surface: &'static str,
    /// The proof in words, or why there is none.
    pub sentence: String,
    /// The message that proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
}

/// A message that one version writes and the other does not read as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sent {
    /// Who writes it: `baseline` or `today`.
    pub writer: &'static str,
    /// Who reads it.
    pub reader: &'static str,
    /// What the writer means, a `field = value` line for each.
    pub written: Vec<String>,
    /// The message as bytes, in hexadecimal digits.
    pub hex: String,
    /// The message as ProtoJSON.
    pub json: String,
    /// What the reader reads, a `field = value` line for each.
    pub read: Vec<String>,
    /// Why the reader refuses the message, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl Effect {
    /// The surfaces by name.
    pub fn surfaces(&self) -> [(&'static str, &SurfaceEffect); 3] {
        [
            ("wire", &self.wire),
            ("json", &self.json),
            ("source", &self.source),
        ]
    }
}

/// The name of the line of a proof.
const PROOF: &str = "proof";

impl Effect {
    /// What is said of each surface, and of each proof that there is, with a name before it.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let surfaces = self.surfaces().into_iter();
        let surfaces = surfaces.map(|(name, surface)| (name, surface.to_string()));
        let proofs = self.proofs.iter().filter(|proof| proof.sent.is_some());
        let proofs = proofs.map(|proof| (PROOF, proof.sentence.clone()));
        surfaces.chain(proofs).collect()
    }
}

impl fmt::Display for SurfaceEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.outcome {
            "conditional" => "safe as long as",
            "break" => "breaks:",
            "silent" => "breaks silently:",
            word => word,
        };
        match &self.explanation {
            None => f.write_str(words),
            Some(text) => write!(f, "{words} {text}"),
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, text)) in self.lines().into_iter().enumerate() {
            let between = if at == 0 { "" } else { " · " };
            let colon = if name == PROOF { ":" } else { "" };
            write!(f, "{between}{name}{colon} {text}")?;
        }
        Ok(())
    }
}
