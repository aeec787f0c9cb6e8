//! The verdicts against what really happens to bytes: every shape of a field against every other.

use std::sync::Arc;

use protogov::compatibility::witness::{Direction, Survival, trials};
use protogov::compatibility::{Outcome, Shape, Structures, field_change};
use protogov::schema::diff::Pair;
use protogov::schema::{Input, Message, Role, Schema};
use protogov::syntax::File;
use protogov::text::Source;

const SHARED: &str = "
syntax = \"proto2\";
enum Closed { CLOSED_A = 0; CLOSED_B = 1; CLOSED_C = 5; }
message Sub { optional int32 a = 1; optional string b = 2; }
message Same { optional int32 a = 1; optional string b = 2; }
message Wide { optional int64 a = 1; optional string b = 2; }
message Swapped { optional sint32 a = 1; optional string b = 2; }
message Entry { optional string key = 1; optional int32 value = 2; }
message Strict { required int32 a = 1; }
";
const OPEN: &str = "syntax = \"proto3\"; enum Open { OPEN_A = 0; OPEN_B = 1; OPEN_C = 5; }";

const SCALARS: &[&str] = &[
    "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes",
    "uint32", "sfixed32", "sfixed64", "sint32", "sint64",
];

/// Every way to declare a field number 1, as syntax and declaration.
fn shapes() -> Vec<(&'static str, String)> {
    let mut shapes = Vec::new();
    let messages = ["Sub", "Same", "Wide", "Swapped", "Entry", "Strict"];
    for field_type in SCALARS.iter().chain(&["Closed", "Open"]).chain(&messages) {
        for label in ["optional", "required", "repeated"] {
            shapes.push(("proto2", format!("{label} {field_type} f = 1;")));
        }
        if *field_type != "Closed" {
            for label in ["", "optional", "repeated"] {
                shapes.push(("proto3", format!("{label} {field_type} f = 1;")));
            }
        }
    }
    for label in ["optional", "repeated"] {
        shapes.push((
            "proto2",
            format!("{label} group F = 1 {{ optional int32 a = 1; }}"),
        ));
    }
    for (key, value) in [
        ("string", "int32"),
        ("int32", "int32"),
        ("int64", "int32"),
        ("bool", "int32"),
        ("sint32", "int32"),
        ("string", "int64"),
        ("string", "Sub"),
        ("string", "Open"),
        ("string", "string"),
    ] {
        shapes.push(("proto3", format!("map<{key}, {value}> f = 1;")));
    }
    shapes.push(("proto2", "map<string, Closed> f = 1;".to_owned()));
    shapes
}

/// One schema with a message `M<i>` for each shape.
fn schema(shapes: &[(&str, String)]) -> Schema {
    let mut files = vec![
        ("shared.proto".to_owned(), SHARED.to_owned()),
        ("open.proto".to_owned(), OPEN.to_owned()),
    ];
    for syntax in ["proto2", "proto3"] {
        let mut text =
            format!("syntax = \"{syntax}\"; import \"shared.proto\"; import \"open.proto\";\n");
        for (at, (_, field)) in shapes
            .iter()
            .enumerate()
            .filter(|(_, shape)| shape.0 == syntax)
        {
            text.push_str(&format!("message M{at} {{ {field} }}\n"));
        }
        files.push((format!("{syntax}.proto"), text));
    }
    let schema = Schema::link(
        files
            .into_iter()
            .map(|(name, text)| {
                Input::new(
                    Arc::new(File::parse(Arc::new(
                        Source::new(name.as_str(), name.as_str(), text.into_bytes())
                            .expect("small enough"),
                    ))),
                    Role::Target,
                )
            })
            .collect(),
    );
    let errors: Vec<_> = schema.errors().map(|error| &error.message).collect();
    assert!(errors.is_empty(), "{errors:?}");
    schema
}

fn wire(pair: Pair<Message<'_>>) -> Outcome {
    let before = pair.before.field_numbered(1).expect("declared");
    let after = pair.after.field_numbered(1).expect("declared");
    field_change(Shape::of(before), Shape::of(after), &Structures::default()).wire
}

#[test]
fn no_verdict_on_bytes_is_unsound_or_too_loud() {
    let shapes = shapes();
    let schema = schema(&shapes);
    let message = |at: usize| schema.message(&format!("M{at}")).expect("declared");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for before in 0..shapes.len() {
        for after in 0..shapes.len() {
            let pair = Pair {
                before: message(before),
                after: message(after),
            };
            let outcome = wire(pair);
            let worst: Vec<_> = [Direction::OldToNew, Direction::NewToOld]
                .into_iter()
                .flat_map(|direction| trials(pair, 1, direction))
                .filter(|trial| trial.survival != Survival::Same)
                .collect();
            let unsound = outcome == Outcome::Safe && !worst.is_empty();
            let loud = outcome.rank() >= 2 && worst.is_empty();
            let not_silent = outcome.rank() == 3
                && !worst.iter().any(|trial| {
                    matches!(trial.survival, Survival::Changed | Survival::Refused(_))
                });
            if unsound || loud || not_silent {
                let shown = worst.first().map(|trial| {
                    format!(
                        "{:?} {:?} {} {:?} -> {:?}",
                        trial.direction,
                        trial.survival,
                        trial.hex(),
                        trial.written,
                        trial.read
                    )
                });
                wrong.push(format!(
                    "{} {} -> {} {}: {outcome}; {}",
                    shapes[before].0,
                    shapes[before].1,
                    shapes[after].0,
                    shapes[after].1,
                    shown.unwrap_or_else(|| "everything survives".to_owned())
                ));
            }
            checked += 1;
        }
    }
    assert!(checked > 10_000, "{checked}");
    assert!(
        wrong.is_empty(),
        "{} of {checked} verdicts are wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}
