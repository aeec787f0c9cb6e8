//! Who answers for findings, and what a change means to those who use the contracts: owners as the repository's
//! CODEOWNERS has them, waivers that let single findings pass, everything that changed, and the version it asks for.

mod bump;
mod changes;
mod declared;
mod owners;
mod removed;
mod waiver_book;
mod waiver_text;

pub use bump::{Bump, VersionStep};
pub use changes::{ChangeGroup, ChangeKind, SchemaChange, changes, group_of};
pub use owners::{OWNERS_FILES, Owners};
pub use removed::{Removed, removed};
pub use waiver_book::{UNUSED_WAIVER, Waived, WaiverBook};
pub use waiver_text::{NewWaiver, WaiverText};
