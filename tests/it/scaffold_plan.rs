//! Contracts as plans: what is recognised, what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use protogov::scaffold::standard::Body;
use protogov::scaffold::{Answers, CrateName, Features, Plan, Recipe, Store, layout, render};
use protogov::schema::Schema;
use protogov::workspace::{ImportRoot, ParsedFiles, load, roots};

use crate::files::Files;
use crate::scaffold::{SHIPMENT, proto};

/// Links files below a root; they are free of errors.
pub(crate) fn schema(root: &Path, paths: &[&str]) -> Schema {
    let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    let roots = roots(&paths, &[ImportRoot::new(root)]).expect("all paths are there");
    let schema = Schema::link(load(&roots, &ParsedFiles::default()).inputs());
    let errors: Vec<_> = schema.errors().map(|error| error.message.clone()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    schema
}

pub(crate) fn answers(features: Features, store: Store) -> Answers {
    Answers {
        name: CrateName::new("example").expect("a name"),
        services: Vec::new(),
        features,
        store,
        workspace: false,
        recipe: None,
    }
}

pub(crate) fn plan(root: &Path, paths: &[&str]) -> Result<Plan, Vec<String>> {
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
fn a_service_without_rpcs_imports_nothing_for_them() {
    let files = Files::with([(
        "a.proto",
        "syntax = \"proto3\"; package a; service Nothing {}",
    )]);
    let plan = plan(&files.path("."), &["a.proto"]).expect("nothing to refuse");
    let files = render(&plan).expect("the templates fit");
    let handler = files.iter().find(|it| it.path == "src/services/nothing.rs");
    let text = &handler.expect("it is rendered").text;
    assert!(!text.contains("use tonic::"), "{text}");
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
fn the_shipment_recipe_is_complete_and_formatted() {
    let answers = Answers::ready_made(Recipe::Shipment).expect("they are valid");
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
