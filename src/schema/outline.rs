//! What can be told of a file alone.

use super::Names;
use super::options::Element;
use crate::syntax;

/// What a file declares and where it sets options, told without knowing any other file: best right after it was parsed, on
/// the same thread, while its tree is near the processor.
#[derive(Debug)]
pub struct Outline {
    pub(super) names: Names,
    /// The elements that have settings.
    pub(super) elements: Vec<Element>,
}

impl Outline {
    /// The outline of a file.
    pub fn of(file: &syntax::File) -> Self {
        let mut elements = Vec::new();
        if !file.tree().options.is_empty() {
            // From within, a chain of iterators is walked as the loops that it stands for.
            Element::all(file.tree()).for_each(|element| elements.push(element));
            elements.shrink_to_fit();
        }
        Self {
            names: Names::of(file),
            elements,
        }
    }
}
