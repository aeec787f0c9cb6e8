//! Who answers for findings: owners as the repository's CODEOWNERS has them, and waivers that let single findings pass.

mod owners;
mod waiver_book;
mod waiver_text;

pub use owners::{OWNERS_FILES, Owners};
pub use waiver_book::{UNUSED_WAIVER, Waived, WaiverBook};
pub use waiver_text::{NewWaiver, WaiverText};
