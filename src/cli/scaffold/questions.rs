//! What is asked on a terminal where nothing was given.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::cli::{Failure, Result};
use crate::scaffold::{Features, Store};

/// The parts and the store of a crate: as given, or as the user answers, or, where nobody can answer, as they are by
/// default.
pub(super) fn ask(features: Option<Features>, store: Option<Store>) -> Result<(Features, Store)> {
    let can_answer = io::stdin().is_terminal() && io::stderr().is_terminal();
    let features = match features {
        Some(features) => features,
        None if can_answer => question(
            "parts (`minimal`, `production`, or names between commas)",
            "minimal",
        )?,
        None => Features::minimal(),
    };
    let store = match store {
        Some(store) => store,
        None if can_answer => question(
            "store of the standard methods (`none`, `memory`, `sqlite`, `postgres`)",
            "memory",
        )?,
        None => Store::Memory,
    };
    Ok((features, store))
}

/// Asks until the answer makes sense. An empty one stands for the default.
fn question<T>(text: &str, default: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    loop {
        let mut terminal = io::stderr().lock();
        write!(terminal, "{text} [{default}]: ")?;
        terminal.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(Failure::new("the question was not answered"));
        }
        let answer = if line.trim().is_empty() {
            default
        } else {
            line.trim()
        };
        match answer.parse() {
            Ok(value) => return Ok(value),
            Err(error) => writeln!(terminal, "{error}")?,
        }
    }
}
