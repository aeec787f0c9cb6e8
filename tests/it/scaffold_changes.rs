//! Fourteen changes of a contract, each merged into a service whose every body was rewritten.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use protogov::scaffold::lock::{Contract, Lock};
use protogov::scaffold::{
    Answers, Changes, CrateName, Features, Outcome, Plan, Rendered, Store, render,
};
use protogov::schema::Schema;
use protogov::workspace::{ImportRoot, ParsedFiles, load, roots};

use crate::files::Files;

const HANDLER: &str = "src/services/parcels.rs";

/// The rpcs before any change, each with its request.
const RPCS: [(&str, &str); 4] = [
    ("Announce", "AnnounceRequest"),
    ("Deliver", "DeliverRequest"),
    ("Lose", "LoseRequest"),
    ("Weigh", "WeighRequest"),
];

fn contract(rpcs: &[(&str, &str)]) -> String {
    let methods: String = rpcs
        .iter()
        .map(|(name, request)| format!("  rpc {name}({request}) returns (Answer);\n"))
        .collect();
    let requests: String = rpcs
        .iter()
        .map(|(_, request)| format!("message {request} {{ string text = 1; }}\n"))
        .collect();
    format!(
        "syntax = \"proto3\";\npackage parcels.v1;\nservice Parcels {{\n{methods}}}\nmessage Answer {{}}\n{requests}"
    )
}

fn rendered(rpcs: &[(&str, &str)]) -> Vec<Rendered> {
    let files = Files::with([("a.proto", contract(rpcs).as_str())]);
    let root = files.path(".");
    let roots = roots(&[root.join("a.proto")], &[ImportRoot::new(&root)]).expect("it is there");
    let schema = Schema::link(load(&roots, &ParsedFiles::default()).inputs());
    let plan = Plan::new(&schema, answers()).expect("nothing to refuse");
    render(&plan).expect("the templates fit the plan")
}

fn answers() -> Answers {
    Answers {
        name: CrateName::new("example").expect("a name"),
        services: Vec::new(),
        features: Features::minimal(),
        store: Store::None,
        workspace: false,
        recipe: None,
    }
}

fn lock() -> Lock {
    Lock {
        answers: answers(),
        contract: Contract::default(),
        files: BTreeMap::new(),
    }
}

/// Writes the crate of the first contract and rewrites every body; the lines that were written.
fn rewritten(directory: &Path) -> Vec<String> {
    let first = Changes::new(directory, &rendered(&RPCS), None, lock());
    let first = first.expect("the directory is empty");
    first.write().expect("written");
    let path = directory.join(HANDLER);
    let text = fs::read_to_string(&path).expect("readable");
    let mut written = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        if !line.contains("is not written yet") {
            lines.push(line.to_owned());
            continue;
        }
        for step in ["let first", "let second", "let third"] {
            let number = written.len();
            written.push(format!("        {step} = work({number});"));
            lines.extend(written.last().cloned());
        }
        lines.push("        Ok(Response::new(pb::Answer {}))".to_owned());
    }
    assert_eq!(written.len(), 3 * RPCS.len());
    fs::write(path, lines.join("\n") + "\n").expect("written");
    written
}

/// What an update to these rpcs does to the handler, and its text afterwards.
fn updated(rpcs: &[(&str, &str)]) -> (Outcome, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let written = rewritten(directory.path());
    let text = fs::read_to_string(directory.path().join("protogov.lock")).expect("readable");
    let before = Lock::parse(&text).expect("our own");
    let changes = Changes::new(directory.path(), &rendered(rpcs), Some(&before), lock());
    let changes = changes.expect("nothing is refused");
    changes.write().expect("written");
    let after = fs::read_to_string(directory.path().join(HANDLER)).expect("readable");
    for line in &written {
        assert!(after.contains(line), "lost `{line}`:\n{after}");
    }
    let handler = changes.files.iter().find(|file| file.path == HANDLER);
    (handler.expect("it is rendered").outcome, after)
}

#[test]
fn an_rpc_added_anywhere_merges_clean() {
    for (at, name) in ["Abandon", "Bill", "Find", "Restore", "Zone"]
        .iter()
        .enumerate()
    {
        let mut rpcs = RPCS.to_vec();
        rpcs.insert(at, (name, "NewRequest"));
        let (outcome, text) = updated(&rpcs);
        assert_eq!(outcome, Outcome::Merged, "{name}:\n{text}");
        let function = format!("async fn {}(", name.to_lowercase());
        assert!(text.contains(&function), "{name}:\n{text}");
    }
}

#[test]
fn a_request_under_another_name_merges_clean() {
    for (at, (_, request)) in RPCS.iter().enumerate() {
        let mut rpcs = RPCS.to_vec();
        rpcs[at].1 = "RenamedRequest";
        let (outcome, text) = updated(&rpcs);
        assert_eq!(outcome, Outcome::Merged, "{request}:\n{text}");
        assert!(text.contains("Request<pb::RenamedRequest>"), "{text}");
        assert!(!text.contains(request), "{text}");
    }
}

#[test]
fn an_rpc_that_goes_leaves_its_body_under_a_conflict() {
    for (at, (name, _)) in RPCS.iter().enumerate() {
        let mut rpcs = RPCS.to_vec();
        rpcs.remove(at);
        let (outcome, text) = updated(&rpcs);
        assert_eq!(outcome, Outcome::Conflict(1), "{name}:\n{text}");
    }
}

#[test]
fn rpcs_in_another_order_are_the_same_rpcs() {
    let mut rpcs = RPCS.to_vec();
    rpcs.reverse();
    let (outcome, text) = updated(&rpcs);
    assert_eq!(outcome, Outcome::Unchanged, "{text}");
}
