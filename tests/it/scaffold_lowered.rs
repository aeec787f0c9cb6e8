//! Contracts in an edition, said without one.

use protogov::scaffold::lowered::Amendments;

use crate::files::Files;
use crate::scaffold_plan::plan;

/// What a file in an edition is lowered to: its syntax, what follows the service, and what is amended.
fn lowered(body: &str) -> Result<(String, Amendments), Vec<String>> {
    let text =
        format!("edition = \"2023\"; package a; service S {{ rpc G(M) returns (M); }} {body}");
    let files = Files::with([("a.proto", text.as_str())]);
    let lowered = plan(&files.path("."), &["a.proto"])?.lowered;
    let (_, text) = lowered.texts.first().expect("it has an edition");
    let (head, body) = text.split_once("(M); }").expect("the service");
    let syntax = head.split('"').nth(1).unwrap_or_default();
    Ok((format!("{syntax} {}", body.trim()), lowered.amendments))
}

#[test]
fn an_edition_is_said_in_the_words_of_proto3_or_proto2() {
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
        let (text, amendments) = lowered(body).expect("it can be said");
        assert_eq!(text, expected, "{body}");
        assert!(amendments.is_empty(), "{body}: {amendments:?}");
    }
}

#[test]
fn what_no_syntax_says_of_a_field_is_amended() {
    let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let (text, amendments) = lowered(
        "message M { M m = 1 [features.message_encoding = DELIMITED]; repeated M n = 2; \
         oneof o { M p = 3 [features.message_encoding = DELIMITED]; } }",
    )
    .expect("it can be said");
    assert_eq!(
        text,
        "proto3 message M { optional M m = 1 ; repeated M n = 2; oneof o { M p = 3 ; } }"
    );
    assert_eq!(amendments.delimited, names(&["a.M.m", "a.M.p"]));

    let (text, amendments) = lowered(
        "message M { string a = 1 [features.field_presence = IMPLICIT]; \
         N n = 2 [features.field_presence = LEGACY_REQUIRED]; } \
         message N { string b = 1 [features.field_presence = LEGACY_REQUIRED]; \
         bytes c = 2 [default = \"\\001x\"]; }",
    )
    .expect("it can be said");
    assert_eq!(
        text,
        "proto3 message M { string a = 1 ; N n = 2 ; } message N { string b = 1 ; optional bytes c = 2 ; }"
    );
    assert_eq!(amendments.required, names(&["a.M.n", "a.N.b"]));
    let default = ("a.N.c".to_owned(), "\\001x".to_owned());
    assert_eq!(amendments.defaults, [default]);
}

#[test]
fn what_cannot_be_said_without_an_edition_is_refused() {
    for (more, what) in [
        (
            "enum E { option features.enum_type = CLOSED; A = 1; }",
            "enum `a.E` does not begin with zero",
        ),
        (
            "message N { extensions 100 to 199; }",
            "message `a.N` can be extended",
        ),
    ] {
        let body =
            format!("message M {{ string a = 1 [features.field_presence = IMPLICIT]; }} {more}");
        let problems = lowered(&body).expect_err("neither syntax can say it");
        let expected = format!(
            "{what} and field `a.M.a` has no presence: neither proto2 nor proto3 can say both in one file"
        );
        assert_eq!(problems, [expected], "{body}");
    }
}

#[test]
fn only_files_that_declare_features_are_not_imported() {
    let files = Files::with([
        (
            "a.proto",
            "edition = \"2023\"; package a; import \"user_features.proto\"; import \"our_features.proto\"; \
             service S { rpc G(Feature) returns (Feature); }",
        ),
        (
            "user_features.proto",
            "syntax = \"proto3\"; package a; message Feature {}",
        ),
        (
            "our_features.proto",
            "syntax = \"proto2\"; package a; import \"google/protobuf/descriptor.proto\"; message Ours {} \
             extend google.protobuf.FeatureSet { optional Ours ours = 9995; }",
        ),
    ]);
    let plan = plan(&files.path("."), &["a.proto"]).expect("nothing to refuse");
    let (_, text) = plan.lowered.texts.first().expect("it has an edition");
    assert!(
        text.contains("user_features.proto") && !text.contains("our_features.proto"),
        "{text}"
    );
}
