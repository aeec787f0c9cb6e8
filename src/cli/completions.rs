//! `protogov completions`

use clap::Args;
use clap_complete::Shell;

use super::{Global, Outcome, Result, Subcommand, terminal};

/// Arguments of `protogov completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Subcommand for Completions {
    fn run(self, _: &Global) -> Result {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "protogov", &mut script);
        terminal::write_stdout(|out| out.write_all(&script))?;
        Ok(Outcome::Clean)
    }
}
