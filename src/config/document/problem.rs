//! A mistake in a configuration file, on its way out of serde.

use std::fmt::{self, Display};
use std::sync::Arc;

use serde::de;

use super::{CONFIG, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::text::{Source, Span, similar};

/// What does not fit, and where in the tree.
#[derive(Debug)]
pub(super) struct Problem {
    message: String,
    help: Option<String>,
    pub(super) span: Option<Span>,
    /// Positions in tables and lists that lead to the value, innermost first.
    pub(super) path: Vec<usize>,
}

impl Problem {
    pub(super) fn new(message: String, help: Option<String>) -> Self {
        Self {
            message,
            help,
            span: None,
            path: Vec::new(),
        }
    }

    pub(super) fn expected(what: &str, node: &Node) -> Self {
        let help = match &node.value {
            Value::String(text) | Value::Plain(text) if what == "a list" => {
                Some(format!("put it in brackets: `[\"{text}\"]`"))
            }
            _ => None,
        };
        let found = node.value.noun();
        Self::new(format!("{what} is expected here, not {found}"), help).at(node.span)
    }

    /// One of several names was due.
    pub(super) fn unknown(what: &str, name: &str, known: &[&str]) -> Self {
        let help = match similar::closest(name, known.iter().copied()) {
            Some(meant) => Some(format!("did you mean `{meant}`?")),
            None if known.is_empty() => None,
            None => Some(format!("known here: `{}`", known.join("`, `"))),
        };
        Self::new(format!("unknown {what} `{name}`"), help)
    }

    pub(super) fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    pub(super) fn below(mut self, step: usize) -> Self {
        self.path.push(step);
        self
    }

    pub(super) fn into_diagnostic(self, source: &Arc<Source>) -> Diagnostic {
        let span = self.span.unwrap_or_default();
        let diagnostic = Diagnostic::error(CONFIG, source, span, self.message);
        match self.help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        // A message may carry a remedy behind a line break.
        let text = message.to_string();
        match text.split_once('\n') {
            Some((message, help)) => Self::new(message.to_owned(), Some(help.to_owned())),
            None => Self::new(text, None),
        }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown("key", field, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown("value", variant, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the key `{field}` is missing"), None)
    }
}
