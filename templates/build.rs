//! Compiles the contract with protox, so that building the crate needs no `protoc`.

use std::{env, error::Error, fs, path::Path};
{%- if c.is_amended() %}

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Value};
use prost_types::FileDescriptorSet;
{%- if !c.plan.lowered.amendments.required.is_empty() %}
use prost_types::field_descriptor_proto::Label;
{%- endif %}
{%- if !c.plan.lowered.amendments.delimited.is_empty() %}
use prost_types::field_descriptor_proto::Type;
{%- endif %}
{%- endif %}
{% if c.plan.lowered.texts.is_empty() %}
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

{%- if !c.plan.lowered.amendments.delimited.is_empty() %}

/// Fields whose message stands between tags, which neither proto2 nor proto3 says of a message with a name.
const DELIMITED: &[&str] = &[
{%- for field in c.plan.lowered.amendments.delimited %}
    "{{ field }}",
{%- endfor %}
];
{%- endif %}
{%- if !c.plan.lowered.amendments.required.is_empty() %}

/// Fields that must be set, which proto3 does not say.
const REQUIRED: &[&str] = &[
{%- for field in c.plan.lowered.amendments.required %}
    "{{ field }}",
{%- endfor %}
];
{%- endif %}
{%- if !c.plan.lowered.amendments.defaults.is_empty() %}

/// Fields with defaults, which proto3 does not have.
const DEFAULTS: &[(&str, &str)] = &[
{%- for (field, default) in c.plan.lowered.amendments.defaults %}
    ("{{ field }}", {{ "{:?}"|format(default) }}),
{%- endfor %}
];
{%- endif %}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ROOT}");

    let mut compiler = protox::Compiler::new([ROOT])?;
    // By their paths on the disk, so that none is taken for a file of the same name elsewhere.
    let files = FILES.iter().map(|file| Path::new(ROOT).join(file));
    compiler.include_imports(true).include_source_info(true).open_files(files)?;

    // Encoded by protox and not by prost, which would drop custom options.
    let out = env::var("OUT_DIR")?;
{%- if c.is_amended() %}
    let set = amended(&compiler.encode_file_descriptor_set())?;
    fs::write(Path::new(&out).join("descriptor.bin"), &set)?;
{%- else %}
    fs::write(Path::new(&out).join("descriptor.bin"), compiler.encode_file_descriptor_set())?;
{%- endif %}
{%- if c.plan.wraps %}

    // An rpc names a message for which prost has a type of Rust.
    tonic_prost_build::NON_PATH_TYPE_ALLOWLIST.set(&[
        "()", "bool", "i32", "i64", "u32", "u64", "f32", "f64",
    ]);
{%- endif %}

    // A client is given its channel; without code that opens one an rpc may be called `Connect`.
    tonic_prost_build::configure()
        .build_transport(false)
{%- if c.workspace %}
        .client_mod_attribute(".", "#[cfg(feature = \"client\")]")
        .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
{%- endif %}
        // No package has a file of that name: prost strips the `_`.
        .include_file("_pb.rs")
        .compile_fds({% if c.is_amended() %}FileDescriptorSet::decode(set.as_slice())?{% else %}compiler.file_descriptor_set(){% endif %})?;
    Ok(())
}
{%- if c.is_amended() %}

/// Descriptors that also say what the contract says without an edition.
fn amended(set: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let pool = DescriptorPool::global();
    let kind = pool.get_message_by_name("google.protobuf.FileDescriptorSet");
    let mut set = DynamicMessage::decode(kind.ok_or("descriptors are not described")?, set)?;
    for file in messages(&mut set, "file") {
        let package = text(file, "package");
        for message in messages(file, "message_type") {
            amend(message, &package);
        }
    }
    Ok(set.encode_to_vec())
}

fn amend(message: &mut DynamicMessage, scope: &str) {
    let scope = format!("{scope}.{}", text(message, "name"));
    let scope = scope.trim_start_matches('.');
    for field in messages(message, "field") {
        let name = format!("{scope}.{}", text(field, "name"));
{%- if !c.plan.lowered.amendments.delimited.is_empty() %}
        if DELIMITED.contains(&name.as_str()) {
            field.set_field_by_name("type", Value::EnumNumber(Type::Group.into()));
        }
{%- endif %}
{%- if !c.plan.lowered.amendments.required.is_empty() %}
        if REQUIRED.contains(&name.as_str()) {
            field.set_field_by_name("label", Value::EnumNumber(Label::Required.into()));
        }
{%- endif %}
{%- if !c.plan.lowered.amendments.defaults.is_empty() %}
        if let Some((_, default)) = DEFAULTS.iter().find(|(of, _)| *of == name) {
            field.set_field_by_name("default_value", Value::String((*default).to_owned()));
        }
{%- endif %}
    }
    for nested in messages(message, "nested_type") {
        amend(nested, scope);
    }
}

fn messages<'a>(of: &'a mut DynamicMessage, list: &str) -> impl Iterator<Item = &'a mut DynamicMessage> {
    let list = of.get_field_by_name_mut(list).and_then(Value::as_list_mut);
    list.into_iter().flatten().filter_map(Value::as_message_mut)
}

fn text(of: &DynamicMessage, field: &str) -> String {
    let value = of.get_field_by_name(field);
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
{%- endif %}
