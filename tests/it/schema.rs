//! Linking: names, imports, and views.

use std::sync::Arc;

use protogov::schema::{Cardinality, FieldKind, Input, Role, Schema};
use protogov::sources::well_known;
use protogov::syntax::File;
use protogov::text::Source;

/// Links files given as name and text.
pub fn link(files: &[(&str, &str)]) -> Schema {
    let input = |name: &str, text: &str, role| {
        Input::new(
            Arc::new(File::parse(Arc::new(
                Source::new(name, name, text.as_bytes().to_vec()).expect("small enough"),
            ))),
            role,
        )
    };
    let mut inputs: Vec<Input> = files
        .iter()
        .map(|(name, text)| input(name, text, Role::Target))
        .collect();
    inputs.extend(
        well_known::FILES
            .iter()
            .map(|(name, text)| input(name, text, Role::Builtin)),
    );
    Schema::link(inputs)
}

pub fn messages(schema: &Schema) -> Vec<String> {
    schema.errors().map(|error| error.message.clone()).collect()
}

#[test]
fn the_first_part_of_a_name_binds() {
    let schema = link(&[(
        "a.proto",
        "syntax = \"proto3\"; package a; message Foo { message Bar {} }
         message Baz { message Foo {} Foo.Bar x = 1; .a.Foo.Bar y = 2; Foo z = 3; }",
    )]);
    assert_eq!(
        messages(&schema),
        ["`Foo.Bar` is read as `a.Baz.Foo.Bar`, which is not defined"]
    );
    let message = schema.message("a.Baz").expect("defined");
    let kinds: Vec<_> = message.fields().map(|field| field.kind()).collect();
    assert_eq!(kinds[0], FieldKind::Unknown);
    assert!(matches!(kinds[1], FieldKind::Message(m) if m.full_name() == "a.Foo.Bar"));
    assert!(matches!(kinds[2], FieldKind::Message(m) if m.full_name() == "a.Baz.Foo"));
}

#[test]
fn public_imports_are_seen_through_and_others_are_not() {
    let schema = link(&[
        (
            "a.proto",
            "syntax = \"proto3\"; import \"b.proto\"; message A { B b = 1; C c = 2; D d = 3; }",
        ),
        (
            "b.proto",
            "syntax = \"proto3\"; import public \"c.proto\"; import \"d.proto\"; message B { D d = 1; }",
        ),
        ("c.proto", "syntax = \"proto3\"; message C {}"),
        ("d.proto", "syntax = \"proto3\"; message D {}"),
    ]);
    assert_eq!(
        messages(&schema),
        ["`D` is defined in `d.proto`, which this file does not import"]
    );
}

/// To look at all files found so far for each file found would take minutes.
#[test]
fn a_long_chain_of_public_imports_is_followed_to_its_end() {
    const LENGTH: usize = 1500;
    let names: Vec<String> = (0..=LENGTH).map(|at| format!("f{at}.proto")).collect();
    let texts: Vec<String> = (0..=LENGTH)
        .map(|at| match names.get(at + 1) {
            Some(next) => {
                format!("syntax = \"proto3\"; import public \"{next}\"; message M{at} {{}}")
            }
            None => format!("syntax = \"proto3\"; message M{at} {{}}"),
        })
        .collect();
    let user =
        format!("syntax = \"proto3\"; import \"f0.proto\"; message User {{ M{LENGTH} last = 1; }}");
    let chain = names.iter().zip(&texts);
    let mut files: Vec<(&str, &str)> = chain
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    files.push(("user.proto", &user));
    let schema = link(&files);
    assert_eq!(schema.errors().count(), 0);
    let seen = schema
        .file_named("user.proto")
        .map(|file| file.imports().visible().len());
    assert_eq!(seen, Some(LENGTH + 2));
}

#[test]
fn circles_missing_files_and_doubles_are_told_together() {
    let schema = link(&[
        (
            "a.proto",
            "syntax = \"proto3\"; import \"b.proto\"; import \"nowhere.proto\"; message A { Lost l = 1; }",
        ),
        (
            "b.proto",
            "syntax = \"proto3\"; import \"a.proto\"; message A {}",
        ),
    ]);
    assert_eq!(
        messages(&schema),
        [
            "imported file `nowhere.proto` was not found",
            "this import closes a circle: `a.proto` → `b.proto` → `a.proto`",
            "this import closes a circle: `a.proto` → `b.proto` → `a.proto`",
            "message `A` is defined twice",
        ]
    );
}

#[test]
fn views_mirror_what_was_written() {
    let schema = link(&[(
        "a.proto",
        "syntax = \"proto2\"; package p.v1;
         message M {
           optional int32 a = 1; repeated group G = 2 { required string s = 1; }
           oneof o { string t = 3; E e = 4; } map<string, M> m = 5;
           enum E { X = 0; Y = -1; } message N {} extensions 100 to max;
         }
         extend M { optional M.E ext = 100; }
         service S { rpc R(M) returns (stream M.N); }",
    )]);
    assert_eq!(messages(&schema), [""; 0]);
    let message = schema.message("p.v1.M").expect("defined");
    let fields: Vec<_> = message
        .fields()
        .map(|field| {
            (
                field.name().into_owned(),
                field.number(),
                field.cardinality(),
            )
        })
        .collect();
    let field = |name: &str, number, cardinality| (name.to_owned(), Some(number), cardinality);
    assert_eq!(
        fields,
        [
            field("a", 1, Cardinality::Explicit),
            field("g", 2, Cardinality::Repeated),
            field("t", 3, Cardinality::Explicit),
            field("e", 4, Cardinality::Explicit),
            field("m", 5, Cardinality::Map),
        ]
    );
    let nested: Vec<_> = message
        .messages()
        .map(|nested| nested.full_name())
        .collect();
    assert_eq!(nested, ["p.v1.M.G", "p.v1.M.N"]);
    let file = schema.file_named("a.proto").expect("there");
    let extension = file.all_extensions().next().expect("there");
    assert_eq!(extension.full_name(), "p.v1.ext");
    assert_eq!(extension.containing_message(), Some(message));
    let method = file
        .services()
        .next()
        .and_then(|s| s.methods().next())
        .expect("there");
    assert_eq!(method.full_name(), "p.v1.S.R");
    assert!(method.is_server_streaming() && !method.is_client_streaming());
    assert!(
        schema.symbol("p.v1.M.Y").is_some(),
        "values are siblings of their enum"
    );
}

#[test]
fn extensions_that_share_a_number_over_files_are_warned_of() {
    let base = (
        "base.proto",
        "syntax = \"proto2\"; message M { extensions 1 to 9; }",
    );
    let extension = |name: &str, number: u8| {
        format!(
            "syntax = \"proto2\"; import \"base.proto\"; extend M {{ optional int32 {name} = {number}; }}"
        )
    };
    let (a, b, c) = (extension("a", 1), extension("b", 1), extension("c", 2));
    let schema = link(&[base, ("a.proto", &a), ("b.proto", &b), ("c.proto", &c)]);
    assert_eq!(messages(&schema), [""; 0]);
    let warnings: Vec<_> = schema.warnings().map(|warning| &warning.message).collect();
    assert_eq!(
        warnings,
        ["extensions `a` and `b` of `M` have the number 1"]
    );
}
