//! The `protogov` binary.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    protogov::cli::main()
}
