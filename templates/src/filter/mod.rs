//! Filters of lists, a part of the language of AIP-160.
//!
//! `field = value` and `!=`, `<`, `<=`, `>`, `>=`; `field:value` asks whether a repeated field has a
//! value, `field:*` whether a field is set. Comparisons are joined by `AND`, `OR` and `NOT` and
//! grouped by parentheses; as in AIP-160, `OR` binds tighter than `AND`.

mod condition;
mod parse;

use prost::Message;

use crate::{
    CONTRACT,
    error::{ServiceError, Violation},
    field_mask::reflect,
};
use condition::Condition;

/// Longest filter in bytes.
const MAX_LENGTH: usize = 4096;

/// Says which resources of a type are wanted.
#[derive(Debug)]
pub struct Filter {
    of: &'static str,
    condition: Option<Condition>,
}

impl Filter {
    /// Reads a filter for messages of the type `name`. An empty one finds everything.
    pub fn parse(name: &'static str, text: &str) -> Result<Self, ServiceError> {
        let message = CONTRACT.get_message_by_name(name).ok_or_else(|| {
            ServiceError::internal(format!("the contract has no message `{name}`"))
        })?;
        let invalid = |problem| ServiceError::from(Violation::new("filter", problem));
        if text.trim().is_empty() {
            return Ok(Self {
                of: name,
                condition: None,
            });
        }
        if text.len() > MAX_LENGTH {
            return Err(invalid(format!(
                "must not be longer than {MAX_LENGTH} bytes"
            )));
        }
        let condition = parse::parse(message, text).map_err(invalid)?;
        Ok(Self {
            of: name,
            condition: Some(condition),
        })
    }

    /// Whether everything is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.condition.is_none()
    }

    /// Whether `message` is wanted.
    pub fn matches(&self, message: &impl Message) -> Result<bool, ServiceError> {
        match &self.condition {
            None => Ok(true),
            Some(condition) => Ok(condition.holds(&reflect(self.of, message)?)),
        }
    }
}
