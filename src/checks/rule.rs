//! What a rule is: the value that each rule file declares.

use super::breaking::{Aspect, Compare};
use super::context::Cx;
use super::package::{Module, Package};
use super::suppression::Suppression;
use crate::diagnostic::Severity;
use crate::schema::{Enum, EnumValue, Field, File, Message, Method, Oneof, Service};
use crate::syntax::tree::Import;

/// A rule, without its id and its text: these come from the file it is declared in.
#[derive(Debug)]
pub struct Rule {
    /// What it is about; decides how much a finding weighs.
    pub group: Group,
    /// The version of protogov that had it first.
    pub since: &'static str,
    /// Whether its findings can be removed mechanically.
    pub fix: FixSafety,
    /// The rules of other tools that it stands for.
    pub same_as: &'static [Other],
    /// What it looks at, and how.
    pub check: Check,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Comments that silence findings; on by default.
    Suppression,
    /// Nothing but what buf's categories say.
    Buf,
    /// Names and layout, where the style guide leaves room.
    Strict,
    /// What has to be right for an API to change over time.
    Versioning,
    /// What a reader has to be told.
    Docs,
    /// What goes wrong at run time.
    Safety,
    /// Worth a thought, wrong only at times.
    Hint,
    /// A change to what is read from bytes.
    Wire,
    /// The same, where buf's stricter categories have a rule of their own for it.
    WireOnly,
    /// A change to what is read from JSON.
    Json,
    /// A change to generated code, or to what callers are asked for.
    Source,
}

impl Group {
    /// What a finding weighs where the configuration says nothing and buf does not have the rule.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Buf | Self::Wire | Self::WireOnly | Self::Json => Severity::Error,
            Self::Suppression
            | Self::Strict
            | Self::Versioning
            | Self::Docs
            | Self::Safety
            | Self::Source => Severity::Warning,
            Self::Hint => Severity::Info,
        }
    }

    /// The categories that select the group's rules, besides the categories that buf has for them.
    pub const fn categories(self) -> &'static [&'static str] {
        match self {
            Self::Buf => &[],
            Self::Suppression => &["STANDARD"],
            Self::Strict => &["STRICT"],
            Self::Versioning => &["VERSIONING"],
            Self::Docs => &["DOCS"],
            Self::Safety => &["SAFETY"],
            Self::Hint => &["HINTS"],
            Self::Wire => &["FILE", "PACKAGE", "WIRE_JSON", "WIRE", "BEYOND_BUF"],
            Self::WireOnly => &["WIRE_JSON", "WIRE", "BEYOND_BUF"],
            Self::Json => &["FILE", "PACKAGE", "WIRE_JSON", "BEYOND_BUF"],
            Self::Source => &["FILE", "PACKAGE", "BEYOND_BUF"],
        }
    }
}

/// Whether findings can be removed mechanically, and when that is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FixSafety {
    /// There is no fix.
    None,
    /// The fix changes neither bytes, JSON nor generated source.
    Safe,
    /// The fix changes a name: safe while nobody has seen it.
    UnsafeOncePublished,
    /// The remedy changes a name, which somebody has to think of.
    RenameByHand,
    /// The fix changes generated source.
    Unsafe,
}

impl FixSafety {
    /// Whether the remedy changes a name, by hand or by a fix.
    pub const fn is_rename(self) -> bool {
        matches!(self, Self::UnsafeOncePublished | Self::RenameByHand)
    }

    /// The word for it in `protogov rules --format json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Safe => "safe",
            Self::UnsafeOncePublished => "unsafe_once_published",
            Self::RenameByHand => "none",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A rule of another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Other {
    /// protolint's id.
    Protolint(&'static str),
    /// api-linter's id, without the leading `core::`.
    ApiLinter(&'static str),
}

impl Other {
    /// The id as that tool writes it, api-linter's without `core::`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Protolint(id) | Self::ApiLinter(id) => id,
        }
    }

    /// The tool.
    pub const fn tool(self) -> &'static str {
        match self {
            Self::Protolint(_) => "protolint",
            Self::ApiLinter(_) => "api-linter",
        }
    }
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// One state of the schema.
    Lint(Visit),
    /// What became of the baseline's schema.
    Breaking(Aspect, &'static [Compare]),
}

/// Looks at a comment that silences findings; the second argument says whether a rule is on.
pub type CheckSuppression = fn(&Suppression, &dyn Fn(&str) -> bool, &mut Cx<'_>);

/// The element that a lint rule looks at, and the function that does. Elements whose name is missing (in broken
/// files) are not visited.
#[derive(Debug, Clone, Copy)]
pub enum Visit {
    /// Each file.
    File(fn(File<'_>, &mut Cx<'_>)),
    /// Each import statement, with the file it leads to.
    Import(for<'s> fn(&'s Import, Option<File<'s>>, &mut Cx<'s>)),
    /// Each message, nested ones and groups included.
    Message(fn(Message<'_>, &mut Cx<'_>)),
    /// Each field and extension.
    Field(fn(Field<'_>, &mut Cx<'_>)),
    /// Each oneof.
    Oneof(fn(Oneof<'_>, &mut Cx<'_>)),
    /// Each enum, nested ones included.
    Enum(fn(Enum<'_>, &mut Cx<'_>)),
    /// Each enum value.
    EnumValue(fn(EnumValue<'_>, &mut Cx<'_>)),
    /// Each service.
    Service(fn(Service<'_>, &mut Cx<'_>)),
    /// Each method.
    Method(fn(Method<'_>, &mut Cx<'_>)),
    /// The files of each package, those without one together.
    Package(for<'s> fn(&Package<'s>, &mut Cx<'s>)),
    /// Each comment that silences findings, when all is found; the second argument says whether a rule is on.
    Suppressions(CheckSuppression),
    /// All files at once.
    Module(for<'s> fn(&Module<'s>, &mut Cx<'s>)),
}
