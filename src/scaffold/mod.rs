//! A tonic service crate from a contract: schema → typed plan → rendered files → merged into place.
//!
//! Every decision is made in [`plan`] and the modules it uses; the templates hold layout only. What is written is
//! worked out in full before the first byte of it is.

pub mod answers;
pub mod dependencies;
pub mod features;
pub mod file;
pub mod generate;
pub mod layout;
pub mod lock;
pub mod lowered;
pub mod merge;
pub mod places;
pub mod plan;
pub mod recipe;
mod refusals;
pub mod render;
pub mod rust;
pub mod standard;
mod tests;
pub mod update;

use crate::diagnostic::Code;

pub use answers::{Answers, CrateName};
pub use features::{Feature, Features, Store};
pub use file::{Class, Rendered};
pub use lock::Lock;
pub use places::Places;
pub use plan::Plan;
pub use recipe::Recipe;
pub use render::render;
pub use update::{Changes, Outcome};

/// The code of everything that keeps a crate from being made.
pub const SCAFFOLD: Code = Code("SCAFFOLD");
