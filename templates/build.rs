//! Compiles the contract with protox, so that building the crate needs no `protoc`.

use std::{env, error::Error, fs, path::Path};
{% if c.plan.lowered.is_empty() %}
/// The import root.
const ROOT: &str = "proto";
{%- else %}
/// The import root: the contract without editions, which prost does not read.
const ROOT: &str = "lowered";
{%- endif %}

/// The files with the services; what they import is found under the root.
const FILES: &[&str] = &[
{%- for file in c.plan.roots %}
    "{{ file }}",
{%- endfor %}
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ROOT}");

    let mut compiler = protox::Compiler::new([ROOT])?;
    // By their paths on the disk, so that none is taken for a file of the same name elsewhere.
    let files = FILES.iter().map(|file| Path::new(ROOT).join(file));
    compiler.include_imports(true).include_source_info(true).open_files(files)?;

    // Encoded by protox and not by prost, which would drop custom options.
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("descriptor.bin"), compiler.encode_file_descriptor_set())?;

{%- if c.plan.wraps %}
    // An rpc names a message for which prost has a type of Rust.
    tonic_prost_build::NON_PATH_TYPE_ALLOWLIST.set(&[
        "()", "bool", "i32", "i64", "u32", "u64", "f32", "f64",
    ]);

{% endif %}
    // Connections are made in `client.rs`; without code for them an rpc may be called `Connect`.
    tonic_prost_build::configure()
        .build_transport(false)
        // No package has a file of that name: prost strips the `_`.
        .include_file("_pb.rs")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
