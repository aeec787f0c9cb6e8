//! Compiles the contract with protox, so that building the crate needs no `protoc`.

use std::{env, error::Error, fs, path::Path};

/// The import root.
const ROOT: &str = "proto";

/// The files of the contract; what they import is found under the root.
const FILES: &[&str] = &[
    "logistics/routing/v1/routing.proto",
    "logistics/shipment/v1/shipment.proto",
    "logistics/tracking/v1/tracking.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ROOT}");

    let mut compiler = protox::Compiler::new([ROOT])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(FILES)?;

    // Encoded by protox and not by prost, which would drop custom options.
    let out = env::var("OUT_DIR")?;
    fs::write(
        Path::new(&out).join("descriptor.bin"),
        compiler.encode_file_descriptor_set(),
    )?;

    // Channels come from `client.rs`; without transport code an rpc may be called `Connect`.
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
