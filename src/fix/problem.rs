//! What is wrong with a plan.

use crate::schema::FileId;

/// Something that is not as it was claimed.
#[derive(Debug)]
pub(super) struct Problem {
    /// What, as the reason for leaving a fix out.
    pub(super) what: String,
    /// The file it shows in.
    pub(super) file: Option<FileId>,
    /// The place in the file as it would be.
    pub(super) place: Option<u32>,
    /// Whether it is what a rule finds; then the file is right, and only not liked.
    pub(super) is_finding: bool,
}

impl Problem {
    /// Something about a file as a whole.
    pub(super) fn in_file(file: FileId, what: String) -> Self {
        Self {
            what,
            file: Some(file),
            place: None,
            is_finding: false,
        }
    }
}
