//! The command line: one file per subcommand, each with its arguments and what it does.
//!
//! Exit codes: 0 when all is well, 1 when something was found, 2 for anything else. A new subcommand is a file, its
//! `mod` line and its line in `subcommands!`.

mod baseline;
mod breaking;
mod build;
mod check;
mod completions;
mod config;
mod deprecation;
mod diff;
mod explain;
mod failure;
mod fixing;
mod generate;
mod governed;
mod graduation;
mod history;
mod init;
mod input;
mod judgement;
mod lint;
mod man;
mod next_number;
mod output;
mod reserving;
mod result_cache;
mod reuse;
mod reuse_proof;
mod rule_page;
mod rules;
mod scaffold;
mod sinks;
mod spelling;
mod survivor;
mod terminal;
mod threads;
mod waive;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use config::registry;
pub use failure::{Failure, Outcome, Result};
pub use rules::reference as rules_reference;

/// What every subcommand is given besides its own arguments.
#[derive(Debug, clap::Args)]
pub struct Global {
    /// When to use colours; `NO_COLOR` and `CLICOLOR_FORCE` are honoured
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    color: terminal::ColorChoice,
}

/// Lint, breaking-change detection and service scaffolding for Protocol Buffers
#[derive(Debug, Parser)]
#[command(
    name = "protogov",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
#[command(
    after_help = "Exit codes: 0 clean, 1 findings, 2 usage, configuration or input that cannot be used."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// A subcommand: what clap reads into it, it does.
trait Subcommand {
    fn run(self, global: &Global) -> Result;
}

/// Makes the enum that clap reads and the call of what was read.
macro_rules! subcommands {
    ($($(#[$doc:meta])* $name:ident($args:ty),)+) => {
        #[derive(Debug, clap::Subcommand)]
        enum Command {
            $($(#[$doc])* $name($args),)+
        }

        impl Subcommand for Command {
            fn run(self, global: &Global) -> Result {
                match self {
                    $(Self::$name(args) => args.run(global),)+
                }
            }
        }
    };
}

subcommands! {
    /// Check contracts against rules
    Lint(lint::Lint),
    /// Compare contracts with a baseline and tell what breaks
    Breaking(breaking::Breaking),
    /// Lint and compare with a baseline in one run, for CI
    Check(check::Check),
    /// Tell everything that changed, and which version that asks for
    Diff(diff::Diff),
    /// Let one finding pass: who answers for it, why, and until when
    Waive(waive::Waive),
    /// Say what a rule checks and why, with examples
    Explain(explain::Explain),
    /// List all rules
    Rules(rules::Rules),
    /// Write a `protogov.toml`, afresh or from buf's configuration
    Init(init::Init),
    /// Compile contracts to a descriptor set, or only check that they compile
    Build(build::Build),
    /// Show the configuration in force and where each value comes from
    Config(config::Config),
    /// Show who held each number of a type, when, and in which releases
    History(history::History),
    /// Print a number of a message or enum that was never used
    NextNumber(next_number::NextNumber),
    /// Write a tonic service crate for a contract
    Scaffold(scaffold::Scaffold),
    /// Write the Rust code of contracts, messages and services, to be checked in
    Generate(generate::Generate),
    /// Print a completion script for a shell
    Completions(completions::Completions),
    /// Print the manual page, or write one per subcommand to a directory
    Man(man::Man),
}

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no reason to fail while failing.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    threads::start();
    match cli.command.run(&cli.global) {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => {
            failure.print(&terminal::style_of_stderr(cli.global.color));
            ExitCode::from(2)
        }
    }
}

/// The command line as clap describes it, for manual pages, completions and tests.
pub fn command() -> clap::Command {
    Cli::command()
}
