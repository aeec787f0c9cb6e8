//! `protogov explain`

use std::fmt::Write as _;

use clap::Args;

use super::rule_page::page;
use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::checks::{self, Registered};
use crate::text::similar::closest;

/// Arguments of `protogov explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// A rule's id, what protolint or api-linter call it, or the AIP it is about (`AIP-158`)
    #[arg(value_name = "RULE")]
    rule: String,
}

impl Subcommand for Explain {
    fn run(self, _: &Global) -> Result {
        let mut text = String::new();
        for rule in find(&self.rule)? {
            let _ = writeln!(text, "{}", page(rule, 1));
        }
        terminal::write_stdout(|out| {
            out.write_all(text.trim_end().as_bytes())
                .and_then(|()| out.write_all(b"\n"))
        })?;
        Ok(Outcome::Clean)
    }
}

/// The number of an AIP, as `AIP-158`, `aip-0158`, `0158` or `158`.
fn aip(name: &str) -> Option<u16> {
    let name = name.to_ascii_lowercase();
    let number = name.strip_prefix("aip").unwrap_or(&name);
    number.trim_start_matches(['-', '_', ' ']).parse().ok()
}

/// The rules that a name stands for.
fn find(name: &str) -> Result<Vec<&'static Registered>> {
    let id = name.to_uppercase().replace('-', "_");
    if let Some(rule) = checks::rule(&id) {
        return Ok(vec![rule]);
    }
    let kin: Vec<&'static Registered> = checks::rules_like(name)
        .chain(checks::rules_like(&id).filter(|_| name != id))
        .chain(aip(name).into_iter().flat_map(checks::rules_of_aip))
        .collect();
    if !kin.is_empty() {
        return Ok(kin);
    }
    let ids = checks::rules().iter().map(|rule| rule.id().as_str());
    let help = match closest(&id, ids) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "`protogov rules` lists all of them".to_owned(),
    };
    Err(Failure::with_help(
        format!("there is no rule `{name}`"),
        help,
    ))
}
