//! What a change does to bytes, to JSON and to source: the one table that severity, semver and witnesses follow from.
//!
//! *Wire* asks whether binaries of both schemas read each other's bytes, *JSON* the same for ProtoJSON with default
//! options, *source* whether code written against the old generated code still compiles. Each row of the table was
//! measured with an independent protobuf runtime; the ids in comments (A18, B5) are those of the table in
//! `docs/compatibility.md`.

mod cardinality;
pub mod dynamic;
mod enumeration;
mod keys;
mod oneof;
mod reuse;
mod scalar;
mod structure;
mod well_known;
pub mod witness;

use std::borrow::Cow;
use std::fmt;

pub use cardinality::{Shape, field_change};
pub use enumeration::enum_change;
pub use keys::{
    are_partners, field_of_key, json_of_both, json_of_new, json_of_old, missing, reading_in_json,
};
pub use oneof::oneof_change;
pub use reuse::{OldName, enum_number_reused, field_name_reused, field_number_reused};
pub use structure::Structures;

/// What happens on one surface, from harmless to worst.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing.
    Safe,
    /// Nothing, as long as the condition holds.
    Conditional(Cow<'static, str>),
    /// An error, or the value is lost: it reads as absent or unknown.
    Break(Cow<'static, str>),
    /// The value is read as another one, without any error.
    Silent(Cow<'static, str>),
}

impl Outcome {
    /// The worse of the two; of two that are equally bad the first.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }

    /// 0 for safe, up to 3 for silent.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Safe => 0,
            Self::Conditional(_) => 1,
            Self::Break(_) => 2,
            Self::Silent(_) => 3,
        }
    }

    /// The word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Conditional(_) => "conditional",
            Self::Break(_) => "break",
            Self::Silent(_) => "silent",
        }
    }

    /// The condition, or what goes wrong.
    pub fn explanation(&self) -> Option<&str> {
        match self {
            Self::Safe => None,
            Self::Conditional(text) | Self::Break(text) | Self::Silent(text) => Some(text),
        }
    }

    const fn when(condition: &'static str) -> Self {
        Self::Conditional(Cow::Borrowed(condition))
    }

    const fn breaks(what: &'static str) -> Self {
        Self::Break(Cow::Borrowed(what))
    }

    const fn silent(what: &'static str) -> Self {
        Self::Silent(Cow::Borrowed(what))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.explanation() {
            None => f.write_str(self.word()),
            Some(text) => write!(f, "{}: {text}", self.word()),
        }
    }
}

/// The outcome on each surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Bytes.
    pub wire: Outcome,
    /// ProtoJSON.
    pub json: Outcome,
    /// Generated code.
    pub source: Outcome,
}

impl Verdict {
    /// Nothing happens anywhere.
    pub const SAFE: Self = Self {
        wire: Outcome::Safe,
        json: Outcome::Safe,
        source: Outcome::Safe,
    };

    /// Three outcomes.
    pub const fn new(wire: Outcome, json: Outcome, source: Outcome) -> Self {
        Self { wire, json, source }
    }

    /// The worse outcome on each surface.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        Self {
            wire: self.wire.worst(other.wire),
            json: self.json.worst(other.json),
            source: self.source.worst(other.source),
        }
    }

    /// Whether nothing happens anywhere.
    pub fn is_safe(&self) -> bool {
        self.wire.rank() + self.json.rank() + self.source.rank() == 0
    }
}
