//! What it costs to compare long types of which everything has changed, with and without proofs, and to follow them through
//! a history.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use protogov::checks::breaking::Comparison;
use protogov::checks::{RuleOptions, rules};
use protogov::diagnostic::Severity;
use protogov::history::{Ledger, Reach, Releases, ReuseCheck};
use protogov::schema::Schema;
use protogov::schema::diff::Diff;
use protogov::sources::Environment;
use protogov::sources::git::Repository;
use protogov::syntax::File;

use super::{alone, in_time, link, many, source};

/// Elements of a type where only verdicts are asked for.
const ELEMENTS: usize = 6_000;
/// Elements where each has to be proven.
const PROVEN: usize = 1_000;

const PROTO3: &str = "syntax = \"proto3\";";

/// A line of a type, by its number.
type Line = fn(usize) -> String;

/// The one before, and the last before the first.
fn previous(number: usize, count: usize) -> usize {
    if number == 1 { count } else { number - 1 }
}

/// Two versions of a type, as what stands before its lines, the lines, and what stands behind them.
struct Case {
    what: &'static str,
    head: &'static str,
    before: Line,
    after: Line,
    end: &'static str,
}

const fn case(what: &'static str, head: &'static str, before: Line, after: Line) -> Case {
    Case {
        what,
        head,
        before,
        after,
        end: "}",
    }
}

const MESSAGE: &str = "syntax = \"proto3\"; message M {";
const PROTO2: &str = "syntax = \"proto2\"; message M {";
const ENUM: &str = "syntax = \"proto3\"; enum E { Z = 0;";

const CASES: &[Case] = &[
    case(
        "names of fields",
        MESSAGE,
        |n| format!("string f{n}x = {n};"),
        |n| format!("string g{n}x = {n};"),
    ),
    case(
        "types of fields",
        MESSAGE,
        |n| format!("string f{n}x = {n};"),
        |n| format!("int64 f{n}x = {n};"),
    ),
    case(
        "fields that are gone",
        MESSAGE,
        |n| format!("string f{n}x = {n};"),
        |n| format!("reserved {n}; reserved \"f{n}x\";"),
    ),
    case(
        "fields that are required",
        PROTO2,
        |n| format!("optional string f{n}x = {n};"),
        |n| format!("required string f{n}x = {n};"),
    ),
    case(
        "keys and values of maps",
        MESSAGE,
        |n| format!("map<string, string> f{n}x = {n};"),
        |n| format!("map<int32, bytes> f{n}x = {n};"),
    ),
    case(
        "names of values",
        ENUM,
        |n| format!("A{n}x = {n};"),
        |n| format!("B{n}x = {n};"),
    ),
    case(
        "numbers of values",
        ENUM,
        |n| format!("A{n}x = {n};"),
        |n| format!("A{n}x = {};", n + 1),
    ),
    case(
        "values that are gone",
        ENUM,
        |n| format!("A{n}x = {n};"),
        |n| format!("reserved {n}; reserved \"A{n}x\";"),
    ),
    Case {
        what: "types of fields that hold one message",
        head: "syntax = \"proto3\"; message A { string a = 1; } message B { int32 a = 1; } message M {",
        before: |n| format!("A f{n}x = {n};"),
        after: |n| format!("B f{n}x = {n};"),
        end: "}",
    },
    Case {
        what: "extensions",
        head: "syntax = \"proto2\"; message M { extensions 1 to max; } extend M {",
        before: |n| format!("optional string f{n}x = {n};"),
        after: |n| format!("optional int32 g{n}x = {n};"),
        end: "}",
    },
    Case {
        what: "services",
        head: "syntax = \"proto3\"; message M {}",
        before: |n| format!("service A{n} {{ rpc R(M) returns (M); }}"),
        after: |n| format!("service B{n} {{ rpc R(M) returns (M); }}"),
        end: "",
    },
    Case {
        what: "enums",
        head: PROTO3,
        before: |n| format!("enum A{n} {{ Z{n} = 0; }}"),
        after: |n| format!("enum B{n} {{ Z{n} = 0; }}"),
        end: "",
    },
];

fn linked(text: String) -> Schema {
    let schema = link(vec![("a.proto".to_owned(), text)]);
    let first = schema.errors().next();
    assert!(first.is_none(), "{first:?}");
    schema
}

fn compare(what: &str, before: &Schema, after: &Schema, count: usize, finds_witnesses: bool) {
    let rules: Vec<_> = rules()
        .iter()
        .filter(|rule| !rule.is_lint() && !rule.is_about_history())
        .map(|&rule| (rule, Severity::Error))
        .collect();
    let comparison = Comparison {
        rules: &rules,
        options: &RuleOptions::default(),
        finds_witnesses,
    };
    in_time(what, || {
        let findings = comparison.run(&Diff::new(before, after));
        assert!(
            findings.len() >= count,
            "{what}: {} findings",
            findings.len()
        );
    });
}

#[test]
fn time_of_a_comparison_grows_with_the_number_of_changes() {
    let _alone = alone();
    for (count, finds_witnesses) in [(ELEMENTS, false), (PROVEN, true)] {
        for case in CASES {
            let text = |line| many(case.head, count, line, case.end);
            let (before, after) = (linked(text(case.before)), linked(text(case.after)));
            compare(case.what, &before, &after, count, finds_witnesses);
        }
    }
}

/// Lines that say which other line they took something from.
#[test]
fn time_of_a_comparison_grows_with_the_number_of_members_that_meet() {
    let _alone = alone();
    for (count, finds_witnesses) in [(ELEMENTS, false), (PROVEN, true)] {
        let text =
            |head: &str, line: &dyn Fn(usize) -> String, end| linked(many(head, count, line, end));
        let last = |n| previous(n, count);
        let fields = text(MESSAGE, &|n| format!("string f{n}x = {n};"), "}");
        let required = text(PROTO2, &|n| format!("required string f{n}x = {n};"), "}");
        let values = text(ENUM, &|n| format!("A{n}x = {n};"), "}");
        let key = |n| format!("string f{n}x = {n} [json_name = \"f{}x\"];", last(n));
        let required_later = |n| format!("required string f{n}x = {};", last(n));
        let in_oneof = "syntax = \"proto3\"; message M { oneof o {";
        let cases = [
            ("keys of others", &fields, text(MESSAGE, &key, "}")),
            (
                "numbers of others",
                &fields,
                text(MESSAGE, &|n| format!("string f{n}x = {};", last(n)), "}"),
            ),
            (
                "numbers of required fields",
                &required,
                text(PROTO2, &required_later, "}"),
            ),
            (
                "members of a oneof",
                &fields,
                text(in_oneof, &|n| format!("string f{n}x = {n};"), "} }"),
            ),
            (
                "oneofs",
                &fields,
                text(
                    MESSAGE,
                    &|n| format!("oneof o{n} {{ string f{n}x = {n}; }}"),
                    "}",
                ),
            ),
            (
                "values of others",
                &values,
                text(ENUM, &|n| format!("A{}x = {n};", last(n)), "}"),
            ),
        ];
        for (what, before, after) in &cases {
            // Members of oneofs are told, but not all are findings.
            let least = if what.starts_with("oneofs") { 0 } else { count };
            compare(what, before, after, least, finds_witnesses);
        }
    }
}

/// Writes a version of a contract and commits it.
fn commit(directory: &Path, text: &str) {
    std::fs::write(directory.join("a.proto"), text).expect("it can be written");
    for arguments in [&["add", "-A"][..], &["commit", "-q", "-m", "a version"]] {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(directory)
            .status();
        assert!(done.is_ok_and(|status| status.success()), "{arguments:?}");
    }
}

fn history(versions: &[String]) -> (tempfile::TempDir, Arc<Repository>, Ledger) {
    let directory = tempfile::tempdir().expect("there is room");
    let done = Command::new("git")
        .args(["init", "-q"])
        .current_dir(directory.path())
        .status();
    assert!(done.is_ok_and(|status| status.success()), "git init");
    for text in versions {
        commit(directory.path(), text);
    }
    let environment: Environment = std::iter::empty::<(String, String)>().collect();
    let repository = Repository::discover(directory.path(), &environment)
        .expect("it can be read")
        .expect("it is one");
    let head = repository.head().expect("there is a commit").commit;
    let ledger = Ledger::read(&repository, head, Reach::FirstParents).expect("it can be read");
    (directory, repository, ledger)
}

#[test]
fn time_of_a_history_grows_with_the_number_of_changes() {
    let _alone = alone();
    let message = |line: Line| many(MESSAGE, ELEMENTS, line, "}");
    let types = |line: Line| many(PROTO3, ELEMENTS, line, "");
    let strings = message(|n| format!("string f{n}x = {n};"));
    let numbers = message(|n| format!("int64 g{n}x = {n};"));
    in_time("a number of a message after the other", || {
        let gone = "syntax = \"proto3\"; message M { string id = 20000; }".to_owned();
        let (_directory, repository, ledger) = history(&[strings.clone(), gone]);
        let releases = Releases::read(&repository, &ledger, &["v*".to_owned()]);
        let releases = releases.expect("there are none");
        let today = File::parse(source("a.proto", numbers.clone()));
        let found = ReuseCheck::new(&ledger, &releases).findings(&today);
        assert_eq!(found.len(), ELEMENTS);
    });
    in_time("messages under other names", || {
        let versions = [
            types(|n| format!("message A{n} {{ string id = 1; }}")),
            types(|n| format!("message B{n} {{ string id = 1; }}")),
        ];
        let (_directory, _, ledger) = history(&versions);
        let renamed = ledger.records().iter();
        let renamed = renamed.filter(|record| !record.predecessors.is_empty());
        assert_eq!(renamed.count(), ELEMENTS);
    });
}
