//! Contracts as crates: what is planned, what is refused, what is written, and what an update keeps.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use protogov::scaffold::standard::Body;
use protogov::scaffold::{Answers, CrateName, Features, Plan, Recipe, Store, layout, render};
use protogov::schema::Schema;
use protogov::workspace::{ImportRoot, ParsedFiles, load, roots};
use tempfile::TempDir;

use crate::files::Files;

const SHIPMENT: &str = "logistics/shipment/v1/shipment.proto";

/// Our own contracts.
fn proto() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proto")
}

/// Links files below a root; they are free of errors.
fn schema(root: &Path, paths: &[&str]) -> Schema {
    let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    let roots = roots(&paths, &[ImportRoot::new(root)]).expect("all paths are there");
    let schema = Schema::link(load(&roots, &ParsedFiles::default()).inputs());
    let errors: Vec<_> = schema.errors().map(|error| error.message.clone()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    schema
}

fn answers(features: Features, store: Store) -> Answers {
    Answers {
        name: CrateName::new("example").expect("a name"),
        services: Vec::new(),
        features,
        store,
        recipe: None,
    }
}

fn plan(root: &Path, paths: &[&str]) -> Result<Plan, Vec<String>> {
    Plan::new(
        &schema(root, paths),
        answers(Features::minimal(), Store::Memory),
    )
    .map_err(|problems| {
        problems
            .into_iter()
            .map(|it| it.into_facts().message)
            .collect()
    })
}

/// What the rpcs of a contract do, by name.
fn bodies(text: &str) -> BTreeMap<String, &'static str> {
    let files = Files::with([("a.proto", text)]);
    let plan = plan(&files.path("."), &["a.proto"]).expect("nothing to refuse");
    let methods = plan.services[0].methods.iter();
    methods
        .map(|method| {
            let kind = match method.body {
                Body::Stub => "stub",
                Body::Get { .. } => "get",
                Body::CreateInline { .. } => "create inline",
                Body::Create { .. } => "create",
                Body::Update { .. } => "update",
                Body::Delete { .. } => "delete",
                Body::List(_) => "list",
                Body::Watch { .. } => "watch",
                Body::CreateEach { .. } => "create each",
                Body::PutEach { .. } => "put each",
            };
            (method.name.clone(), kind)
        })
        .collect()
}

#[test]
fn the_user_service_has_no_stub() {
    let plan = plan(&proto(), &["users/v1/users.proto"]).expect("nothing to refuse");
    assert!(!plan.services[0].has_stubs());
    let user = &plan.resources[0];
    let names = |fields: &[protogov::scaffold::standard::FieldPlan]| {
        fields
            .iter()
            .map(|it| it.name.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names(&user.required), "username email");
    assert_eq!(names(&user.unique), "username email");
    assert!(user.has_secret());
}

#[test]
fn the_shipment_service_is_all_stubs() {
    let plan = plan(&proto(), &[SHIPMENT]).expect("nothing to refuse");
    assert_eq!(plan.services[0].stubs().count(), 4);
    assert!(plan.resources.is_empty());
}

#[test]
fn standard_methods_are_known_by_their_shape() {
    let found = bodies(
        "syntax = \"proto3\";
         package notes.v1;
         import \"google/protobuf/empty.proto\";
         import \"google/protobuf/field_mask.proto\";
         service Notes {
           rpc GetNote(GetNoteRequest) returns (Note);
           rpc CreateNote(CreateNoteRequest) returns (Note);
           rpc UpdateNote(UpdateNoteRequest) returns (Note);
           rpc DeleteNote(DeleteNoteRequest) returns (google.protobuf.Empty);
           rpc ListNotes(ListNotesRequest) returns (ListNotesResponse);
           rpc ListAllNotes(ListNotesRequest) returns (Note);
           rpc GetWeather(GetNoteRequest) returns (google.protobuf.Empty);
           rpc Archive(Note) returns (Note);
         }
         message Note { string name = 1; string text = 2; }
         message GetNoteRequest { string name = 1; }
         message CreateNoteRequest { Note note = 1; string note_id = 2; }
         message UpdateNoteRequest { Note note = 1; google.protobuf.FieldMask update_mask = 2; }
         message DeleteNoteRequest { string name = 1; }
         message ListNotesRequest { int32 page_size = 1; string page_token = 2; }
         message ListNotesResponse { repeated Note notes = 1; string next_page_token = 2; }",
    );
    let expected = [
        ("Archive", "stub"),
        ("CreateNote", "create"),
        ("DeleteNote", "delete"),
        ("GetNote", "get"),
        ("GetWeather", "stub"),
        ("ListAllNotes", "stub"),
        ("ListNotes", "list"),
        ("UpdateNote", "update"),
    ];
    assert_eq!(
        found,
        expected.map(|(name, kind)| (name.to_owned(), kind)).into()
    );
}

/// Each contract, and what the refusal must say; none where there is nothing to refuse.
#[test]
fn what_would_not_compile_is_refused_with_the_place_and_the_remedy() {
    const HEAD: &str = "syntax = \"proto3\"; package a;";
    const M: &str = "message M { string id = 1; }";
    let cases = [
        (
            "service S { rpc Get(M) returns (M); rpc get(M) returns (M); }",
            Some("both `get`"),
        ),
        (
            "service S { rpc New(M) returns (M); }",
            Some("every client of tonic"),
        ),
        ("service S { rpc Connect(M) returns (M); }", None),
        (
            "service S { rpc Self(M) returns (M); rpc Type(M) returns (M); }",
            None,
        ),
        (
            "service T { rpc Get(M) returns (M); }",
            Some("every server of tonic uses"),
        ),
        (
            "service S { rpc Get(google.protobuf.StringValue) returns (google.protobuf.BoolValue); }",
            None,
        ),
        (
            "service Context { rpc Get(M) returns (M); }",
            Some("every server of tonic uses"),
        ),
        (
            "service GetSvc { rpc Get(M) returns (M); }",
            Some("a type `GetSvc` for rpc `Get`"),
        ),
        (
            "service S { rpc G(M) returns (M); } message N { oneof kind { string k = 1; } message Kind {} }",
            None,
        ),
        (
            "service S { rpc G(M) returns (M); } message N { oneof kind { string k = 1; } message Kind {} enum Kind_OneOf { X = 0; } }",
            Some("both `a::n::KindOneOf`"),
        ),
        (
            "service S { rpc G(M) returns (M); } message N { int32 _ = 1; }",
            Some("no name in Rust"),
        ),
        (
            "service S { rpc Get(google.protobuf.Timestamp) returns (M); }",
            None,
        ),
        (
            "service S { rpc G(M) returns (M); } message FooBar {} message Foo_bar {}",
            Some("both `a::FooBar`"),
        ),
        (
            "service S { rpc G(M) returns (M); } message SClient { message X {} }",
            Some("both `a::s_client`"),
        ),
        (
            "service S { rpc G(M) returns (M); } message Option {} message Status {} message Result { Option o = 1; }",
            None,
        ),
    ];
    for (text, expected) in cases {
        let text = format!(
            "{HEAD} import \"google/protobuf/wrappers.proto\"; import \"google/protobuf/timestamp.proto\"; {text} {M}"
        );
        let files = Files::with([("a.proto", text.as_str())]);
        let problems = Plan::new(
            &schema(&files.path("."), &["a.proto"]),
            answers(Features::minimal(), Store::Memory),
        )
        .err()
        .unwrap_or_default();
        match expected {
            None => assert!(problems.is_empty(), "{text}: {problems:?}"),
            Some(expected) => {
                let found = problems
                    .iter()
                    .find(|problem| problem.message.contains(expected));
                let problem = found.unwrap_or_else(|| panic!("{text}: {problems:?}"));
                assert!(problem.location.is_some() && problem.help.is_some());
            }
        }
    }
}

#[test]
fn modules_are_neither_each_others_nor_ours() {
    const RPC: &str = "{ rpc GetMod(Ask) returns (Mod); } message Ask { string name = 1; } \
                       message Mod { string name = 1; }";
    let file = |package: &str, service: &str| {
        format!("syntax = \"proto3\"; package {package}; service {service} {RPC}")
    };
    let texts = [
        ("a.proto", file("a", "Health")),
        ("b.proto", file("b", "Health")),
        ("c.proto", file("c", "Mod_")),
        ("d.proto", file("d", "Users")),
    ];
    let files = Files::with(texts.each_ref().map(|(path, text)| (*path, text.as_str())));
    let paths = texts.each_ref().map(|(path, _)| *path);
    let plan = plan(&files.path("."), &paths).expect("nothing to refuse");
    let of_services = plan.services.iter().map(|it| it.module.as_str());
    let of_services: Vec<_> = of_services.collect();
    assert_eq!(of_services, ["a_health", "b_health", "c_mod", "users"]);
    let of_resources = plan.resources.iter().map(|it| it.module.as_str());
    let of_resources: Vec<_> = of_resources.collect();
    assert_eq!(of_resources, ["mod_resource", "b_mod", "c_mod", "d_mod"]);
}

#[test]
fn what_the_crate_serves_anyway_is_served_once() {
    const HEALTH: &str = "syntax = \"proto3\"; package grpc.health.v1; service Health { rpc Check(M) returns (M); } message M {}";
    const OTHER: &str =
        "syntax = \"proto3\"; package a; service S { rpc Get(M) returns (M); } message M {}";
    let files = Files::with([("health.proto", HEALTH), ("s.proto", OTHER)]);
    let root = files.path(".");
    let both = plan(&root, &["health.proto", "s.proto"]).expect("the other one is served");
    assert_eq!(both.services.len(), 1);
    let problems = plan(&root, &["health.proto"]).expect_err("nothing is left");
    assert!(problems[0].contains("by its part `health`"), "{problems:?}");
}

#[test]
fn what_is_deprecated_is_not_named() {
    let files = Files::with([(
        "a.proto",
        "syntax = \"proto3\"; package a; message A { string id = 1 [deprecated = true]; \
         string name = 2; string email = 3 [deprecated = true]; } \
         message G { string id = 1 [deprecated = true]; string name = 2; } \
         service S { rpc GetA(G) returns (A); }",
    )]);
    let plan = plan(&files.path("."), &["a.proto"]).expect("nothing to refuse");
    let resource = &plan.resources[0];
    assert_eq!(resource.key.name, "name");
    assert!(resource.unique.is_empty());
    let Body::Get { key, .. } = &plan.services[0].methods[0].body else {
        panic!("{:?}", plan.services[0].methods[0].body);
    };
    assert_eq!(key.name, "name");
}

#[test]
fn an_edition_is_said_in_the_words_of_proto3_or_proto2() {
    let lowered = |body: &str| {
        let text =
            format!("edition = \"2023\"; package a; service S {{ rpc G(M) returns (M); }} {body}");
        let files = Files::with([("a.proto", text.as_str())]);
        let plan = plan(&files.path("."), &["a.proto"])?;
        let (_, text) = plan.lowered.into_iter().next().expect("it has an edition");
        let (head, body) = text.split_once("(M); }").expect("the service");
        Ok::<_, Vec<String>>(format!(
            "{} {}",
            head.split('"').nth(1).unwrap_or_default(),
            body.trim()
        ))
    };
    let cases = [
        (
            "message M { string a = 1; }",
            "proto3 message M { optional string a = 1; }",
        ),
        (
            "message M { string a = 1 [features.field_presence = IMPLICIT, deprecated = true]; }",
            "proto3 message M { string a = 1 [deprecated = true]; }",
        ),
        (
            "message M { string a = 1 [features.field_presence = LEGACY_REQUIRED]; repeated int32 b = 2; }",
            "proto2 message M { required string a = 1 ; repeated int32 b = 2 [packed = true]; }",
        ),
        (
            "message M { repeated int32 b = 2 [features.repeated_field_encoding = EXPANDED]; }",
            "proto3 message M { repeated int32 b = 2 [packed = false]; }",
        ),
        (
            "message M { reserved foo; M m = 1; }",
            "proto3 message M { reserved \"foo\"; M m = 1; }",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(lowered(body).as_deref(), Ok(expected), "{body}");
    }
    let both = "message M { string a = 1 [features.field_presence = IMPLICIT]; string b = 2 [features.field_presence = LEGACY_REQUIRED]; }";
    let problems = lowered(both).expect_err("neither syntax can say it");
    assert!(
        problems[0].contains("neither proto2 nor proto3 can say both"),
        "{problems:?}"
    );
}

/// Runs the program; its own directory is the contract's.
fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
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
fn scaffolded(path: &str, arguments: &[&str]) -> TempDir {
    scaffolded_as("example", path, arguments)
}

fn scaffolded_as(name: &str, path: &str, arguments: &[&str]) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    copy(&proto(), &directory.path().join("proto"));
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

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("readable");
    assert!(
        text.contains(from),
        "`{from}` is not in {}:\n{text}",
        path.display()
    );
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

fn paths(directory: &Path, prefix: &str, found: &mut Vec<String>) {
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

/// Builds crates and runs their tests with rustfmt, clippy and cargo, all in one target directory. It takes minutes, so
/// `.ci/run` asks for it in a step of its own.
#[test]
#[ignore = "builds whole crates; run it with `cargo test --test it -- --ignored`, as CI does"]
fn the_crates_compile_without_a_warning_and_pass_their_tests() {
    let target = std::env::var_os("SCAFFOLD_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("scaffold"),
        PathBuf::from,
    );
    let users = "users/v1/users.proto";
    let cases: &[(&str, &[&str])] = &[
        (users, &["--with", "production", "--store", "sqlite"]),
        (users, &["--with", "production", "--store", "postgres"]),
        (users, &["--with", "minimal", "--store", "memory"]),
        (users, &["--with", "minimal", "--store", "none"]),
        (SHIPMENT, &["--with", "production", "--store", "sqlite"]),
    ];
    for (number, (path, arguments)) in cases.iter().enumerate() {
        // Crates of the same name would take each other's build output for their own.
        let name = format!("example{number}");
        let directory = scaffolded_as(&name, path, arguments);
        let made = directory.path().join(&name);
        for command in [
            &["fmt", "--check"][..],
            &["clippy", "--all-targets", "--", "-D", "warnings"],
            &["test"],
        ] {
            if command[0] == "test" && arguments.contains(&"sqlite") && *path == users {
                // Tests that know this service, in place of those that were rendered for it.
                let text = include_str!("../../fixtures/scaffold/user_service.rs");
                let text = text
                    .replace("users::", &format!("{name}::"))
                    .replace(&format!("pb::{name}::"), "pb::users::");
                let rest = include_str!("../../fixtures/scaffold/user_rest.rs");
                fs::write(made.join("tests/it/user_rest.rs"), rest).expect("written");
                fs::write(
                    made.join("tests/it/user_service.rs"),
                    text + "\n#[path = \"user_rest.rs\"]\nmod rest;\n",
                )
                .expect("written");
            }
            let output = Command::new(env!("CARGO"))
                .current_dir(&made)
                .env("CARGO_TARGET_DIR", &target)
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .env("CARGO_INCREMENTAL", "0")
                .args(command)
                .output()
                .expect("cargo runs");
            assert!(
                output.status.success(),
                "{path} {arguments:?}: cargo {command:?}\n{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
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
        if *path == users && arguments.contains(&"sqlite") {
            use_with_python(&target.join("debug").join(&name));
        }
    }
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

/// Random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}

/// A contract whose rpcs are those with their bit set; `renamed` gives requests other names.
fn contract(rpcs: u32, renamed: bool) -> String {
    let request = if renamed { "Request" } else { "Ask" };
    let rpc = |number: u32| {
        let (one, other) = if number.is_multiple_of(3) {
            ("stream ", "")
        } else {
            ("", "stream ")
        };
        format!("  rpc Rpc{number}({one}{request}) returns ({other}Answer);\n")
    };
    let rpcs: String = (0..8)
        .filter(|number| rpcs >> number & 1 == 1)
        .map(rpc)
        .collect();
    format!(
        "syntax = \"proto3\";\npackage a.v1;\nservice Service {{\n{rpcs}}}\nmessage {request} {{}}\nmessage Answer {{}}\n"
    )
}

#[test]
fn whatever_changes_on_both_sides_no_line_of_the_user_is_lost() {
    use protogov::scaffold::lock::{Contract, Lock};
    use protogov::scaffold::{Changes, Outcome, render};

    let rendered = |text: &str| {
        let files = Files::with([("a.proto", text)]);
        let plan = Plan::new(
            &schema(&files.path("."), &["a.proto"]),
            answers(Features::minimal(), Store::None),
        )
        .expect("nothing to refuse");
        render(&plan).expect("the templates fit the plan")
    };
    let mut random = Random(1);
    let mut conflicts = 0;
    for round in 0..60 {
        let directory = tempfile::tempdir().expect("a directory");
        let lock = || Lock {
            answers: answers(Features::minimal(), Store::None),
            contract: Contract::default(),
            files: BTreeMap::new(),
        };
        let rpcs = u32::try_from(random.below(255) + 1).expect("8 bits");
        let first = Changes::new(
            directory.path(),
            &rendered(&contract(rpcs, false)),
            None,
            lock(),
        );
        let first = first.expect("the directory is empty");
        first.write().expect("written");

        // The user replaces the bodies of some rpcs, and adds lines anywhere.
        let handler = directory.path().join("src/services/service.rs");
        let mut lines: Vec<String> = fs::read_to_string(&handler)
            .expect("readable")
            .lines()
            .map(str::to_owned)
            .collect();
        let mut written = Vec::new();
        for number in 0..=random.below(12) {
            let line = format!("        // what the user wrote, {number}");
            let stubs: Vec<usize> = (0..lines.len())
                .filter(|&at| lines[at].contains("is not written yet"))
                .collect();
            if !stubs.is_empty() && random.below(2) == 0 {
                let at = stubs[random.below(stubs.len())];
                lines[at].clone_from(&line);
            } else {
                let at = random.below(lines.len());
                lines.insert(at, line.clone());
            }
            written.push(line);
        }
        fs::write(&handler, lines.join("\n") + "\n").expect("written");

        let text = fs::read_to_string(directory.path().join("protogov.lock")).expect("readable");
        let before = Lock::parse(&text).expect("our own");
        let rpcs = u32::try_from(random.below(255) + 1).expect("8 bits");
        let news = rendered(&contract(rpcs, random.below(3) == 0));
        let second = Changes::new(directory.path(), &news, Some(&before), lock());
        let second = second.expect("nothing is refused");
        second.write().expect("written");
        let after = fs::read_to_string(&handler).expect("readable");
        for line in &written {
            assert!(
                after.contains(line.as_str()),
                "round {round} lost `{line}`:\n{after}"
            );
        }
        let of_handler = second
            .files
            .iter()
            .find(|file| file.path == "src/services/service.rs");
        let outcome = of_handler.expect("it is rendered").outcome;
        let has_conflict = matches!(outcome, Outcome::Conflict(_));
        conflicts += usize::from(has_conflict);
        if !has_conflict {
            for number in (0..8).filter(|number| rpcs >> number & 1 == 1) {
                let function = format!("async fn rpc{number}(");
                assert_eq!(
                    after.matches(&function).count(),
                    1,
                    "round {round}: `{function}` in\n{after}"
                );
            }
        }
    }
    assert!(
        (1..60).contains(&conflicts),
        "{conflicts} of 60 rounds had conflicts"
    );
}

#[test]
fn the_shipment_recipe_is_complete_and_formatted() {
    let answers = Recipe::Shipment.answers().expect("they are valid");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let paths: Vec<_> = Recipe::Shipment
        .contract()
        .iter()
        .map(|(path, _)| *path)
        .collect();
    let plan = Plan::new(&schema(&root, &paths), answers).expect("nothing is refused");
    let mut rendered = render(&plan).expect("the templates fit");
    let brought = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/shipment");
    layout::lay_out(&mut rendered);
    for file in rendered.iter().filter(|file| file.path.ends_with(".rs")) {
        if let Ok(text) = fs::read_to_string(brought.join(&file.path)) {
            assert_eq!(file.text, text, "`{}` is not formatted", file.path);
        }
    }
    let file = |path: &str| {
        rendered
            .iter()
            .find(|file| file.path == path)
            .map(|file| file.text.as_str())
    };
    // Every module that is named has a file, and every file is a module of something.
    let library = file("src/lib.rs").expect("a library");
    for module in library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
    {
        let found =
            file(&format!("src/{module}.rs")).or_else(|| file(&format!("src/{module}/mod.rs")));
        assert!(found.is_some(), "`{module}` has no file");
    }
    let tests = file("tests/it/main.rs").expect("tests");
    for path in rendered
        .iter()
        .filter_map(|file| file.path.strip_prefix("tests/it/"))
    {
        let module = path.trim_end_matches(".rs");
        assert!(
            module == "main" || tests.contains(&format!("mod {module};")),
            "`{path}` is not compiled"
        );
    }
}
