//! The `protogov` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    protogov::cli::main()
}
