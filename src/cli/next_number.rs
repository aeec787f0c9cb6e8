//! `protogov next-number`

use std::path::PathBuf;

use clap::Args;

use super::history::{LedgerArgs, read_lock};
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::history::TakenNumbers;

/// Arguments of `protogov next-number`.
#[derive(Debug, Args)]
pub struct NextNumber {
    /// The full name of a message or enum
    #[arg(value_name = "NAME")]
    name: String,
    /// Avoid the numbers of this file too, as `protogov history --write` made it
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl Subcommand for NextNumber {
    fn run(self, _: &Global) -> Result {
        let opened = self.ledger.open()?;
        let name = self.name.trim_start_matches('.');
        let mut taken = TakenNumbers::of(&opened.ledger, name);
        let is_on_disk = taken.add_work_tree(&opened.ledger, &opened.repository, name);
        if !is_on_disk && opened.ledger.find(name).next().is_none() {
            return Err(opened.unknown(name));
        }
        if let Some(path) = &self.lock {
            taken.add_lock(&read_lock(path)?, name);
        }
        let next = taken.next().ok_or_else(|| {
            Failure::with_help(
                format!("`{name}` has no number left"),
                "add a new type and use that",
            )
        })?;
        if self.lock.is_none()
            && let Some(note) = opened.incomplete()
        {
            terminal::write_stderr(&format!(
                "warning: {note}; an older commit may have used {next}\n"
            ));
        }
        terminal::write_stdout(|out| writeln!(out, "{next}"))?;
        Ok(Outcome::Clean)
    }
}
