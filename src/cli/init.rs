//! `protogov init`

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Global, Outcome, Result, Subcommand, registry, terminal};
use crate::checks::Dialect;
use crate::config;
use crate::sources::Disk;
use crate::workspace::Layout;

/// Arguments of `protogov init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The directory to write `protogov.toml` to
    #[arg(default_value = ".", value_name = "DIR")]
    directory: PathBuf,
    /// Translate this `buf.yaml` or `buf.work.yaml`, and write beside it
    #[arg(long, value_name = "FILE", conflicts_with = "directory")]
    from: Option<PathBuf>,
    /// Print the file instead of writing it
    #[arg(long)]
    dry_run: bool,
}

impl Subcommand for Init {
    fn run(self, _: &Global) -> Result {
        let (text, losses) = match &self.from {
            None => (starter(&self.directory)?, Vec::new()),
            Some(file) => {
                let registry = registry();
                let config = config::load_file(file, &registry)?;
                if config.dialect == Dialect::Protogov {
                    return Err(Failure::with_help(
                        format!("`{}` is no configuration of buf", file.display()),
                        "name a `buf.yaml` or a `buf.work.yaml`",
                    ));
                }
                let translation = config::translate(&config, &registry);
                (translation.text, translation.losses)
            }
        };
        for loss in losses {
            // Nothing is lost by a warning that nobody can read.
            let _ = writeln!(io::stderr(), "warning: not carried over: {loss}");
        }
        if self.dry_run {
            terminal::write_stdout(|out| out.write_all(text.as_bytes()))?;
            return Ok(Outcome::Clean);
        }
        let directory = match &self.from {
            Some(file) => file.parent().unwrap_or(file),
            None => &self.directory,
        };
        let path = directory.join("protogov.toml");
        let shown = path.display().to_string();
        let shown = shown.strip_prefix("./").unwrap_or(&shown);
        let written = OpenOptions::new().write(true).create_new(true).open(&path);
        match written.and_then(|mut file| file.write_all(text.as_bytes())) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Failure::with_help(
                    format!("`{shown}` exists already"),
                    "delete it first, or see what would be written with `--dry-run`",
                ));
            }
            Err(error) => return Err(Failure::new(format!("cannot write `{shown}`: {error}"))),
        }
        terminal::write_stdout(|out| writeln!(out, "wrote {shown}; next: protogov lint"))?;
        Ok(Outcome::Clean)
    }
}

/// The text for a directory: its import roots are those that its packages speak of, where they are few enough to be meant.
fn starter(directory: &Path) -> Result<String> {
    const MOST_ROOTS: usize = 8;
    let Layout { mut own, borrowed } = Layout::of(&Disk::open(directory)?);
    // Without any, the directory itself is the root. Of two roots one inside of the other, nobody knows which is meant.
    let is_inside = |inner: &str, outer: &str| {
        let below = inner.strip_prefix(outer);
        outer.is_empty() || below.is_some_and(|below| below.starts_with('/'))
    };
    let are_nested = own.windows(2).any(|pair| is_inside(&pair[1], &pair[0]));
    if own == [""] || are_nested || own.len() > MOST_ROOTS {
        own.clear();
    }
    let is_few = borrowed.len() <= MOST_ROOTS;
    Ok(config::starter(&own, if is_few { &borrowed } else { &[] }))
}
