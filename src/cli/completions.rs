//! `protogov completions`

use clap::Args;
use clap_complete::Shell;

use super::{Global, Outcome, Result, Subcommand, output};

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
        output::write_stdout(|out| out.write_all(&script))?;
        Ok(Outcome::Clean)
    }
}
