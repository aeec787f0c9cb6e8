//! `protogov diff`, by the binary: what is told of a change, and which version it asks for.

use std::process::{Command, Output};

use crate::git::Project;

const BEFORE: &str = "syntax = \"proto3\";
package shop.v1;

service Orders {
  rpc Get(GetRequest) returns (Order);
  rpc Drop(GetRequest) returns (Order);
}

message GetRequest {
  string id = 1;
}

message Order {
  string id = 1;
  int32 amount = 2;
  string note = 3;
}

enum State {
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1;
}
";

const AFTER: &str = "syntax = \"proto3\";
package shop.v1;

service Orders {
  rpc Get(GetRequest) returns (Order);
  rpc List(GetRequest) returns (stream Order);
}

message GetRequest {
  string id = 1;
}

message Order {
  string id = 1;
  sint32 amount = 2;
  string note = 3 [deprecated = true];
  repeated string tags = 4;
  message Line {
    string sku = 1;
  }
}

enum State {
  STATE_UNSPECIFIED = 0;
  STATE_OPEN = 1;
  STATE_PAID = 2;
}
";

fn project() -> Project {
    let project = Project::with([("proto/orders.proto", BEFORE)]);
    project.git(&["tag", "v1.4.0"]);
    project.write("proto/orders.proto", AFTER);
    project
}

fn diff(project: &Project, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(&project.directory)
        .env_clear()
        .arg("diff")
        .args(arguments)
        .output()
        .expect("the binary is built")
}

fn printed(project: &Project, arguments: &[&str]) -> String {
    String::from_utf8(diff(project, arguments).stdout).expect("text")
}

#[test]
fn a_changelog_reads_well() {
    let project = project();
    project.write(".github/CODEOWNERS", "* @acme/contracts\n");
    let format = |format| printed(&project, &["v1.4.0", "--format", format]);
    insta::assert_snapshot!("changelog_text", format("text"));
    insta::assert_snapshot!("changelog_markdown", format("markdown"));
    let json: serde_json::Value = serde_json::from_str(&format("json")).expect("JSON");
    assert_eq!(json["verdict"], "major");
    let breaking = json["breaking"].as_array().expect("a list");
    let amount = breaking
        .iter()
        .find(|entry| entry["symbol"] == "shop.v1.Order#2");
    let amount = amount.expect("the type of `amount` is another");
    assert_eq!(amount["group"]["type"], "shop.v1.Order");
    assert!(
        amount["effect"]
            .as_str()
            .is_some_and(|effect| effect.contains("proof: ")),
        "{amount}"
    );
    let added = json["added"].as_array().expect("a list");
    let symbols: Vec<&str> = added
        .iter()
        .filter_map(|entry| entry["symbol"].as_str())
        .collect();
    assert_eq!(
        symbols,
        [
            "shop.v1.Orders.List",
            "shop.v1.Order#4",
            "shop.v1.Order.Line",
            "shop.v1.State#2"
        ]
    );
    assert_eq!(json["deprecated"][0]["symbol"], "shop.v1.Order#3");
}

#[test]
fn two_revisions_are_compared_as_they_are() {
    let project = project();
    project.commit([]);
    project.git(&["tag", "v2.0.0"]);
    project.write("proto/orders.proto", BEFORE);
    let forth = printed(&project, &["v1.4.0", "v2.0.0"]);
    assert!(forth.starts_with("major: "), "{forth}");
    assert!(
        forth.contains("rpc List(shop.v1.GetRequest) returns (stream shop.v1.Order)"),
        "{forth}"
    );
    assert_eq!(
        printed(&project, &["v2.0.0", "v2.0.0"]),
        "none: nothing changed\n"
    );
    // Against the working tree, which is as v1.4.0 was.
    assert_eq!(
        printed(&project, &["v1.4.0", "--tip"]),
        "none: nothing changed\n"
    );
}

#[test]
fn a_step_between_versions_is_large_enough_or_not() {
    let project = project();
    let additions = AFTER.replace("sint32 amount", "int32 amount").replace(
        "  rpc List",
        "  rpc Drop(GetRequest) returns (Order);\n  rpc List",
    );
    let comments = BEFORE.replace("service", "// Orders.\nservice");
    for (text, verdict, step, code) in [
        (AFTER, "major", "1.4.0..1.5.0", 1),
        (AFTER, "major", "v1.4.0..v2.0.0", 0),
        (AFTER, "major", "0.4.0..0.5.0", 0),
        (additions.as_str(), "minor", "1.4.0..1.5.0", 0),
        (additions.as_str(), "minor", "1.4.0..1.4.1", 1),
        (comments.as_str(), "patch", "1.4.0..1.4.1", 0),
        (comments.as_str(), "patch", "1.4.0..1.4.0", 1),
        (BEFORE, "none", "1.4.0..1.4.1", 0),
    ] {
        project.write("proto/orders.proto", text);
        let output = diff(&project, &["v1.4.0", "--check-bump", step]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with(&format!("{verdict}: ")), "{step}: {text}");
        assert_eq!(output.status.code(), Some(code), "{step}: {text}");
    }
    assert_eq!(
        diff(&project, &["v1.4.0", "--check-bump", "1.4"])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(diff(&project, &["nowhere"]).status.code(), Some(2));
}

#[test]
fn waived_breaks_are_told_and_count() {
    let project = project();
    let json = |project: &Project| -> serde_json::Value {
        serde_json::from_str(&printed(project, &["v1.4.0", "--format", "json"])).expect("JSON")
    };
    let log = json(&project);
    for entry in log["breaking"].as_array().expect("a list") {
        let name = entry["fingerprint"].as_str().expect("it has one");
        let waived = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .current_dir(&project.directory)
            .env_clear()
            .args([
                "waive",
                name,
                "--owner",
                "ann",
                "--reason",
                "agreed",
                "--against",
                "v1.4.0",
            ])
            .output()
            .expect("the binary is built");
        assert!(
            waived.status.success(),
            "{}",
            String::from_utf8_lossy(&waived.stderr)
        );
    }
    let log = json(&project);
    assert_eq!(log["breaking"], serde_json::json!([]));
    assert_eq!(log["verdict"], "major");
    assert_eq!(log["waived"][0]["waiver"], "by ann: agreed");
}

#[test]
fn two_packages_of_one_tree_are_compared() {
    let beta = "syntax = \"proto3\";
package shop.v1beta1;
import \"shop/v1beta1/money.proto\";
message Order {
  string id = 1;
  shop.v1beta1.Money price = 2;
  string old = 3;
}
";
    let money =
        "syntax = \"proto3\";\npackage shop.v1beta1;\nmessage Money {\n  int64 units = 1;\n}\n";
    let stable = "syntax = \"proto3\";
package shop.v1;
import \"shop/v1/money.proto\";
message Order {
  string id = 1;
  Money price = 2;
  string extra = 4;
}
";
    let stable_money = money.replace("v1beta1", "v1");
    let project = Project::with([
        ("shop/v1beta1/order.proto", beta),
        ("shop/v1beta1/money.proto", money),
        ("shop/v1/order.proto", stable),
        ("shop/v1/money.proto", &stable_money),
    ]);
    let log = printed(&project, &["shop.v1beta1", "shop.v1", "--format", "json"]);
    let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    let symbols = |list: &str| -> Vec<String> {
        let list = log[list].as_array().expect("a list");
        let mut symbols: Vec<String> = list
            .iter()
            .map(|entry| entry["symbol"].to_string())
            .collect();
        symbols.dedup();
        symbols
    };
    assert_eq!(symbols("breaking"), ["\"shop.v1.Order#3\""], "{log:#}");
    assert_eq!(symbols("added"), ["\"shop.v1.Order#4\""], "{log:#}");
    assert_eq!(symbols("changed"), [""; 0], "{log:#}");
    let same = printed(&project, &["shop.v1beta1", "shop.v1beta1"]);
    assert!(!same.contains("Order"), "{same}");
}
