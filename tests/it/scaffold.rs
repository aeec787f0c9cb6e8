//! `protogov scaffold` and `protogov scaffold update`: what is written, and what an update keeps.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::files::Files;

pub(crate) const SHIPMENT: &str = "logistics/shipment/v1/shipment.proto";

/// Our own contracts.
pub(crate) fn proto() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proto")
}

/// Runs the program; its own directory is the contract's.
pub(crate) fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(directory)
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code(), text)
}

/// A directory with our contracts and a crate made of one of them.
pub(crate) fn scaffolded(path: &str, arguments: &[&str]) -> TempDir {
    scaffolded_as("example", path, arguments)
}

pub(crate) fn scaffolded_as(name: &str, path: &str, arguments: &[&str]) -> TempDir {
    scaffolded_from(&proto(), name, path, arguments)
}

/// The same with the contracts of a directory.
pub(crate) fn scaffolded_from(
    contracts: &Path,
    name: &str,
    path: &str,
    arguments: &[&str],
) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    copy(contracts, &directory.path().join("proto"));
    if path == "users/v1/users.proto" && arguments.contains(&"production") {
        with_rules(directory.path());
    }
    let path = format!("proto/{path}");
    let mut all = vec!["scaffold", name, "--proto", &path];
    all.extend(arguments);
    let (code, text) = run(directory.path(), &all);
    assert_eq!(code, Some(0), "{text}");
    directory
}

/// The users service with rules of `google.api.http`.
fn with_rules(directory: &Path) {
    let proto = directory.join("proto");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scaffold");
    copy(&fixtures.join("google"), &proto.join("google"));
    let users = proto.join("users/v1/users.proto");
    edit(
        &users,
        "import \"google/protobuf/field_mask.proto\";",
        "import \"google/api/annotations.proto\";\nimport \"google/protobuf/field_mask.proto\";",
    );
    for (rpc, rule) in [
        (
            "GetUser(GetUserRequest) returns (GetUserResponse)",
            "get: \"/v1/users/{id}\" response_body: \"user\" additional_bindings { get: \"/v1/accounts/{id}\" }",
        ),
        (
            "CreateUser(CreateUserRequest) returns (CreateUserResponse)",
            "post: \"/v1/users\" body: \"*\"",
        ),
        (
            "UpdateUser(UpdateUserRequest) returns (UpdateUserResponse)",
            "patch: \"/v1/users/{id}\" body: \"user\"",
        ),
        (
            "DeleteUser(DeleteUserRequest) returns (DeleteUserResponse)",
            "delete: \"/v1/users/{id}\"",
        ),
        (
            "ListUsers(ListUsersRequest) returns (ListUsersResponse)",
            "get: \"/v1/users\"",
        ),
        (
            "WatchUser(GetUserRequest) returns (stream User)",
            "get: \"/v1/users/{id}:watch\"",
        ),
    ] {
        let text = fs::read_to_string(&users).expect("readable");
        let option = format!("option (google.api.http) = {{ {rule} }};");
        if text.contains(&format!("rpc {rpc};")) {
            let body = format!("rpc {rpc} {{ {option} }}");
            edit(&users, &format!("rpc {rpc};"), &body);
        } else {
            let body = format!("rpc {rpc} {{\n    {option}");
            edit(&users, &format!("rpc {rpc} {{"), &body);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("readable");
    assert!(
        text.contains(from),
        "`{from}` is not in {}:\n{text}",
        path.display()
    );
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

pub(crate) fn paths(directory: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).expect("readable").flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            paths(&entry.path(), &format!("{path}/"), found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn the_files_of_the_presets() {
    let mut listing = String::new();
    for preset in ["minimal", "production"] {
        let directory = scaffolded(
            "users/v1/users.proto",
            &["--with", preset, "--store", "sqlite"],
        );
        let mut found = Vec::new();
        paths(&directory.path().join("example"), "", &mut found);
        found.retain(|path| !path.starts_with(".protogov/"));
        found.sort();
        listing += &format!("# {preset}\n{}\n\n", found.join("\n"));
    }
    insta::assert_snapshot!(listing);
}

#[test]
fn lines_are_broken_as_rustfmt_breaks_them() {
    let users: &[&[&str]] = &[
        &["--with", "minimal", "--store", "none"],
        &["--with", "production", "--store", "memory"],
        &["--with", "production", "--store", "sqlite"],
        &["--with", "production", "--store", "postgres", "--workspace"],
    ];
    let mut directories: Vec<_> = users
        .iter()
        .map(|arguments| scaffolded("users/v1/users.proto", arguments))
        .collect();
    let ready_made = tempfile::tempdir().expect("a directory");
    let arguments = ["scaffold", "shipment", "--out", "example"];
    let (code, text) = run(ready_made.path(), &arguments);
    assert_eq!(code, Some(0), "{text}");
    directories.push(ready_made);
    for directory in directories {
        let mut found = Vec::new();
        paths(directory.path(), "", &mut found);
        found.retain(|path| path.ends_with(".rs") && !path.contains(".protogov/"));
        assert!(found.len() > 15, "{found:?}");
        let check = Command::new("rustfmt")
            .args(["--edition", "2024", "--check"])
            .args(found)
            .current_dir(directory.path())
            .output()
            .expect("rustfmt is installed beside cargo");
        let difference = String::from_utf8_lossy(&check.stdout);
        assert!(check.status.success(), "{difference}");
    }
}

#[test]
fn templates_with_nothing_to_fill_in_are_laid_out() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found = Vec::new();
    paths(&templates, "", &mut found);
    let mut checked = 0;
    for path in found.iter().filter(|path| path.ends_with(".rs")) {
        let file = fs::File::open(templates.join(path)).expect("readable");
        let text = fs::read_to_string(templates.join(path)).expect("readable");
        if text.contains("{%") || text.contains("{{") {
            continue;
        }
        // From its standard input, so that no other file is looked for.
        let check = Command::new("rustfmt")
            .args(["--edition", "2024", "--check"])
            .stdin(file)
            .output()
            .expect("rustfmt is installed beside cargo");
        let difference = String::from_utf8_lossy(&check.stdout);
        assert!(check.status.success(), "{path}: {difference}");
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn a_directory_that_is_in_use_is_left_alone() {
    let directory = scaffolded(SHIPMENT, &[]);
    let arguments = [
        "scaffold",
        "example",
        "--proto",
        "proto/users/v1/users.proto",
    ];
    let (code, text) = run(directory.path(), &arguments);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("is not empty"), "{text}");
    let (code, _) = run(
        directory.path(),
        &[
            "scaffold",
            "other",
            "--proto",
            "proto/users/v1/users.proto",
            "--dry-run",
        ],
    );
    assert_eq!(code, Some(0));
    assert!(!directory.path().join("other").exists());
}

#[test]
fn what_a_ready_made_service_does_not_leave_open_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    for choice in [&["--store", "sqlite"][..], &["--workspace"]] {
        let arguments = [&["scaffold", "shipment"], choice].concat();
        let (code, text) = run(directory.path(), &arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(
            text.contains(&format!("`{}` says nothing", choice[0])),
            "{text}"
        );
        assert!(!directory.path().join("shipment").exists());
    }
}

#[test]
fn an_update_without_news_changes_nothing() {
    let directory = scaffolded(SHIPMENT, &[]);
    for arguments in [
        &["scaffold", "update", "example", "--check"][..],
        &["scaffold", "update", "example"],
    ] {
        let (code, text) = run(directory.path(), arguments);
        assert_eq!(
            (code, text.trim()),
            (Some(0), "everything is up to date"),
            "{text}"
        );
    }
}

#[test]
fn import_roots_are_those_of_the_configuration() {
    for (name, text) in [
        (
            "protogov.toml",
            "import_roots = [\"third_party\"]\n[[modules]]\nroot = \"contracts\"\n",
        ),
        (
            "buf.yaml",
            "version: v2\nmodules:\n  - path: contracts\n  - path: third_party\n",
        ),
    ] {
        let files = Files::with([
            (name, text),
            (
                "third_party/kinds.proto",
                "syntax = \"proto3\";\nmessage Kind {}\n",
            ),
            (
                "contracts/shop/shop.proto",
                "syntax = \"proto3\";\npackage elsewhere;\nimport \"kinds.proto\";\nservice Shop {\n  rpc Ask(Kind) returns (Kind);\n}\n",
            ),
        ]);
        let directory = files.root();
        let arguments = ["scaffold", "shop", "--proto", "contracts/shop/shop.proto"];
        let (code, text) = run(&directory, &arguments);
        assert_eq!(code, Some(0), "{name}: {text}");
        for path in ["shop/proto/shop/shop.proto", "shop/proto/kinds.proto"] {
            assert!(directory.join(path).exists(), "{name}: {path}\n{text}");
        }
        let (code, text) = run(&directory, &["scaffold", "update", "shop", "--check"]);
        assert_eq!(code, Some(0), "{name}: {text}");
    }
}

#[test]
fn a_new_rpc_comes_as_a_stub_and_what_is_written_stays() {
    let directory = scaffolded(SHIPMENT, &[]);
    let handler = directory
        .path()
        .join("example/src/services/shipment_tracking_service.rs");
    edit(
        &handler,
        "`GetShipment` is not written yet",
        "this is what I have written",
    );
    edit(
        &directory.path().join("proto").join(SHIPMENT),
        "  // Records that a shipment has reached a new status.",
        "  // Gives a shipment up.\n  rpc GiveUp(GetShipmentRequest) returns (ShipmentResponse);\n\n  // Records that a shipment has reached a new status.",
    );
    let (code, text) = run(
        directory.path(),
        &["scaffold", "update", "example", "--check"],
    );
    assert_eq!(code, Some(1), "{text}");
    let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
    assert_eq!(code, Some(0), "{text}");
    let handler = fs::read_to_string(&handler).expect("readable");
    assert!(
        handler.contains("this is what I have written") && handler.contains("async fn give_up("),
        "{handler}"
    );
    let get = handler.find("async fn get_shipment").expect("there");
    assert!(handler.find("async fn give_up").is_some_and(|at| at > get));
}

#[test]
fn an_rpc_that_is_removed_leaves_what_was_written_under_a_conflict() {
    let directory = scaffolded(SHIPMENT, &[]);
    let handler = directory
        .path()
        .join("example/src/services/shipment_tracking_service.rs");
    edit(
        &handler,
        "`GetShipment` is not written yet",
        "this is what I have written",
    );
    let contract = directory.path().join("proto").join(SHIPMENT);
    edit(
        &contract,
        "  rpc GetShipment(GetShipmentRequest) returns (ShipmentResponse) {\n    option idempotency_level = NO_SIDE_EFFECTS;\n  }\n",
        "",
    );
    let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
    assert_eq!(code, Some(1), "{text}");
    let text = fs::read_to_string(&handler).expect("readable");
    assert!(
        text.contains("<<<<<<< yours") && text.contains("this is what I have written"),
        "{text}"
    );
    let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
    assert_eq!(code, Some(2), "a conflict is not resolved: {text}");
}

#[test]
fn what_was_deleted_stays_away_and_what_is_generated_is_guarded() {
    let directory = scaffolded(SHIPMENT, &[]);
    let path = |path: &str| directory.path().join("example").join(path);
    fs::remove_file(path("README.md")).expect("removed");
    edit(
        &directory.path().join("proto").join(SHIPMENT),
        "rpc UpdateStatus(",
        "rpc ChangeStatus(",
    );
    edit(
        &path("src/methods.rs"),
        "idempotent: true",
        "idempotent: false",
    );
    let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("`src/methods.rs` was edited") && text.contains("nothing was written"),
        "{text}"
    );
    fs::remove_file(path("src/methods.rs")).expect("removed");
    let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(!path("README.md").exists());
    assert!(path("src/methods.rs").exists());
}

#[test]
fn the_copy_of_the_contract_is_a_source_too() {
    let directory = scaffolded(SHIPMENT, &[]);
    fs::remove_dir_all(directory.path().join("proto")).expect("removed");
    let copy = directory.path().join("example/proto").join(SHIPMENT);
    edit(&copy, "rpc UpdateStatus(", "rpc ChangeStatus(");
    let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
    assert_eq!(code, Some(0), "{text}");
    let methods =
        fs::read_to_string(directory.path().join("example/src/methods.rs")).expect("readable");
    assert!(methods.contains("ChangeStatus"), "{methods}");
}

#[test]
fn what_is_only_in_the_copy_of_the_contract_stays_there() {
    let directory = scaffolded(SHIPMENT, &[]);
    let copy = directory.path().join("example/proto").join(SHIPMENT);
    let origin = directory.path().join("proto").join(SHIPMENT);
    let rpc = "rpc UpdateStatus(";
    let more = format!("rpc GiveUp(GetShipmentRequest) returns (ShipmentResponse);\n\n  {rpc}");
    edit(&copy, rpc, &more);
    for (from, to) in [
        ("rpc BulkIngest(", "rpc IngestMany("),
        ("rpc IngestMany(", "rpc IngestAll("),
    ] {
        edit(&origin, from, to);
        let (code, text) = run(directory.path(), &["scaffold", "update", "example"]);
        assert_eq!(code, Some(0), "{text}");
        let copy = fs::read_to_string(&copy).expect("readable");
        assert!(copy.contains("rpc GiveUp(") && copy.contains(to), "{copy}");
    }
}
