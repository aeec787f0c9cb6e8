//! Messages that prove verdicts: by every decoder there is, ours, prost-reflect's and python-protobuf's.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

use protogov::compatibility::dynamic::{Record, Value, hex, read, write};
use protogov::compatibility::witness::{
    Direction, NoWitness, Subject, Surface, Witness, find, trials,
};
use protogov::compatibility::{Shape, Structures, field_change};
use protogov::schema::diff::Pair;
use protogov::schema::{Field, Input, Message, Role, Schema};
use protogov::syntax::File;
use protogov::text::Source;

use crate::files::Files;
use crate::pairs::{self, Random};
use crate::soundness::{self, link};

/// Pairs of a seed.
const COUNT: usize = 60;

/// Random messages and what became of them.
fn random_pairs(seed: u64) -> [Vec<pairs::Message>; 2] {
    let mut random = Random::new(seed);
    let mut before = Vec::new();
    let mut after = Vec::new();
    while before.len() < COUNT {
        let message = pairs::Message::random(&format!("M{}x", before.len()), &mut random);
        let changed = message.changed(&mut random).changed(&mut random);
        before.push(message);
        after.push(changed);
    }
    let broken: Vec<String> = [&before, &after]
        .into_iter()
        .flat_map(|side| soundness::broken(&link(side)))
        .collect();
    [before, after].map(|side| {
        let names = (0..COUNT).map(|at| format!("M{at}x"));
        let named = names.zip(side).filter(|(name, _)| !broken.contains(name));
        named.map(|(_, message)| message).collect()
    })
}

fn paired<'s>(old: &'s Schema, new: &'s Schema) -> Vec<Pair<Message<'s>>> {
    let pair = |at| {
        let name = format!("M{at}x");
        Some(Pair {
            before: old.message(&name)?,
            after: new.message(&name)?,
        })
    };
    (0..COUNT).filter_map(pair).collect()
}

#[test]
fn prost_reflect_reads_what_we_read() {
    let mut found = 0;
    let mut wrong = Vec::new();
    for seed in 1..=20 {
        let [before, after] = random_pairs(seed);
        let (old, new) = (link(&before), link(&after));
        for pair in paired(&old, &new) {
            for number in pair.before.fields().filter_map(Field::number) {
                for surface in [Surface::Wire, Surface::Json] {
                    let witness = find(pair, &[Subject::Field(number)], surface);
                    found += usize::from(witness.is_ok());
                    if witness == Err(NoWitness::Disagreement) {
                        let name = pair.before.full_name();
                        wrong.push(format!("seed {seed}, {name}#{number} {surface:?}"));
                    }
                }
            }
        }
    }
    assert!(found > 500, "{found} witnesses");
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn forget_unknown(record: &mut Record) {
    record.unknown.clear();
    for value in record.fields.iter_mut().flat_map(|field| &mut field.1) {
        match value {
            Value::Message(inner) => forget_unknown(inner),
            Value::Entry(entry) => {
                if let Value::Message(inner) = &mut entry.1 {
                    forget_unknown(inner);
                }
            }
            _ => {}
        }
    }
}

fn sorted(hex: &str) -> Vec<u8> {
    let mut bytes = hex.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes
}

/// Whether a reading shows a pair of a map.
fn holds_map(sent: &Witness) -> bool {
    sent.read.iter().any(|line| line.contains("= {"))
}

/// Reads a list of `writer reader hex` and prints what either makes of the bytes: what it would write itself, or `refused`.
const READ_BY_PYTHON: &str = r#"
import sys
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

def messages(file):
    pool = descriptor_pool.DescriptorPool()
    for part in descriptor_pb2.FileDescriptorSet.FromString(open(file, "rb").read()).file:
        pool.Add(part)
    return lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))

sides = {"old": messages("old.binpb"), "new": messages("new.binpb")}
for line in open("cases.txt"):
    side, name, sent = line.rstrip("\n").split(" ")
    message = sides[side](name)()
    try:
        message.MergeFromString(bytes.fromhex(sent))
        if not message.IsInitialized():
            raise ValueError("a required field is missing")
        message.DiscardUnknownFields()
        print(message.SerializeToString(deterministic=True).hex())
    except Exception:
        print("refused")
"#;

#[test]
fn python_protobuf_reads_what_we_read() {
    let has_python = Command::new("python3")
        .args(["-c", "import google.protobuf, grpc_tools"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_python {
        eprintln!("skipped: python3 has no grpc_tools; `.ci/run` installs them");
        return;
    }
    let mut wrong = String::new();
    let mut compared = 0;
    for seed in 101..=103 {
        let [before, after] = random_pairs(seed);
        let (old, new) = (link(&before), link(&after));
        let files = Files::new();
        for (side, messages) in [("old", &before), ("new", &after)] {
            let texts = pairs::files(messages);
            for (name, text) in &texts {
                files.write(&format!("{side}/{name}"), text);
            }
            let output = Command::new("python3")
                .args(["-m", "grpc_tools.protoc", "-I", side, "--include_imports"])
                .arg(format!("--descriptor_set_out={side}.binpb"))
                .args(texts.iter().map(|(name, _)| format!("{side}/{name}")))
                .current_dir(files.root())
                .output()
                .expect("it runs");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if !output.status.success() {
                eprintln!("seed {seed} does not compile: {said}");
            }
        }
        if !files.path("old.binpb").exists() || !files.path("new.binpb").exists() {
            continue;
        }
        let mut cases = String::new();
        let mut expected = Vec::new();
        for pair in paired(&old, &new) {
            let directions = [
                (Direction::OldToNew, "new", pair.before, pair.after),
                (Direction::NewToOld, "old", pair.after, pair.before),
            ];
            for (direction, side, writer, reader) in directions {
                for number in writer.fields().filter_map(Field::number) {
                    for sent in trials(pair, number, direction) {
                        let _ = writeln!(cases, "{side} {} {}", reader.full_name(), sent.hex());
                        let own = read(reader, &sent.bytes).map(|mut record| {
                            forget_unknown(&mut record);
                            hex(&write(reader, &record))
                        });
                        expected.push((own.unwrap_or_else(|_| "refused".to_owned()), sent));
                    }
                }
            }
        }
        files.write("cases.txt", &cases);
        let output = Command::new("python3")
            .args(["-c", READ_BY_PYTHON])
            .current_dir(files.root())
            .output()
            .expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(told.lines().count(), expected.len(), "{complaint}");
        for ((theirs, case), (own, sent)) in told.lines().zip(cases.lines()).zip(expected) {
            compared += 1;
            // python-protobuf makes unknown a pair of a map in which something is, where others leave that out; and it
            // sorts pairs.
            let is_dropped_pair = own.len() > theirs.len() && own.starts_with(theirs);
            let is_sorted = sorted(theirs) == sorted(&own);
            if theirs != own && !is_sorted && !(is_dropped_pair && holds_map(&sent)) {
                let _ = writeln!(
                    wrong,
                    "seed {seed}: {case} {:?}: python {theirs}, we {own}",
                    sent.written
                );
            }
        }
    }
    assert!(compared > 1_000, "{compared} messages compared");
    assert!(wrong.is_empty(), "of {compared}:\n{wrong}");
}

/// A map whose values lead back to the message has no end that trials could reach.
#[test]
fn values_that_hold_themselves_are_tried_to_an_end() {
    let schema = |key: &str| {
        let text = format!(
            "syntax = \"proto3\";\nmessage Tree {{ map<string, Tree> branches = 1; repeated Tree rest = 2; }}\nmessage M {{ map<{key}, Tree> trees = 1; }}\n"
        );
        let source = Source::new("a.proto", "a.proto", text.into_bytes()).expect("small enough");
        Schema::link(vec![Input::new(
            Arc::new(File::parse(Arc::new(source))),
            Role::Target,
        )])
    };
    let (old, new) = (schema("string"), schema("int32"));
    let pair = Pair {
        before: old.message("M").expect("declared"),
        after: new.message("M").expect("declared"),
    };
    let witness = find(pair, &[Subject::Field(1)], Surface::Wire).expect("a string is no number");
    assert!(!witness.bytes.is_empty());
}

/// What JSON makes of well-known types in place of each other: the outcome, and the JSON that shows it.
#[test]
fn well_known_types_have_forms_of_their_own_in_json() {
    let cases = [
        (
            ".google.protobuf.Timestamp",
            "Twin",
            "break",
            r#"{"f":"1970-01-01T00:00:00Z"}"#,
        ),
        (".google.protobuf.Duration", "string", "conditional", "{}"),
        (".google.protobuf.Int32Value", "optional int32", "safe", ""),
        (
            ".google.protobuf.Int64Value",
            ".google.protobuf.Int32Value",
            "conditional",
            r#"{"f":"1099511627776"}"#,
        ),
        (
            ".google.protobuf.StringValue",
            "optional bytes",
            "silent",
            r#"{"f":"YQ=="}"#,
        ),
        (
            ".google.protobuf.Struct",
            "map<string, string>",
            "conditional",
            r#"{"f":{"":""}}"#,
        ),
        (
            ".google.protobuf.ListValue",
            "repeated string",
            "conditional",
            r#"{"f":[""]}"#,
        ),
        (
            ".google.protobuf.Value",
            "Twin",
            "conditional",
            r#"{"f":null}"#,
        ),
        (
            ".google.protobuf.Any",
            "Twin",
            "break",
            r#"{"f":{"seconds":"1"}}"#,
        ),
        ("Twin", "Other", "safe", ""),
    ];
    let schema = |declared: &str| {
        let imports = ["any", "duration", "struct", "timestamp", "wrappers"];
        let imports = imports.map(|name| format!("import \"google/protobuf/{name}.proto\";\n"));
        let twins = ["Twin", "Other"]
            .map(|name| format!("message {name} {{ int64 seconds = 1; int32 nanos = 2; }}\n"));
        let text = format!(
            "syntax = \"proto3\";\n{}{}message M {{ {declared} f = 1; }}\n",
            imports.concat(),
            twins.concat()
        );
        soundness::link_files([("m.proto", text)])
    };
    let mut wrong = Vec::new();
    for (old, new, outcome, json) in cases {
        let (old_schema, new_schema) = (schema(old), schema(new));
        let pair = Pair {
            before: old_schema.message("M").expect("declared"),
            after: new_schema.message("M").expect("declared"),
        };
        let fields = pair.map(|message| message.field_numbered(1).expect("declared"));
        let shapes = fields.map(Shape::of);
        let verdict = field_change(shapes.before, shapes.after, &Structures::default());
        if verdict.json.word() != outcome {
            wrong.push(format!("{old} -> {new}: {}", verdict.json));
        }
        let witness = find(pair, &[Subject::Field(1)], Surface::Json);
        let shown = witness.map(|witness| witness.json).unwrap_or_default();
        if shown != json {
            wrong.push(format!("{old} -> {new}: {shown} and not {json}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
