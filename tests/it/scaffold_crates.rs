//! Crates that are built and used: with rustfmt, clippy and cargo, by python, behind Envoy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::scaffold::{SHIPMENT, proto, scaffolded_from};

/// Builds crates and runs their tests with rustfmt, clippy and cargo, all in one target directory. It takes minutes, so
/// `.ci/run` asks for it in a step of its own.
#[test]
#[ignore = "builds whole crates; run it with `cargo test --test it -- --ignored`, as CI does"]
fn the_crates_compile_without_a_warning_and_pass_their_tests() {
    let target = std::env::var_os("SCAFFOLD_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("scaffold"),
        PathBuf::from,
    );
    let cases: &[(&str, &[&str])] = &[
        (USERS, &["--with", "production", "--store", "sqlite"]),
        (USERS, &["--with", "production", "--store", "postgres"]),
        (USERS, &["--with", "minimal", "--store", "memory"]),
        (USERS, &["--with", "minimal", "--store", "none"]),
        (SHIPMENT, &["--with", "production", "--store", "sqlite"]),
        (ORDERS, &["--with", "minimal", "--store", "memory"]),
        (
            USERS,
            &["--workspace", "--with", "production", "--store", "memory"],
        ),
    ];
    for (number, (path, arguments)) in cases.iter().enumerate() {
        // Crates of the same name would take each other's build output for their own.
        let name = format!("example{number}");
        let contracts = match *path {
            ORDERS => fixtures().join("editions"),
            _ => proto(),
        };
        let directory = scaffolded_from(&contracts, &name, path, arguments);
        let made = directory.path().join(&name);
        let cargo = |command: &[&str]| cargo(&made, &target, command);
        cargo(&["fmt", "--check"]);
        cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]);
        if arguments.contains(&"--workspace") {
            // What clients depend on stands alone, with their half of it and without.
            let contract = format!("{name}-proto");
            for features in ["", "client", "server"] {
                let only = ["--no-default-features", "--features", features];
                let command = ["clippy", "--package", &contract];
                cargo(&[&command[..], &only, &["--", "-D", "warnings"]].concat());
            }
        }
        if *path == USERS && arguments.contains(&"sqlite") {
            know_users(&made, &name);
        }
        if *path == ORDERS {
            let text = fs::read_to_string(fixtures().join("editions.rs")).expect("readable");
            let text = text.replace("example::", &format!("{name}::"));
            beside(&made.join("tests/it/order_service.rs"), "editions", &text);
        }
        cargo(&["test"]);
        if arguments.contains(&"production") {
            accepted(
                &made,
                "kubernetes-validate",
                &["--strict", "deploy/kubernetes.yaml"],
            );
            accepted(
                &made,
                "envoy",
                &["--mode", "validate", "-c", "deploy/envoy.yaml"],
            );
        }
        if *path == USERS && arguments.contains(&"sqlite") {
            use_with_python(&target.join("debug").join(&name));
        }
    }
}

const USERS: &str = "users/v1/users.proto";

/// A contract in editions.
const ORDERS: &str = "orders/v1/orders.proto";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scaffold")
}

/// Runs cargo on a crate; it must be content.
fn cargo(directory: &Path, target: &Path, command: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .args(command)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}: cargo {command:?}\n{}{}",
        directory.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Puts tests that know the users service in the place of those that were rendered for it.
fn know_users(made: &Path, name: &str) {
    let text = include_str!("../../fixtures/scaffold/user_service.rs");
    let text = text
        .replace("users::", &format!("{name}::"))
        .replace(&format!("pb::{name}::"), "pb::users::");
    let tests = made.join("tests/it/user_service.rs");
    fs::write(&tests, text).expect("written");
    let rest = include_str!("../../fixtures/scaffold/user_rest.rs");
    beside(&tests, "rest", rest);
}

/// Puts a module of tests beside others.
fn beside(tests: &Path, module: &str, text: &str) {
    let mut all = fs::read_to_string(tests).expect("readable");
    all += &format!("\n#[path = \"{module}_known.rs\"]\nmod {module};\n");
    fs::write(tests, all).expect("written");
    let path = tests.with_file_name(format!("{module}_known.rs"));
    fs::write(path, text).expect("written");
}

/// Has a program that `.ci/run` installs look at what a crate is deployed with.
fn accepted(directory: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .current_dir(directory)
        .args(arguments)
        .output();
    let output = output.unwrap_or_else(|error| panic!("`{program}`, from `.ci/run`: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Calls every rpc of a users service with grpcio, which .ci/run installs, and kills it over and over.
fn use_with_python(program: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scaffold/client.py");
    let output = Command::new("python3")
        .arg(script)
        .args([program.as_os_str(), proto().as_os_str()])
        .output()
        .expect("python runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
