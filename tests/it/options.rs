//! Options as they are read, and the bytes that protoc 35.1 writes for them.

use protogov::descriptor::{self, Set};
use protogov::schema::features::{EnumType, FieldPresence, MessageEncoding, RepeatedFieldEncoding};
use protogov::schema::options::{DefaultValue, OptionValue, Options, Value};
use protogov::schema::{FieldKind, Schema};

use crate::schema::{link, messages};

fn encoded(options: Options<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    options.encode(&mut out);
    out
}

/// Links one file, which has to be right.
fn linked(text: &str) -> Schema {
    let schema = link(&[("a.proto", text)]);
    assert_eq!(messages(&schema), [""; 0]);
    schema
}

const CUSTOM: &str = r#"
    edition = "2023";
    import "google/protobuf/descriptor.proto";
    message T {
      int32 a = 5; int32 b = 2; repeated int32 c = 3; T t = 1;
      map<string, int32> m = 7; map<int32, T> mm = 8;
      T g = 9 [features.message_encoding = DELIMITED];
      repeated int32 ex = 10 [features.repeated_field_encoding = EXPANDED];
      extensions 100 to 200;
    }
    extend T { string e1 = 150; string e2 = 120; }
    extend google.protobuf.FileOptions {
      T o = 50001; repeated T r = 50002; int32 i = 50000;
      T gr = 50003 [features.message_encoding = DELIMITED]; repeated int32 p = 50004;
    }
"#;

#[test]
fn custom_options_stay_in_order_and_built_in_ones_come_first() {
    let schema = linked(&format!(
        "{CUSTOM}
         option (o).t.a = 1;
         option (o).b = 2;
         option (r) = {{ a: 1 b: 2 }};
         option go_package = \"x\";
         option (i) = 3;
         option java_package = \"y\";
         option (r) = {{ b: 1, a: 2 c: 5 ex: [1, 2] c: [1, 2] g {{ a: 1 }} }};
         option deprecated = true;"
    ));
    let file = schema.file_named("a.proto").expect("linked");
    let mut expected = Vec::new();
    for record in [
        &b"\x0a\x01y"[..],
        b"\x5a\x01x",
        b"\xb8\x01\x01",
        b"\x8a\xb5\x18\x04\x0a\x02\x28\x01",
        b"\x8a\xb5\x18\x02\x10\x02",
        b"\x92\xb5\x18\x04\x10\x02\x28\x01",
        b"\x80\xb5\x18\x03",
        b"\x92\xb5\x18\x11\x10\x01\x1a\x03\x05\x01\x02\x28\x02\x4b\x28\x01\x4c\x50\x01\x50\x02",
    ] {
        expected.extend_from_slice(record);
    }
    assert_eq!(encoded(file.options()), expected);
    let paths: Vec<_> = file.options().all().map(|set| set.path()).collect();
    assert_eq!(
        paths,
        [
            &[50001, 1, 5][..],
            &[50001, 2],
            &[50002, 0],
            &[11],
            &[50000],
            &[1],
            &[50002, 1],
            &[23],
        ]
    );
}

#[test]
fn groups_maps_and_packed_values_are_written_as_by_protoc() {
    let schema = linked(&format!(
        "{CUSTOM}
         option (gr).a = 1;
         option (gr).g.a = 2;
         option (p) = 3;
         option (p) = 4;
         option (o) = {{
           m {{ value: 3 key: \"b\" }} m {{ key: \"a\" value: 1 }} m {{ key: \"b\" value: 4 }}
           mm: [{{ key: 3 }}, {{ value {{ a: 1 }} }}] [e1]: \"1\" [e2]: \"2\"
         }};"
    ));
    let file = schema.file_named("a.proto").expect("linked");
    let mut expected = Vec::new();
    for record in [
        &b"\x9b\xb5\x18\x28\x01\x9c\xb5\x18"[..],
        b"\x9b\xb5\x18\x4b\x28\x02\x4c\x9c\xb5\x18",
        b"\xa0\xb5\x18\x03",
        b"\xa0\xb5\x18\x04",
        b"\x8a\xb5\x18\x2b:\x05\x0a\x01b\x10\x03:\x05\x0a\x01a\x10\x01:\x05\x0a\x01b\x10\x04",
        b"B\x04\x08\x03\x12\x00B\x06\x08\x00\x12\x02(\x01\xc2\x07\x012\xb2\x09\x011",
    ] {
        expected.extend_from_slice(record);
    }
    assert_eq!(encoded(file.options()), expected);
}

#[test]
fn several_settings_of_one_known_message_become_one() {
    let schema = linked(
        r#"edition = "2023";
        import "google/protobuf/java_features.proto";
        import "google/protobuf/cpp_features.proto";
        option features.(pb.java).utf8_validation = VERIFY;
        option features.(pb.cpp).string_type = STRING;
        option features.(pb.java).legacy_closed_enum = true;
        option features.enum_type = CLOSED;
        option features.field_presence = EXPLICIT;"#,
    );
    let warnings: Vec<_> = schema.warnings().map(|warning| &warning.message).collect();
    assert_eq!(
        warnings,
        ["`pb.JavaFeatures.legacy_closed_enum` is deprecated since edition 2023"]
    );
    let file = schema.file_named("a.proto").expect("linked");
    assert_eq!(
        encoded(file.options()),
        b"\x92\x03\x10\x08\x01\x10\x02\xc2\x3e\x02\x10\x03\xca\x3e\x04\x08\x01\x10\x02"
    );
}

#[test]
fn options_are_read_with_their_types_and_places() {
    let text = r#"syntax = "proto3";
        package acme;
        import "google/protobuf/descriptor.proto";
        message Rule { string get = 1; repeated Rule more = 2; repeated Kind kinds = 3; }
        enum Kind { NONE = 0; REQUIRED = 1; }
        extend google.protobuf.MethodOptions { Rule http = 72295728; }
        extend google.protobuf.FieldOptions { repeated Kind behavior = 1052; }
        option go_package = "example.com/acme";
        option optimize_for = CODE_SIZE;
        message M { string a = 1 [deprecated = true, (behavior) = REQUIRED, (acme.behavior) = NONE]; }
        service S {
          rpc R(M) returns (M) {
            option (acme.http) = { get: "/v1/{a}" more { kinds: [NONE, REQUIRED] } };
            option (http).more = { get: "b" };
            option idempotency_level = NO_SIDE_EFFECTS;
          }
        }"#;
    let schema = linked(text);
    let file = schema.file_named("a.proto").expect("linked");
    let options = file.options();
    assert_eq!(options.string(11).as_deref(), Some("example.com/acme"));
    assert_eq!(options.enum_name(9), Some("CODE_SIZE"));
    let set = options.get(11).expect("set");
    assert_eq!(
        file.source().slice(set.value_span()),
        "\"example.com/acme\""
    );
    assert_eq!(
        file.source().slice(set.span()),
        "option go_package = \"example.com/acme\";"
    );
    let field = schema
        .message("acme.M")
        .and_then(|message| message.field_named("a"))
        .expect("declared");
    assert_eq!(field.options().boolean(3), Some(true));
    let behavior = field.options().custom("acme.behavior");
    let names: Vec<_> = behavior.iter().map(OptionValue::as_enum_name).collect();
    assert_eq!(names, [Some("REQUIRED"), Some("NONE")]);
    assert!(field.options().custom("acme.http").is_empty());

    let method = file
        .services()
        .next()
        .and_then(|service| service.methods().next())
        .expect("declared");
    assert_eq!(method.options().enum_name(34), Some("NO_SIDE_EFFECTS"));
    let http = method.options().custom("acme.http");
    let rule = http[0].as_message().expect("a message");
    assert_eq!(
        rule.get("get").as_ref().and_then(OptionValue::as_str),
        Some("/v1/{a}")
    );
    let more = rule.all("more");
    assert_eq!(more.len(), 2, "both settings count");
    let first = more[0].as_message().expect("a message");
    assert_eq!(first.all("kinds").len(), 2, "packed values are read");
    assert_eq!(rule.fields().len(), 2);
}

#[test]
fn defaults_and_json_names_are_parts_of_the_field() {
    let schema = linked(
        r#"syntax = "proto2";
        message M {
          optional float f = 1 [default = 1e10];
          optional bytes b = 2 [default = "\x01a", json_name = "bee"];
          optional E e = 3 [default = Y];
          optional sint32 some_number = 4 [default = -0x10, deprecated = true];
          enum E { X = 0; Y = 5; }
        }"#,
    );
    let message = schema.message("M").expect("declared");
    let shown: Vec<_> = message
        .fields()
        .map(|field| {
            let default = field.default_value().expect("set").to_descriptor();
            (
                String::from_utf8(default).expect("ASCII"),
                field.json_name(),
            )
        })
        .collect();
    let pair = |default: &str, name: &str| (default.to_owned(), name.to_owned());
    assert_eq!(
        shown,
        [
            pair("1e+10", "f"),
            pair("\\001a", "bee"),
            pair("Y", "e"),
            pair("-16", "someNumber"),
        ]
    );
    let number = message.field_named("some_number").expect("declared");
    assert_eq!(
        number.default_value(),
        Some(DefaultValue::Scalar(Value::Signed(-16)))
    );
    assert_eq!(encoded(number.options()), b"\x18\x01");
    let float = message.field_named("f").expect("declared");
    assert!(float.options().is_empty());
}

#[test]
fn features_go_down_from_file_to_field() {
    let schema = linked(
        r#"edition = "2023";
        option features.field_presence = IMPLICIT;
        option features = { enum_type: CLOSED };
        message M {
          int32 a = 1;
          int32 b = 2 [features.field_presence = EXPLICIT];
          repeated int32 c = 3 [features.repeated_field_encoding = EXPANDED];
          M d = 4 [features.message_encoding = DELIMITED];
          enum E { option features.enum_type = OPEN; Z = 0; }
        }
        enum F { Y = 1; }"#
            .replace(
                "option features = { enum_type: CLOSED };",
                "option features.enum_type = CLOSED;",
            )
            .as_str(),
    );
    let message = schema.message("M").expect("declared");
    let field = |name| message.field_named(name).expect("declared");
    assert_eq!(
        field("a").features().field_presence,
        FieldPresence::Implicit
    );
    assert_eq!(
        field("b").features().field_presence,
        FieldPresence::Explicit
    );
    assert_eq!(
        field("c").features().repeated_field_encoding,
        RepeatedFieldEncoding::Expanded
    );
    assert!(!field("c").is_packed());
    assert!(matches!(field("d").kind(), FieldKind::Delimited(_)));
    let file = message.file();
    let types: Vec<_> = file
        .all_enums()
        .map(|node| node.features().enum_type)
        .collect();
    assert_eq!(types, [EnumType::Open, EnumType::Closed]);
    assert_eq!(
        message.features().message_encoding,
        MessageEncoding::LengthPrefixed
    );
}

#[test]
fn labels_say_the_same_in_the_language_of_features() {
    let schema = linked(
        r#"syntax = "proto2";
        message M {
          required int32 a = 1;
          repeated int32 b = 2 [packed = true];
          repeated int32 c = 3;
          optional group G = 4 {}
        }"#,
    );
    let message = schema.message("M").expect("declared");
    let fields: Vec<_> = message.fields().map(|field| field.features()).collect();
    assert_eq!(fields[0].field_presence, FieldPresence::LegacyRequired);
    assert_eq!(
        fields[1].repeated_field_encoding,
        RepeatedFieldEncoding::Packed
    );
    assert_eq!(
        fields[2].repeated_field_encoding,
        RepeatedFieldEncoding::Expanded
    );
    assert_eq!(fields[3].message_encoding, MessageEncoding::Delimited);
}

#[test]
fn the_built_in_descriptor_is_not_seen() {
    let schema = linked("syntax = \"proto3\"; option deprecated = true;");
    assert_eq!(schema.files().len(), 1);
    assert!(schema.message("google.protobuf.FileOptions").is_none());
    assert!(
        schema
            .file_named("google/protobuf/descriptor.proto")
            .is_none()
    );

    let schema = link(&[(
        "a.proto",
        "syntax = \"proto2\"; package google.protobuf; message Any {}
         message M { optional FileOptions o = 1; }",
    )]);
    assert_eq!(
        messages(&schema),
        [
            "`FileOptions` is defined in `google/protobuf/descriptor.proto`, which this file does not import"
        ]
    );
    assert!(schema.message("google.protobuf.Any").is_some());
}

#[test]
fn an_import_is_used_by_what_it_brings() {
    let files = [
        ("a.proto", "syntax = \"proto3\"; package a; message A {}"),
        ("pub.proto", "syntax = \"proto3\"; import public \"a.proto\";"),
        ("pub2.proto", "syntax = \"proto3\"; import public \"a.proto\"; message P {}"),
        ("through.proto", "syntax = \"proto3\"; import \"pub.proto\"; message T { a.A a = 1; }"),
        ("both.proto", "syntax = \"proto3\"; import \"pub.proto\"; import \"a.proto\"; message B { a.A a = 1; }"),
        ("two.proto", "syntax = \"proto3\"; import \"pub2.proto\"; import \"pub.proto\"; message W { a.A a = 1; }"),
        ("none.proto", "syntax = \"proto3\"; import \"pub2.proto\"; import public \"a.proto\";"),
        (
            "option.proto",
            "syntax = \"proto3\"; package o; import \"google/protobuf/descriptor.proto\"; import \"pub2.proto\";
             extend google.protobuf.FileOptions { string s = 50000; P p = 50001; }",
        ),
        ("user.proto", "syntax = \"proto3\"; import \"option.proto\"; import \"a.proto\"; option (o.s) = \"x\";"),
    ];
    let schema = link(&files);
    assert_eq!(messages(&schema), [""; 0]);
    let mut unused = Vec::new();
    for file in schema.targets() {
        for import in file.unused_imports() {
            let path = file.syntax().string_value(import.path);
            unused.push((file.path(), String::from_utf8_lossy(&path).into_owned()));
        }
    }
    let pair = |file, import: &str| (file, import.to_owned());
    assert_eq!(
        unused,
        [
            pair("both.proto", "pub.proto"),
            pair("two.proto", "pub.proto"),
            pair("none.proto", "pub2.proto"),
            pair("user.proto", "a.proto"),
        ]
    );
}

#[test]
fn deep_values_do_not_overflow_the_stack() {
    for (open, close) in [("t {", "}"), ("t <", ">"), ("t: [{", "}]")] {
        let deep = format!("{}{}", open.repeat(50_000), close.repeat(50_000));
        let schema = link(&[("a.proto", &format!("{CUSTOM} option (o) = {{ {deep} }};"))]);
        assert_eq!(
            messages(&schema),
            ["messages of an option's value nest more than 100 levels deep"]
        );
    }
    let name = ".t".repeat(50_000);
    let schema = link(&[("a.proto", &format!("{CUSTOM} option (o){name}.a = 1;"))]);
    assert_eq!(
        messages(&schema),
        ["the option's name has more than 100 parts"]
    );
}

#[test]
fn many_settings_of_one_element_take_no_longer_than_many_elements() {
    let mut text = CUSTOM.to_owned();
    for at in 0..50_000 {
        text.push_str(&format!("option (p) = {at};\n"));
    }
    let schema = linked(&text);
    let file = schema.file_named("a.proto").expect("linked");
    let last = file.options().all().last().expect("set");
    assert_eq!(last.path(), [50004, 49_999]);
}

/// Values of well-known types are written in JSON as the specification has it, for which python-protobuf was the referee.
#[test]
fn well_known_types_have_json_forms_of_their_own() {
    let schema = linked(
        r#"syntax = "proto3";
        import "google/protobuf/descriptor.proto";
        import "google/protobuf/duration.proto";
        import "google/protobuf/field_mask.proto";
        import "google/protobuf/struct.proto";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        message All {
          google.protobuf.Duration short = 1;
          google.protobuf.Duration back = 2;
          google.protobuf.Timestamp at = 3;
          google.protobuf.Timestamp before = 4;
          google.protobuf.Int64Value wide = 5;
          google.protobuf.StringValue none = 6;
          google.protobuf.FieldMask mask = 7;
          google.protobuf.Struct free = 8;
          map<string, int32> by_text = 9;
          map<bool, google.protobuf.Duration> by_truth = 10;
        }
        extend google.protobuf.FileOptions { All all = 50000; }
        option (all) = {
          short: { seconds: 17 nanos: 500000000 }
          back: { nanos: -1000 }
          at: { seconds: 1704067199 nanos: 1 }
          before: { seconds: -1 }
          wide: { value: -2 }
          none: {}
          mask: { paths: "first_name" paths: "home.zip_code" }
          free: { fields: [
            { key: "a" value: { list_value: { values: [{ number_value: 1 }, { null_value: NULL_VALUE }] } } },
            { key: "b" value: { struct_value: {} } }
          ] }
          by_text: { key: "a\"b" value: 1 }
          by_truth: { key: true value: { seconds: 1 } }
        };"#,
    );
    let file = schema.file_named("a.proto").expect("linked");
    let set = Set {
        schema: &schema,
        files: vec![file.id()],
        source_info: false,
    };
    let mut out = Vec::new();
    descriptor::write_json(&[set], &mut out).expect("memory can be written to");
    let set: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    assert_eq!(
        set["file"][0]["options"]["[all]"],
        serde_json::json!({
            "short": "17.500s",
            "back": "-0.000001s",
            "at": "2023-12-31T23:59:59.000000001Z",
            "before": "1969-12-31T23:59:59Z",
            "wide": "-2",
            "none": "",
            "mask": "firstName,home.zipCode",
            "free": {"a": [1.0, null], "b": {}},
            "byText": {"a\"b": 1},
            "byTruth": {"true": "1s"},
        })
    );
}
