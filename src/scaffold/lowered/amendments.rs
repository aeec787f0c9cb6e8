//! What a text does not say of fields, to be said in the descriptors that it is compiled to.

use super::target::Target;
use crate::schema::{Cardinality, FieldKind, File};

/// What neither proto2 nor proto3 can say of fields, which are named in full.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amendments {
    /// Fields whose message stands between tags, as that of a group does.
    pub delimited: Vec<String>,
    /// Fields of proto3 that must be set.
    pub required: Vec<String>,
    /// Fields of proto3 with their defaults, as descriptors write them.
    pub defaults: Vec<(String, String)>,
}

impl Amendments {
    /// Whether the texts say everything.
    pub fn is_empty(&self) -> bool {
        self.delimited.is_empty() && self.required.is_empty() && self.defaults.is_empty()
    }

    /// Takes note of what the text of a file does not say.
    pub(super) fn add(&mut self, file: File<'_>, target: Target) {
        for field in file.all_fields() {
            if matches!(field.kind(), FieldKind::Delimited(_)) {
                self.delimited.push(field.full_name());
            }
            if target == Target::Proto2 {
                continue;
            }
            if field.cardinality() == Cardinality::Required {
                self.required.push(field.full_name());
            }
            if let Some(default) = field.default_value() {
                let text = String::from_utf8_lossy(&default.to_descriptor()).into_owned();
                self.defaults.push((field.full_name(), text));
            }
        }
    }
}
