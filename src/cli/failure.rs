//! How a run ends.

use std::io::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::report::{Format, Report, Style};

/// What a subcommand comes back with.
pub type Result<T = Outcome> = std::result::Result<T, Failure>;

/// A run that came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to complain about.
    Clean,
    /// Something was found that makes the run fail.
    Findings,
}

/// A run that could not be made.
#[derive(Debug)]
pub enum Failure {
    /// Something is wrong with files that the run needs.
    Diagnostics(Vec<Diagnostic>),
    /// Something else is wrong.
    Message {
        /// What.
        what: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// Whoever read the output has closed it.
    Closed,
}

impl Failure {
    /// Something is wrong with how the program was called, or with its surroundings.
    pub fn new(what: impl Into<String>) -> Self {
        Self::Message {
            what: what.into(),
            help: None,
        }
    }

    /// The same, with a way out.
    pub fn with_help(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Message {
            what: what.into(),
            help: Some(help.into()),
        }
    }

    /// Says on standard error what went wrong.
    pub(super) fn print(self, style: &Style) {
        let mut out = io::stderr().lock();
        // There is nowhere left to complain to when standard error cannot be written.
        let _ = match self {
            Self::Diagnostics(diagnostics) => {
                Report::new(diagnostics, 0).write(Format::Text, style, &mut out)
            }
            Self::Message { what, help } => {
                let mut text = format!("error: {what}\n");
                if let Some(help) = help {
                    text += &format!("help: {help}\n");
                }
                out.write_all(text.as_bytes())
            }
            Self::Closed => Ok(()),
        };
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Diagnostics(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self::Diagnostics(diagnostics)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::new(format!("cannot write: {error}")),
        }
    }
}
