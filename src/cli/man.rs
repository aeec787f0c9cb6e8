//! `protogov man`

use std::path::PathBuf;

use clap::Args;

use super::{Failure, Global, Outcome, Result, Subcommand, terminal};

/// Arguments of `protogov man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Write a page for each subcommand to this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Subcommand for Man {
    fn run(self, _: &Global) -> Result {
        let command = super::command();
        match self.out {
            Some(directory) => {
                std::fs::create_dir_all(&directory)
                    .and_then(|()| clap_mangen::generate_to(command, &directory))
                    .map_err(|error| {
                        let directory = directory.display();
                        Failure::new(format!("cannot write pages to `{directory}`: {error}"))
                    })?;
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(command).render(&mut page)?;
                terminal::write_stdout(|out| out.write_all(&page))?;
            }
        }
        Ok(Outcome::Clean)
    }
}
