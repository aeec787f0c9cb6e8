//! The ledger of numbers: small histories built commit by commit, and the reuses that are known of public ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use protogov::diagnostic::Severity;
use protogov::history::{
    Holder, Ledger, NumbersLock, Reach, Releases, ReuseCheck, Reused, TakenNumbers,
};
use protogov::sources::git::Repository;
use protogov::syntax::File;
use protogov::text::Source;
use serde_json::Value;

use crate::git::{Project, open_at};

fn ledger(repository: &Repository) -> Ledger {
    let head = repository.head().expect("there is a commit").commit;
    Ledger::read(repository, head, Reach::FirstParents).expect("the history can be read")
}

fn read_anew(repository: &Repository) -> Ledger {
    let head = repository.head().expect("there is a commit").commit;
    Ledger::read_anew(repository, head, Reach::FirstParents).expect("the history can be read")
}

fn shown(holder: &Holder) -> String {
    let Holder {
        name,
        label,
        type_name,
        oneof,
    } = holder;
    format!("{name}|{label}|{type_name}|{oneof}")
}

/// A line for each number that was used again: by the type under one name, or where `through_renames` by a type that was
/// called otherwise when the old holder gave it up.
fn number_reuses(ledger: &Ledger, through_renames: bool) -> BTreeSet<String> {
    let numbers = ledger
        .reuses()
        .iter()
        .filter(|reuse| reuse.what == Reused::Number);
    numbers
        .filter(|reuse| (reuse.record != reuse.old_record) == through_renames)
        .map(|reuse| {
            let record = ledger.record(reuse.record).expect("of this ledger");
            let old = ledger.tenure(reuse.old_record, reuse.old).expect("old");
            let new = ledger.tenure(reuse.record, reuse.new).expect("new");
            let commit = ledger.commit(new.from).expect("of this line");
            format!(
                "{}#{} {} -> {} at {commit}",
                record.name,
                new.number.expect("a number"),
                shown(&old.holder),
                shown(&new.holder),
            )
        })
        .collect()
}

fn holes(ledger: &Ledger) -> BTreeSet<String> {
    let holes = ledger.holes();
    let line = |hole: &protogov::history::Hole| {
        let record = ledger.record(hole.record).expect("of this ledger");
        let last = record.tenures.get(hole.last as usize).expect("of it");
        let number = last.number.expect("a number");
        format!("{}#{number} {}", record.name, shown(&last.holder))
    };
    holes.iter().map(line).collect()
}

/// A repository with a commit for each of these states of `a.proto`; other files are named in front, as `b.proto: …`.
/// A file without text is removed.
fn committed(states: &[&str]) -> Project {
    let project = Project::init(&[]);
    for state in states {
        change(&project, state);
        project.commit([]);
    }
    project
}

fn change(project: &Project, state: &str) {
    for file in state.split('\n') {
        let (path, text) = match file.split_once(": ") {
            Some((path, text)) if path.ends_with(".proto") => (path, text),
            _ => ("a.proto", file),
        };
        match text {
            "-" => project.remove(path),
            text => project.write(path, &format!("syntax = \"proto3\"; {text}")),
        }
    }
}

/// What was used again, without the commits.
fn reused(project: &Project) -> Vec<String> {
    let ledger = ledger(&project.open());
    let line = |reuse: &protogov::history::Reuse| {
        let record = ledger.record(reuse.record).expect("of this ledger");
        let old = ledger.tenure(reuse.old_record, reuse.old).expect("old");
        let new = ledger.tenure(reuse.record, reuse.new).expect("new");
        let number = new.number.expect("a number");
        let what = match reuse.what {
            Reused::Number => format!("#{number}"),
            Reused::Name => format!(".{}", new.holder.name),
        };
        let name = &record.name;
        let (old, new) = (old.holder.declaration(), new.holder.declaration());
        format!("{name}{what}: {old} -> {new}")
    };
    ledger.reuses().iter().map(line).collect()
}

#[test]
fn a_number_that_something_else_had_is_found_and_nothing_else() {
    const A: &str = "package p; message M { int32 a = 1; string b = 2; int32 c = 3; }";
    const WITHOUT: &str = "package p; message M { int32 a = 1; int32 c = 3; }";
    const TAKEN: &str = "package p; message M { int32 a = 1; bool x = 2; int32 c = 3; }";
    const FOUND: &[&str] = &["p.M#2: string b -> bool x"];
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("a reuse", &[A, WITHOUT, TAKEN], FOUND),
        ("a return", &[A, WITHOUT, A], &[]),
        (
            "a fee that became a flag, as in lnd",
            &[
                "package p; message PolicyUpdateRequest { int32 inbound_fee_rate_ppm = 11; }",
                "package p; message PolicyUpdateRequest { InboundFee inbound_fee = 10; } message InboundFee {}",
                "package p; message PolicyUpdateRequest { InboundFee inbound_fee = 10; bool create_missing_edge = 11; } message InboundFee {}",
            ],
            &["p.PolicyUpdateRequest#11: int32 inbound_fee_rate_ppm -> bool create_missing_edge"],
        ),
        (
            "a name that became another, of one type, as in dapr",
            &[
                "package p; message GetWorkflowRequest { string instance_id = 1; string workflow_name = 3; }",
                "package p; message GetWorkflowRequest { string instance_id = 1; }",
                "package p; message GetWorkflowRequest { string instance_id = 1; string app_id = 3; }",
            ],
            &["p.GetWorkflowRequest#3: string workflow_name -> string app_id"],
        ),
        ("one commit", &[A, TAKEN], &[]),
        (
            "a rename in one commit",
            &[
                A,
                "package p; message M { int32 a = 1; string x = 2; int32 c = 3; }",
            ],
            &[],
        ),
        (
            "another type under the same name",
            &[
                A,
                WITHOUT,
                "package p; message M { int32 a = 1; bytes b = 2; int32 c = 3; }",
            ],
            &["p.M#2: string b -> bytes b"],
        ),
        (
            "a type whose name is written otherwise",
            &[
                "package p; message N {} message M { N n = 1; }",
                "package p; message N {} message M { }",
                "package p; message N {} message M { .p.N n = 1; }",
            ],
            &[],
        ),
        (
            "reserved in between",
            &[
                A,
                "package p; message M { reserved 2; int32 a = 1; int32 c = 3; }",
                TAKEN,
            ],
            FOUND,
        ),
        (
            "a revision that does not parse",
            &[A, "package p; message M { int32 a = 1; <<<<<<< }", TAKEN],
            &[],
        ),
        (
            "a revision that uses a number twice",
            &[A, "package p; message M { int32 a = 1; int32 d = 1; }", A],
            &[],
        ),
        (
            "a removal that only a broken revision comes after",
            &[A, WITHOUT, "package p; message M {", TAKEN],
            FOUND,
        ),
        (
            "a file that moves",
            &[
                A,
                WITHOUT,
                &format!("a.proto: -\nb.proto: {WITHOUT}"),
                &format!("b.proto: {TAKEN}"),
            ],
            FOUND,
        ),
        (
            "a file that moves and comes back",
            &[
                A,
                &format!("a.proto: -\nb.proto: {A}"),
                &format!("b.proto: -\na.proto: {A}"),
            ],
            &[],
        ),
        (
            "a package that is renamed",
            &[
                A,
                WITHOUT,
                &WITHOUT.replace('p', "q").replace("qackage", "package"),
                "package q; message M { int32 a = 1; bool x = 2; int32 c = 3; }",
            ],
            &["q.M#2: string b -> bool x"],
        ),
        (
            "a message that is renamed and changes nothing",
            &[A, &A.replace('M', "N"), A],
            &[],
        ),
        (
            "a message that was deleted and comes back otherwise",
            &[A, "package p;", TAKEN],
            FOUND,
        ),
        (
            "a message that was deleted and comes back",
            &[A, "package p;", A],
            &[],
        ),
        (
            "a field that moves into a oneof and back",
            &[
                A,
                "package p; message M { int32 a = 1; oneof o { string b = 2; } int32 c = 3; }",
                A,
            ],
            &[],
        ),
        (
            "a copy of the file",
            &[
                A,
                &format!("b.proto: {A}"),
                WITHOUT,
                &format!("b.proto: {WITHOUT}"),
            ],
            &[],
        ),
        (
            "an enum value",
            &[
                "enum E { Z = 0; A = 1; }",
                "enum E { Z = 0; }",
                "enum E { Z = 0; B = 1; }",
            ],
            &["E#1: A -> B"],
        ),
        (
            "an alias that goes and another that comes",
            &[
                "enum E { option allow_alias = true; Z = 0; A = 1; B = 1; }",
                "enum E { option allow_alias = true; Z = 0; B = 1; }",
                "enum E { option allow_alias = true; Z = 0; B = 1; C = 1; }",
            ],
            &[],
        ),
        (
            "a name with another type",
            &[
                A,
                WITHOUT,
                "package p; message M { int32 a = 1; int32 c = 3; bool b = 4; }",
            ],
            &["p.M.b: string b -> bool b"],
        ),
        (
            "a name that JSON reads alike",
            &[
                "message M { int32 a = 1; }",
                "message M { }",
                "message M { sfixed32 a = 2; }",
            ],
            &[],
        ),
        (
            "a nested message",
            &[
                "message M { message N { int32 a = 1; } }",
                "message M { message N { } }",
                "message M { message N { bytes z = 1; } }",
            ],
            &["M.N#1: int32 a -> bytes z"],
        ),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(name, states, expected)| {
            let found = reused(&committed(states));
            (found != *expected).then(|| format!("{name}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_released_is_an_error_and_the_rest_a_warning() {
    let project = committed(&["message M { int32 a = 1; int32 b = 2; }"]);
    project.git(&["tag", "v1.0.0"]);
    change(&project, "message M { int32 a = 1; int32 c = 3; }");
    project.commit([]);
    project.git(&["tag", "nightly"]);
    change(&project, "message M { int32 a = 1; }");
    project.commit([]);
    let repository = project.open();
    let ledger = ledger(&repository);
    let releases = Releases::read(&repository, &ledger, &["v*".to_owned()]).expect("tags");
    let text = "message M { int32 a = 1; bool x = 2; bool y = 3; reserved 5; }";
    let source = Source::new("a.proto", "a.proto", text.into()).expect("a small file");
    let file = File::parse(Arc::new(source));
    let found = ReuseCheck::new(&ledger, &releases).findings(&file);
    let found: Vec<String> = found
        .iter()
        .map(|finding| {
            let place = finding.diagnostic.location.as_ref().expect("a place");
            let help = finding.diagnostic.help.as_deref().expect("help");
            // Commit ids depend on the version of git's defaults.
            let message = finding
                .diagnostic
                .message
                .split(" (")
                .next()
                .expect("a text");
            let release = finding
                .diagnostic
                .message
                .rsplit(", ")
                .next()
                .expect("a text");
            assert_eq!(
                finding.diagnostic.severity == Severity::Error,
                release != "in no release",
                "{release}"
            );
            format!(
                "{} at {} {message} … {release}: {help}",
                finding.diagnostic.code,
                place.source.slice(place.span)
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "FIELD_NUMBER_REUSED at 2 number 2 of `M` was `int32 b` from 2023-11-14 … in v1.0.0: use 4, which was never used, and add `reserved 2;`",
            "FIELD_NUMBER_REUSED at 3 number 3 of `M` was `int32 c` from 2023-11-14 … in no release: use 4, which was never used, and add `reserved 3;`",
        ]
    );
}

#[test]
fn the_next_number_was_never_used_on_disk_or_in_history() {
    let project = committed(&[
        "message M { int32 a = 1; int32 b = 7; }",
        "message M { int32 a = 1; }",
    ]);
    let repository = project.open();
    let ledger = ledger(&repository);
    let mut taken = TakenNumbers::of(&ledger, "M");
    assert_eq!(taken.next(), Some(8));
    change(
        &project,
        "message M { int32 a = 1; int32 c = 8; reserved 9 to 11; }",
    );
    assert!(taken.add_work_tree(&ledger, &repository, "M"));
    assert_eq!(taken.next(), Some(12));
}

#[test]
fn a_lock_file_says_what_was_given_up_and_is_held_to_the_history() {
    let project = committed(&["message M { int32 a = 1; int32 b = 2; string c = 10; }"]);
    project.git(&["tag", "v1.0.0"]);
    change(&project, "message M { int32 a = 1; }");
    project.commit([]);
    let repository = project.open();
    let ledger = ledger(&repository);
    let releases = Releases::read(&repository, &ledger, &["v*".to_owned()]).expect("tags");
    let lock = NumbersLock::of(&ledger, &releases);
    let text = lock.text();
    let numbers: Vec<&str> = text.lines().skip(4).collect();
    assert_eq!(
        numbers,
        [
            "[types.\"M\"]",
            "2 = { was = \"int32 b\", released = \"v1.0.0\" }",
            "10 = { was = \"string c\", released = \"v1.0.0\" }",
        ]
    );
    let parsed = NumbersLock::parse(&text).expect("what was written");
    assert_eq!(parsed.differences(&lock), Vec::<String>::new());
    let older = NumbersLock::parse(
        "version = 1\ntypes.M = { 2 = { was = \"bool b\" }, 3 = { was = \"int32 x\" } }",
    );
    assert_eq!(
        older.expect("a lock file").differences(&lock),
        [
            "`M` 10 (`string c`) is missing",
            "`M` 2 is `bool b`, the history says `int32 b`",
            "`M` 3 (`int32 x`) was never given up",
        ]
    );
    assert!(NumbersLock::parse("version = 2").is_err());
    let mut taken = TakenNumbers::default();
    taken.add_lock(&lock, "M");
    assert!(taken.holds(10) && !taken.holds(1));
}

/// Commits, branches, rebases: what is kept in the git directory never changes what is read.
#[test]
fn what_an_earlier_run_kept_changes_nothing() {
    let project = committed(&[
        "message M { int32 a = 1; int32 b = 2; }",
        "message M { int32 a = 1; }",
    ]);
    let kept = project.directory.join(".git/protogov/history");
    let same = |what: &str| {
        let repository = project.open();
        let read = ledger(&repository);
        assert!(read == read_anew(&repository), "{what}");
        assert!(ledger(&repository) == read, "{what}, again");
        assert!(kept.is_file(), "{what}");
    };
    same("nothing was kept");
    change(&project, "message M { int32 a = 1; bool x = 2; }");
    project.commit([]);
    same("a commit on top");
    project.git(&["checkout", "-q", "-b", "side", "HEAD~2"]);
    change(&project, "b.proto: message N { int32 a = 1; }");
    project.commit([]);
    same("another branch");
    project.git(&["checkout", "-q", "main"]);
    same("back again");
    project.git(&["reset", "-q", "--hard", "HEAD~1"]);
    same("an older commit");
    for damage in [&b""[..], b"protogov history 3\n", b"nonsense"] {
        fs::write(&kept, damage).expect("writable");
        same("a damaged file");
    }
    let mut bytes = fs::read(&kept).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&kept, &bytes).expect("writable");
    same("a changed byte");
    bytes.truncate(middle);
    fs::write(&kept, &bytes).expect("writable");
    same("a file that ends early");
}

/// With the commits of merged branches, what a branch gave up before it was merged counts as used.
#[test]
fn branches_that_were_merged_count_where_asked_for() {
    let project = committed(&["message M { int32 a = 1; }"]);
    project.git(&["checkout", "-q", "-b", "topic"]);
    for state in [
        "message M { int32 a = 1; int32 tried = 2; int32 kept = 3; }\nb.proto: message Tried { int32 a = 1; }",
        "message M { int32 a = 1; string kept = 3; string late = 4; }\nb.proto: -",
        "message M { int32 a = 1; string kept = 3; }",
    ] {
        change(&project, state);
        project.commit([]);
    }
    project.git(&["tag", "v1", "HEAD~1"]);
    project.git(&["checkout", "-q", "main"]);
    project.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    let merged = project.git(&["rev-parse", "HEAD"]);
    change(
        &project,
        "message M { int32 a = 1; string kept = 3; bool x = 2; bytes y = 4; }\nc.proto: message Tried { bool b = 1; }",
    );
    project.commit([]);
    assert!(reused(&project).is_empty());
    let repository = project.open();
    let head = repository.head().expect("there is a commit").commit;
    let read = || Ledger::read(&repository, head, Reach::All).expect("readable");
    let ledger = read();
    assert_eq!(
        number_reuses(&ledger, false)
            .iter()
            .filter_map(|line| line.split_once(" at "))
            .map(|(line, _)| line)
            .collect::<Vec<_>>(),
        [
            "M#2 tried||int32| -> x||bool|",
            "M#4 late||string| -> y||bytes|",
            "Tried#1 a||int32| -> b||bool|",
        ]
    );
    let releases = Releases::read(&repository, &ledger, &["v*".to_owned()]).expect("readable");
    let released: Vec<String> = (ledger.reuses().iter())
        .filter_map(|reuse| ledger.tenure(reuse.old_record, reuse.old))
        .filter(|old| releases.of(old).is_some())
        .map(|old| old.holder.name.to_string())
        .collect();
    assert_eq!(released, ["late"]);
    // What was kept is the same, cut off at an older commit and appended to again too.
    let anew = |head| Ledger::read_anew(&repository, head, Reach::All).expect("readable");
    assert!(read() == anew(head));
    let merge = repository
        .resolve(&merged, head)
        .expect("it is there")
        .commit;
    let older = Ledger::read(&repository, merge, Reach::All).expect("readable");
    assert!(older == anew(merge));
    fs::remove_file(project.directory.join(".git/protogov/history-all")).expect("it is kept");
    let older = Ledger::read(&repository, merge, Reach::All).expect("readable");
    assert!(older == anew(merge));
    assert!(read() == anew(head));
    let topic = (repository.resolve("topic", head))
        .expect("it is there")
        .commit;
    let branch = Ledger::read(&repository, topic, Reach::All).expect("readable");
    assert!(branch == anew(topic));
}

/// Shallow clones and damaged caches, with the commits of merged branches.
#[test]
fn the_history_of_branches_is_whole_or_says_that_it_is_not() {
    let project = committed(&["message M { int32 a = 1; }"]);
    project.git(&["checkout", "-q", "-b", "topic"]);
    for state in [
        "message M { int32 a = 1; int32 tried = 2; }",
        "message M { int32 a = 1; }",
        "message M { int32 a = 1; string kept = 3; }",
    ] {
        change(&project, state);
        project.commit([]);
    }
    project.git(&["checkout", "-q", "main"]);
    change(&project, "b.proto: message N { int32 a = 1; }");
    project.commit([]);
    project.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    change(
        &project,
        "message M { int32 a = 1; string kept = 3; bool x = 2; }",
    );
    project.commit([]);
    let read = |repository: &Repository, is_anew: bool| {
        let head = repository.head().expect("there is a commit").commit;
        let ledger = match is_anew {
            true => Ledger::read_anew(repository, head, Reach::All),
            false => Ledger::read(repository, head, Reach::All),
        };
        ledger.expect("the history can be read")
    };
    let repository = project.open();
    let whole = read(&repository, true);
    assert_eq!(whole.reuses().len(), 1);
    assert!(!whole.is_incomplete());

    let kept = project.directory.join(".git/protogov/history-all");
    assert!(read(&repository, false) == whole);
    let bytes = fs::read(&kept).expect("it is kept");
    let middle = bytes.len() / 2;
    let mut flipped = bytes.clone();
    flipped[middle] ^= 1;
    let of_the_line = {
        ledger(&repository);
        fs::read(project.directory.join(".git/protogov/history")).expect("it is kept")
    };
    let damages = [
        &b""[..],
        b"nonsense",
        &bytes[..middle],
        &bytes[1..],
        &flipped,
        // What was kept without branches knows none.
        &of_the_line,
    ];
    for (at, damage) in damages.into_iter().enumerate() {
        fs::write(&kept, damage).expect("writable");
        assert!(read(&repository, false) == whole, "damage {at}");
        assert!(read(&repository, false) == whole, "damage {at}, again");
    }
    fs::remove_file(&kept).expect("it is kept");
    fs::create_dir(&kept).expect("writable");
    assert!(
        read(&repository, false) == whole,
        "a directory in its place"
    );

    // Cut on the line, on the branch, and both.
    for depth in ["1", "2", "3", "4"] {
        let clone = project.clone_to(&format!("depth-{depth}"), &["--depth", depth]);
        let shallow = read(&open_at(&clone, &[]), false);
        assert!(shallow.is_incomplete(), "depth {depth}");
        let again = read(&open_at(&clone, &[]), false);
        assert!(again == shallow, "depth {depth}, again");
        let fetched = Command::new("git")
            .args(["fetch", "-q", "--unshallow"])
            .current_dir(&clone)
            .status();
        assert!(fetched.is_ok_and(|status| status.success()));
        let fetched = read(&open_at(&clone, &[]), false);
        assert!(!fetched.is_incomplete(), "depth {depth}, fetched");
        assert!(fetched == whole, "depth {depth}, fetched");
    }
}

#[test]
fn runs_side_by_side_do_not_harm_each_other() {
    let project = committed(&["message M { int32 a = 1; }", "message M { }"]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let _ = fs::remove_file(project.directory.join(".git/protogov/history"));
                    let repository = project.open();
                    assert!(ledger(&repository) == read_anew(&repository));
                }
            });
        }
    });
}

#[test]
fn a_shallow_clone_knows_that_it_does_not_know_all() {
    let project = committed(&[
        "message M { int32 a = 1; int32 b = 2; }",
        "message M { int32 a = 1; }",
        "message M { int32 a = 1; bool x = 2; }",
    ]);
    let clone = project.clone_to("shallow", &["--depth", "2"]);
    let read = ledger(&open_at(&clone, &[]));
    assert!(read.is_incomplete());
    assert_eq!(read.line().len(), 2);
    let fetched = Command::new("git")
        .args([
            "-c",
            "protocol.file.allow=always",
            "fetch",
            "-q",
            "--unshallow",
        ])
        .current_dir(&clone)
        .status();
    assert!(fetched.is_ok_and(|status| status.success()));
    let read = ledger(&open_at(&clone, &[]));
    assert!(!read.is_incomplete());
    assert_eq!(read.reuses().len(), 1);
}

/// The reuses and the holes that an independent scan found in a public history.
fn expected(file: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let (mut reuses, mut holes) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).expect("a JSON object");
        let holder = |key: &str| {
            let parts = entry[key].as_array().expect("a list");
            let parts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
            parts.join("|")
        };
        let message = entry["message"].as_str().expect("a name");
        let number = &entry["number"];
        let enum_type = |text: String| text.replace("|enum value|", "||");
        let old = enum_type(holder("old"));
        if entry["kind"] == "reuse" {
            let new = enum_type(holder("new"));
            let commit = entry["commit"].as_str().expect("an id");
            reuses.insert(format!("{message}#{number} {old} -> {new} at {commit}"));
        } else {
            holes.insert(format!("{message}#{number} {old}"));
        }
    }
    (reuses, holes)
}

/// The scan knows types by their names only. Followed through renames of types and packages, these numbers were used
/// again too; see `docs/differences.md`.
const THROUGH_RENAMES: &[&str] = &[
    "io.linkerd.proxy.destination.TlsIdentity#1",
    "kudu.consensus.QuorumPB#4",
    "kudu.consensus.RaftConfigPB#4",
    "kudu.log.LogEntryTypePB#3",
    "kvrpcpb.KvPair#4",
    "mvccpb.Event#3",
    "opentelemetry.proto.profiles.v1development.Mapping#6",
    "opentelemetry.proto.profiles.v1development.Sample#3",
    "pdpb.RegionHeartbeatRequest#3",
    "temporal.api.workflowservice.v1.QueryWorkflowRequest#5",
    "temporal.api.workflowservice.v1.UpdateNamespaceRequest#7",
];

#[test]
fn public_histories_hold_the_known_reuses_and_no_others() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let Ok(bundles) = fs::read_dir(corpora.join("history")) else {
        eprintln!("skipped: {} holds no corpora", corpora.display());
        return;
    };
    let only = std::env::var("PROTOGOV_CORPUS").ok();
    let unpacked = tempfile::tempdir().expect("a temporary directory");
    let mut wrong = Vec::new();
    for bundle in bundles.flatten() {
        let name = bundle.file_name().to_string_lossy().replace(".bundle", "");
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let directory = unpacked.path().join(&name);
        let cloned = Command::new("git")
            .args(["clone", "-q", "--bare", "-b", "main"])
            .arg(bundle.path())
            .arg(&directory)
            .status();
        if !cloned.is_ok_and(|status| status.success()) {
            eprintln!("skipped: {name} cannot be unpacked");
            continue;
        }
        let start = std::time::Instant::now();
        let ledger = ledger(&open_at(&directory, &[]));
        let (reuses, open_holes) = expected(&corpora.join(format!("expected/{name}.jsonl")));
        let found = number_reuses(&ledger, false);
        for reuse in number_reuses(&ledger, true) {
            let (number, _) = reuse.split_once(' ').expect("a number and its holders");
            if !THROUGH_RENAMES.contains(&number) {
                wrong.push(format!("{name}: new through a rename: {reuse}"));
            }
        }
        let holes = holes(&ledger);
        eprintln!(
            "{name}: {} commits, {} reuses, {} holes, {} revisions skipped, {:.1} s",
            ledger.line().len(),
            found.len(),
            holes.len(),
            ledger.skipped(),
            start.elapsed().as_secs_f32()
        );
        let missing = reuses.difference(&found);
        wrong.extend(missing.map(|line| format!("{name}: missing {line}")));
        let extra = found.difference(&reuses);
        wrong.extend(extra.map(|line| format!("{name}: extra   {line}")));
        let missing = open_holes.difference(&holes);
        wrong.extend(missing.map(|line| format!("{name}: missing hole {line}")));
        let extra = holes.difference(&open_holes);
        wrong.extend(extra.map(|line| format!("{name}: extra hole   {line}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
