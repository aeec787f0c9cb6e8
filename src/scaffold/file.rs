//! The files of a crate, and what becomes of each when the crate is rendered again.

/// What becomes of a file when the crate is rendered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// It is replaced; one that was edited is refused.
    Regenerated,
    /// What the user changed and what the new rendering changes are merged.
    Merged,
    /// It is the user's from the moment it is written.
    Once,
}

impl Class {
    /// The word for it in the lock file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regenerated => "regenerated",
            Self::Merged => "merged",
            Self::Once => "once",
        }
    }
}

/// A file of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its path in the crate, with `/`.
    pub path: String,
    /// What becomes of it later.
    pub class: Class,
    /// Its text.
    pub text: String,
    /// What the next merge of it begins with, where that is not its text.
    pub base: Option<String>,
    /// Whether it reads the same in every crate, so that its lines are broken as its author broke them.
    pub is_fixed: bool,
}

/// The path in the crate of a file of a template. Cargo leaves a directory with a `Cargo.toml` out of what it publishes,
/// so the template of that has another name.
pub(super) fn in_crate(template: &str) -> &str {
    template.strip_suffix(".in").unwrap_or(template)
}
