//! Random changes of a contract and random edits of a user, merged: no line of the user is ever lost.

use std::collections::BTreeMap;
use std::fs;

use protogov::scaffold::lock::{Contract, Lock};
use protogov::scaffold::{Changes, Features, Outcome, Plan, Store, render};

use crate::files::Files;
use crate::scaffold_plan::{answers, schema};

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
