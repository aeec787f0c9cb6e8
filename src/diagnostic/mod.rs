//! What is wrong, where, why it matters and what to do: plain data, without any renderer.

mod effect;
mod fingerprint;

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::{Edit, Source, Span};

pub use effect::{Effect, Proven, Sent, SurfaceEffect};
pub use fingerprint::{BadFingerprint, Fingerprint};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; never fails a run.
    Info,
    /// Fails a run only where asked to.
    Warning,
    /// Fails a run.
    Error,
}

impl Severity {
    /// The word printed for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The stable name of a kind of finding: a rule's id (`ENUM_VALUE_PREFIX`) or a compile error's (`SYNTAX`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A place in a source.
#[derive(Debug, Clone)]
pub struct Location {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes meant.
    pub span: Span,
}

impl Location {
    /// The bytes under `span` in `source`.
    pub fn new(source: &Arc<Source>, span: Span) -> Self {
        Self {
            source: Arc::clone(source),
            span,
        }
    }
}

/// The other half of the story: a second place with a word on why it is shown.
#[derive(Debug, Clone)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// What is to be seen there.
    pub message: Cow<'static, str>,
}

/// Whether a fix may be applied without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// Changes neither bytes, JSON nor generated source.
    Safe,
    /// Changes something that others may depend on.
    Unsafe,
}

/// What an edit may change of what a file means; whatever else changes is a bug of the fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// Nothing: white space, places of comments, another spelling of the same.
    Nothing,
    /// Comments go; nothing else changes.
    Comments,
    /// Which files are imported, and in which order.
    Imports,
    /// More is reserved, or the same is reserved in other words.
    Reserved,
    /// The value of the option of this name, on any element of the file.
    Option(&'static str),
}

/// A name that changes at its declaration and wherever it is used.
#[derive(Debug, Clone)]
pub struct Rename {
    /// The name where it is declared; for a package the dotted name in one of its files.
    pub declaration: Location,
    /// The new name.
    pub to: String,
}

/// A mechanical change that removes the finding.
#[derive(Debug, Clone)]
pub struct Fix {
    /// What the change does, as an instruction (``rename to `foo_bar` ``).
    pub title: String,
    /// Whether it may be applied without asking. Renames of names that nobody can know are safe nevertheless.
    pub safety: Safety,
    /// What the edits change of what files mean.
    pub claim: Claim,
    /// The edits, each in the file it belongs to.
    pub edits: Vec<(Arc<Source>, Edit)>,
    /// A name that changes, besides the edits.
    pub rename: Option<Rename>,
}

impl Fix {
    /// The edits, where they are the whole fix: a name that changes is followed in files that only a run with all of them
    /// knows.
    pub fn whole_edits(&self) -> Option<&[(Arc<Source>, Edit)]> {
        (self.rename.is_none() && !self.edits.is_empty()).then_some(&self.edits)
    }
}

/// One finding, which is read and changed through its [`Facts`]. Those lie behind a pointer: the findings of a large tree
/// are many, and are sorted, joined and passed on more often than they are looked at.
#[derive(Debug, Clone)]
pub struct Diagnostic(Box<Facts>);

impl Deref for Diagnostic {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

/// What a [`Diagnostic`] says. Sentences are lower case, without a full stop, with names in backticks.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The kind of finding.
    pub code: Code,
    /// Further kinds that it is: the same change, seen by other rules.
    pub also: Vec<Code>,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong with this very thing.
    pub message: String,
    /// Where; absent where nothing of today's tree can be pointed at.
    pub location: Option<Location>,
    /// Where to show it although nothing there is meant: for formats that need a place, where there is no `location`.
    pub stand_in: Option<Box<Location>>,
    /// Further places.
    pub labels: Vec<Label>,
    /// Why it matters, where that is not obvious.
    pub reason: Option<String>,
    /// What a change does to messages and code, where it is about a change; `reason` says the same in one sentence.
    pub effect: Option<Box<Effect>>,
    /// What to do.
    pub help: Option<String>,
    /// A change that removes the finding.
    pub fix: Option<Box<Fix>>,
    /// The full name of what it is about (`shop.v1.Order.id`, `shop.v1.Order#7` for a number of the baseline), or the
    /// path of the file where it is about that; absent where a finding is about nothing in a contract.
    pub symbol: Option<Box<str>>,
    /// What waivers call it; absent where it cannot be waived.
    pub fingerprint: Option<Fingerprint>,
    /// Whom to ask; see [`Diagnostic::owners`].
    pub owners: Option<Arc<[Box<str>]>>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, source: &Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        let location = Some(Location::new(source, span));
        Self::new(code, Severity::Error, location, message.into())
    }

    /// A finding that no place belongs to.
    pub fn without_place(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self::new(code, severity, None, message.into())
    }

    fn new(code: Code, severity: Severity, location: Option<Location>, message: String) -> Self {
        Self(Box::new(Facts {
            code,
            also: Vec::new(),
            severity,
            message,
            location,
            stand_in: None,
            labels: Vec::new(),
            reason: None,
            effect: None,
            help: None,
            fix: None,
            symbol: None,
            fingerprint: None,
            owners: None,
        }))
    }

    /// What it says, to be taken apart.
    pub fn into_facts(self) -> Facts {
        *self.0
    }

    /// Where to show it.
    pub fn shown_at(&self) -> Option<&Location> {
        self.location.as_ref().or(self.stand_in.as_deref())
    }

    /// Whom to ask, as the repository's CODEOWNERS has it.
    pub fn owners(&self) -> &[Box<str>] {
        self.owners.as_deref().unwrap_or_default()
    }

    /// Gives it another weight.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn with_label(
        mut self,
        source: &Arc<Source>,
        span: Span,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.labels.push(Label {
            location: Location::new(source, span),
            message: message.into(),
        });
        self
    }

    /// Says why it matters.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a change that removes the finding.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(Box::new(fix));
        self
    }

    /// Says what it is about.
    #[must_use]
    pub fn with_symbol(mut self, symbol: impl Into<Box<str>>) -> Self {
        self.symbol = Some(symbol.into());
        self
    }
}
