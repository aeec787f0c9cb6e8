//! Verdicts against what really happens, on random pairs of schemas.

use std::collections::BTreeMap;
use std::sync::Arc;

use protogov::checks::breaking::Comparison;
use protogov::checks::{
    self, Catalogue, Dialect, Registered, RuleKind, RuleOptions, known_breaking_rules,
};
use protogov::diagnostic::Severity;
use protogov::schema::diff::{Diff, Pair};
use protogov::schema::{Input, Role, Schema};
use protogov::syntax::File;
use protogov::text::Source;

use super::pairs::{self, Message, Random};
use super::survival::{Surface, harm};

/// Pairs that are linked together.
pub const BATCH: usize = 100;

/// What a run found.
#[derive(Default)]
pub struct Outcome {
    /// Pairs that compile on both sides.
    pub pairs: usize,
    /// Pairs that do not.
    pub skipped: usize,
    /// Pairs whose verdict was safe on both surfaces.
    pub safe: usize,
    /// What is wrong with verdicts: harm that none of them tells, and breaks without any harm.
    pub wrong: Vec<String>,
}

impl Outcome {
    pub fn add(&mut self, mut other: Self) {
        self.pairs += other.pairs;
        self.skipped += other.skipped;
        self.safe += other.safe;
        self.wrong.append(&mut other.wrong);
    }
}

/// How a pair is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Making {
    /// The second message is the first after changes of the kinds that the table knows.
    Changed,
    /// Both are made of the same few names, numbers and keys.
    Crowded,
}

/// Checks the verdicts on one batch of pairs.
pub fn batch(making: Making, seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let mut before = Vec::new();
    let mut after = Vec::new();
    for at in 0..BATCH {
        let name = format!("M{at}x");
        let [message, changed] = match making {
            Making::Changed => {
                let message = Message::random(&name, &mut random);
                let mut changed = message.changed(&mut random);
                // Some changes come in stacks.
                while random.one_in(3) {
                    changed = changed.changed(&mut random);
                }
                [message, changed]
            }
            Making::Crowded => Message::crowded(&name, &mut random),
        };
        before.push(message);
        after.push(changed);
    }
    let (old, new) = (link(&before), link(&after));
    let broken: Vec<String> = [&old, &new].into_iter().flat_map(broken).collect();
    let verdicts = [Surface::Wire, Surface::Json].map(|surface| verdicts(&old, &new, surface));
    let mut outcome = Outcome::default();
    for at in 0..BATCH {
        let name = format!("M{at}x");
        let (Some(one), Some(two)) = (old.message(&name), new.message(&name)) else {
            outcome.skipped += 1;
            continue;
        };
        if broken.contains(&name) {
            outcome.skipped += 1;
            continue;
        }
        outcome.pairs += 1;
        let pair = Pair {
            before: one,
            after: two,
        };
        let mut is_safe = true;
        for (surface, verdicts) in [Surface::Wire, Surface::Json].into_iter().zip(&verdicts) {
            let told = verdicts.get(name.as_str());
            let rank = told.map_or(0, |told| told.0);
            is_safe &= rank == 0;
            let wrong = match rank {
                0 => harm(pair, surface, false, &mut random)
                    .map(|harm| format!("{surface:?} is told to be safe, but {harm}")),
                1 => None,
                _ => match harm(pair, surface, true, &mut random) {
                    None => Some(format!(
                        "{surface:?} is told to break, but everything survives: {told:?}"
                    )),
                    Some(_) => None,
                },
            };
            if let Some(wrong) = wrong {
                let (old, new) = (before[at].text(), after[at].text());
                let syntax = before[at].syntax();
                outcome.wrong.push(format!(
                    "{making:?} seed {seed}, {syntax:?}: {wrong}\n{old}->\n{new}"
                ));
            }
        }
        outcome.safe += usize::from(is_safe);
    }
    outcome
}

/// The messages, each in the file of its syntax.
pub fn link(messages: &[Message]) -> Schema {
    link_files(pairs::files(messages))
}

/// Files with these names and texts, and the well-known types.
pub fn link_files(files: impl IntoIterator<Item = (&'static str, String)>) -> Schema {
    let inputs = files.into_iter().map(|(name, text)| {
        let source = Source::new(name, name, text.into_bytes()).expect("small enough");
        Input::new(Arc::new(File::parse(Arc::new(source))), Role::Target)
    });
    let bundled = protogov::sources::well_known::FILES.iter();
    let well_known = bundled
        .filter(|(path, _)| {
            let name = path.strip_prefix("google/protobuf/");
            name.is_some_and(|name| !name.contains('/'))
        })
        .map(|(path, text)| {
            let source = Source::new(*path, *path, text.as_bytes().to_vec()).expect("small enough");
            Input::new(Arc::new(File::parse(Arc::new(source))), Role::Builtin)
        });
    Schema::link(inputs.chain(well_known).collect())
}

/// The messages at the top of which something is wrong.
pub fn broken(schema: &Schema) -> Vec<String> {
    let mut broken = Vec::new();
    for error in schema.errors() {
        let Some(place) = &error.location else {
            continue;
        };
        for file in schema
            .targets()
            .filter(|file| Arc::ptr_eq(file.source(), &place.source))
        {
            let around = file
                .messages()
                .filter(|message| message.span().contains(place.span.start));
            broken.extend(around.map(|message| message.full_name().to_owned()));
        }
    }
    broken
}

/// The worst verdict on each message, as a rank from 0 to 3, with the rules that give it: by the rules of the category
/// that is about the surface.
fn verdicts(old: &Schema, new: &Schema, surface: Surface) -> BTreeMap<String, (u8, Vec<String>)> {
    let catalogue = Catalogue::new(
        RuleKind::Breaking,
        Dialect::Protogov,
        &known_breaking_rules(),
    );
    let category = match surface {
        Surface::Wire => "WIRE",
        Surface::Json => "WIRE_JSON",
    };
    let named = catalogue.named(category).expect("a category");
    let rules: Vec<(&'static Registered, Severity)> = named
        .rules()
        .iter()
        .filter_map(|id| checks::rule(id.as_str()))
        .map(|rule| (rule, Severity::Error))
        .collect();
    let comparison = Comparison {
        rules: &rules,
        options: &RuleOptions::default(),
        finds_witnesses: false,
    };
    let mut verdicts: BTreeMap<String, (u8, Vec<String>)> = BTreeMap::new();
    for finding in comparison.run(&Diff::new(old, new)) {
        let Some(verdict) = &finding.verdict else {
            continue;
        };
        let outcome = match surface {
            Surface::Wire => &verdict.wire,
            Surface::Json => &verdict.json,
        };
        let name = finding.symbol.split(['.', '#']).next().unwrap_or_default();
        let told = verdicts.entry(name.to_owned()).or_default();
        if outcome.rank() > told.0 {
            *told = (outcome.rank(), Vec::new());
        }
        if outcome.rank() == told.0 {
            told.1
                .push(format!("{} {outcome}", finding.diagnostic.code));
        }
    }
    verdicts
}

/// Batches in which verdicts were wrong once: names that take over the numbers of others, fields that meet in a oneof.
#[cfg(test)]
const MENDED: [u64; 16] = [
    5009, 5157, 5185, 5225, 5227, 5345, 5357, 5412, 5440, 5450, 5504, 5513, 5522, 101393, 101711,
    308026,
];

/// The same for pairs of few names, numbers and keys.
#[cfg(test)]
const MENDED_CROWDED: [u64; 2] = [500_331, 501_393];

/// Verdicts on 10,000 pairs, and on those that were wrong once; `cargo run --release --example soundness` takes as many as
/// one likes.
#[test]
fn verdicts_on_random_pairs_are_sound_and_not_too_loud() {
    let mut outcome = Outcome::default();
    let count = 5_000 / BATCH as u64;
    for seed in (1..=count).chain(MENDED) {
        outcome.add(batch(Making::Changed, seed));
    }
    for seed in (1..=count).chain(MENDED_CROWDED) {
        outcome.add(batch(Making::Crowded, seed));
    }
    assert!(
        outcome.pairs > 9_000,
        "{} pairs, {} skipped",
        outcome.pairs,
        outcome.skipped
    );
    assert!(outcome.safe > 500, "{} safe ones", outcome.safe);
    let shown = outcome.wrong.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(
        outcome.wrong.is_empty(),
        "{} verdicts of {} are wrong:\n{}",
        outcome.wrong.len(),
        outcome.pairs,
        shown.join("\n")
    );
}
