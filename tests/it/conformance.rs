//! The front end against protoc's verdicts on the cases of `fixtures/conformance`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use protogov::diagnostic::Severity;
use protogov::schema::{Input, Role, Schema};
use protogov::sources::well_known;
use protogov::syntax::File;
use protogov::text::Source;
use rayon::prelude::*;

use crate::cases::{self, Case, Verdict};

/// Every disagreement with protoc is named in `known-disagreements.txt`, with a reason, and nothing else is.
#[test]
#[expect(
    clippy::print_stderr,
    reason = "the table is for whoever runs it with --nocapture"
)]
fn verdicts_are_those_of_protoc() {
    let known = names_in("known-disagreements.txt");
    let mut tally: BTreeMap<String, Tally> = BTreeMap::new();
    let mut disagreements = BTreeMap::new();
    let cases = cases::all();
    let found: Vec<Vec<Found>> = cases.par_iter().map(errors).collect();
    for (case, errors) in cases.iter().zip(found) {
        tally
            .entry(case.topic.clone())
            .or_default()
            .add(&case.verdict, &errors);
        tally
            .entry("all".to_owned())
            .or_default()
            .add(&case.verdict, &errors);
        if case.verdict.is_accept() != errors.is_empty() {
            let ours = match errors.first() {
                Some(first) => format!(
                    "protoc accepts it; we say: {}: {}",
                    first.file, first.message
                ),
                None => "protoc rejects it; we do not".to_owned(),
            };
            disagreements.insert(case.id(), (case.verdict.is_accept(), ours));
        }
    }
    eprintln!("{}", table(&tally));
    let mut settled = known.clone();
    let mut new = Vec::new();
    for (id, (accepted, words)) in &disagreements {
        let topic = id.split('/').next().unwrap_or_default();
        // Only what we fail to reject can belong to a check that is yet to be written.
        let names = if *accepted {
            vec![id.clone()]
        } else {
            vec![id.clone(), format!("{topic}/*")]
        };
        match names.iter().find(|name| known.contains(*name)) {
            Some(name) => _ = settled.remove(name),
            None => new.push(format!("{id}: {words}")),
        }
    }
    assert!(
        new.is_empty(),
        "{} new disagreements with protoc:\n{}",
        new.len(),
        new.join("\n")
    );
    assert!(
        settled.is_empty(),
        "take these out of known-disagreements.txt, they are settled: {settled:#?}"
    );
}

/// The names in a list of known differences: a line holds a name and the reason. In `known-disagreements.txt`, `topic/*`
/// stands for all cases of a topic that we do not reject yet.
pub(crate) fn names_in(list: &str) -> BTreeSet<String> {
    let path = cases::folder().join(list);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (id, reason) = line
                .split_once(": ")
                .expect("a line is `topic/case: reason`");
            assert!(!reason.trim().is_empty(), "`{id}` lacks a reason");
            id.to_owned()
        })
        .collect()
}

/// One error of ours: its file, its line from 1 on (0 without a place) and its words.
struct Found {
    file: String,
    line: u32,
    message: String,
}

fn errors(case: &Case) -> Vec<Found> {
    let schema = link(case);
    schema
        .errors()
        .filter(|error| error.severity == Severity::Error)
        .map(|error| match &error.location {
            Some(place) => Found {
                file: place.source.name().to_owned(),
                line: place.source.lines().line(place.span.start) + 1,
                message: error.message.clone(),
            },
            None => Found {
                file: String::new(),
                line: 0,
                message: error.message.clone(),
            },
        })
        .collect()
}

/// Links the files of a case, with those bundled files that they import directly or not.
pub(crate) fn link(case: &Case) -> Schema {
    let mut inputs: Vec<Input> = case
        .files
        .iter()
        .map(|(name, text)| Input::new(parse(name, text.clone()), Role::Target))
        .collect();
    let mut names: BTreeSet<String> = case.files.iter().map(|(name, _)| name.clone()).collect();
    let mut next = 0;
    while let Some(input) = inputs.get(next) {
        let file = Arc::clone(input.file());
        for import in &file.tree().imports {
            let name = String::from_utf8_lossy(&file.string_value(import.path)).into_owned();
            let Some(bundled) = BUNDLED.get(name.as_str()) else {
                continue;
            };
            if names.insert(name) {
                inputs.push(Input::new(Arc::clone(bundled), Role::Import));
            }
        }
        next += 1;
    }
    let descriptor = "google/protobuf/descriptor.proto";
    if names.insert(descriptor.to_owned()) {
        inputs.push(Input::new(Arc::clone(&BUNDLED[descriptor]), Role::Builtin));
    }
    Schema::link(inputs)
}

static BUNDLED: LazyLock<BTreeMap<&str, Arc<File>>> = LazyLock::new(|| {
    let parsed =
        |&(name, text): &(&'static str, &str)| (name, parse(name, text.as_bytes().to_vec()));
    well_known::FILES.iter().map(parsed).collect()
});

fn parse(name: &str, text: Vec<u8>) -> Arc<File> {
    Arc::new(File::parse(Arc::new(
        Source::new(name, name, text).expect("small enough"),
    )))
}

/// How often we agree, in one topic.
#[derive(Default)]
struct Tally {
    accepts: Rate,
    rejects: Rate,
    /// Of the cases both reject: one of our errors is on a line where protoc has one.
    lines: Rate,
    /// Of the cases where protoc reports more than one error: so do we.
    several: Rate,
}

#[derive(Default)]
struct Rate {
    agreed: u32,
    cases: u32,
}

impl Rate {
    fn add(&mut self, agreed: bool) {
        self.cases += 1;
        self.agreed += u32::from(agreed);
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.agreed) / f64::from(self.cases.max(1))
    }
}

impl Tally {
    fn add(&mut self, verdict: &Verdict, errors: &[Found]) {
        let Verdict::Reject(places) = verdict else {
            self.accepts.add(errors.is_empty());
            return;
        };
        self.rejects.add(!errors.is_empty());
        if !errors.is_empty() {
            let is_shared = |error: &Found| {
                places
                    .get(&error.file)
                    .is_some_and(|lines| lines.contains(&error.line))
            };
            self.lines.add(errors.iter().any(is_shared));
        }
        if places.values().map(Vec::len).sum::<usize>() > 1 {
            self.several.add(errors.len() > 1);
        }
    }
}

fn table(tally: &BTreeMap<String, Tally>) -> String {
    let mut text = format!(
        "{:24}{:>16}{:>16}{:>10}{:>10}{:>10}\n",
        "topic", "accepted", "rejected", "balanced", "line", "several"
    );
    for (
        topic,
        Tally {
            accepts,
            rejects,
            lines,
            several,
        },
    ) in tally
    {
        let halves: Vec<f64> = [accepts, rejects]
            .iter()
            .filter(|rate| rate.cases > 0)
            .map(|rate| rate.percent())
            .collect();
        let balanced = halves.iter().sum::<f64>() / halves.len().max(1) as f64;
        let accepted = format!("{}/{}", accepts.agreed, accepts.cases);
        let rejected = format!("{}/{}", rejects.agreed, rejects.cases);
        let (line, several) = (lines.percent(), several.percent());
        writeln!(
            text,
            "{topic:24}{accepted:>16}{rejected:>16}{balanced:>10.2}{line:>10.1}{several:>10.1}"
        )
        .expect("strings take all");
    }
    text
}
