//! `--workspace`: a crate for the contract beside that of the server, and what an update keeps of both.

use std::fs;
use std::path::Path;

use protogov::scaffold::dependencies::Dependencies;
use protogov::scaffold::{CrateName, Features, Places, Plan, Store};

use crate::files::Files;
use crate::scaffold::{SHIPMENT, edit, paths, proto, run, scaffolded};
use crate::scaffold_plan::{answers, schema};

const ARGUMENTS: &[&str] = &[
    "--workspace",
    "--with",
    "minimal,workflow",
    "--store",
    "memory",
];

#[test]
fn a_workspace_has_a_crate_for_the_contract() {
    let directory = scaffolded("users/v1/users.proto", ARGUMENTS);
    let root = directory.path().join("example");
    let mut found = Vec::new();
    paths(&root, "", &mut found);
    found.retain(|path| !path.starts_with(".protogov/"));
    found.sort();
    let text = |path: &str| fs::read_to_string(root.join(path)).expect("readable");
    let mut listing = found.join("\n");
    for path in [
        "Cargo.toml",
        "crates/example/Cargo.toml",
        "crates/example-proto/Cargo.toml",
        "crates/example-proto/src/lib.rs",
    ] {
        listing += &format!("\n\n# {path}\n{}", text(path));
    }
    insta::assert_snapshot!(listing);
    assert!(text(".github/workflows/ci.yaml").contains("protogov lint crates/example-proto/proto"));
}

#[test]
fn the_contract_of_a_workspace_is_updated_where_it_lies() {
    let directory = scaffolded(SHIPMENT, ARGUMENTS);
    let update = |more: &[&str]| {
        run(
            directory.path(),
            &[&["scaffold", "update", "example"], more].concat(),
        )
    };
    assert_eq!(update(&["--check"]).0, Some(0));
    let crates = directory.path().join("example/crates");
    let handler = crates.join("example/src/services/shipment_tracking_service.rs");
    edit(
        &handler,
        "`GetShipment` is not written yet",
        "this is what I have written",
    );
    let rpc = "rpc UpdateStatus(";
    let more = format!("rpc GiveUp(GetShipmentRequest) returns (ShipmentResponse);\n\n  {rpc}");
    edit(
        &crates.join("example-proto/proto").join(SHIPMENT),
        rpc,
        &more,
    );
    assert_eq!(update(&["--check"]).0, Some(1));
    let (code, text) = update(&[]);
    assert_eq!(code, Some(0), "{text}");
    let handler = fs::read_to_string(&handler).expect("readable");
    assert!(
        handler.contains("this is what I have written") && handler.contains("async fn give_up("),
        "{handler}"
    );

    // The contract where it comes from counts too.
    edit(
        &directory.path().join("proto").join(SHIPMENT),
        "rpc BulkIngest(",
        "rpc IngestMany(",
    );
    let (code, text) = update(&[]);
    assert_eq!(code, Some(0), "{text}");
    let copy = crates.join("example-proto/proto").join(SHIPMENT);
    let copy = fs::read_to_string(copy).expect("readable");
    assert!(
        copy.contains("rpc GiveUp(") && copy.contains("rpc IngestMany("),
        "{copy}"
    );
}

#[test]
fn files_lie_where_their_crate_is() {
    let mut answers = answers(Features::minimal(), Store::None);
    assert_eq!(Places::of(&answers).path("src/main.rs"), "src/main.rs");
    answers.workspace = true;
    let places = Places::of(&answers);
    for (alone, path) in [
        ("README.md", "README.md"),
        ("deploy/envoy.yaml", "deploy/envoy.yaml"),
        ("build.rs", "crates/example-proto/build.rs"),
        ("proto/a.proto", "crates/example-proto/proto/a.proto"),
        ("lowered/a.proto", "crates/example-proto/lowered/a.proto"),
        ("src/main.rs", "crates/example/src/main.rs"),
        ("tests/it/main.rs", "crates/example/tests/it/main.rs"),
    ] {
        assert_eq!(places.path(alone), path);
    }
}

#[test]
fn no_crate_has_the_name_of_one_that_it_depends_on() {
    let files = Files::with([(
        "google/api/annotations.proto",
        "syntax = \"proto3\"; package google.api;",
    )]);
    let users = fs::read_to_string(proto().join("users/v1/users.proto")).expect("readable");
    let users = format!("{users}\nimport \"google/api/annotations.proto\";");
    fs::write(files.path("users.proto"), users).expect("written");
    for store in Store::ALL {
        let schema = schema(Path::new(&files.path(".")), &["users.proto"]);
        let plan = Plan::new(&schema, answers(Features::production(), *store));
        let all = Dependencies::of_both(&plan.expect("nothing to refuse"));
        for dependency in all.normal.iter().chain(&all.build).chain(&all.dev) {
            assert!(
                CrateName::new(dependency.name).is_err(),
                "{}",
                dependency.name
            );
        }
    }
}
