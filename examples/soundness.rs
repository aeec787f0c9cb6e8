//! Checks verdicts against what happens to values, on any number of random pairs of schemas:
//! `cargo run --release --example soundness -- PAIRS [SEED] [crowded]`. What it found is told in `docs/soundness.md`.

#[path = "../tests/it/pairs/mod.rs"]
mod pairs;
#[path = "../tests/it/soundness.rs"]
mod soundness;
#[path = "../tests/it/survival.rs"]
mod survival;

use rayon::prelude::*;
use soundness::{BATCH, Making, Outcome, batch};

#[allow(clippy::print_stdout, reason = "a program that tells what it found")]
fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse::<u64>().ok());
    let count = arguments.next().unwrap_or(100_000);
    let seed = arguments.next().unwrap_or(1);
    let making = match std::env::args().any(|word| word == "crowded") {
        true => Making::Crowded,
        false => Making::Changed,
    };
    let batches = count.div_ceil(BATCH as u64);
    let mut total = Outcome::default();
    // So many at a time that progress can be told.
    for start in (0..batches).step_by(100) {
        let end = batches.min(start + 100);
        let outcomes: Vec<Outcome> = (seed + start..seed + end)
            .into_par_iter()
            .map(|seed| batch(making, seed))
            .collect();
        for outcome in outcomes {
            for wrong in &outcome.wrong {
                println!("{wrong}");
            }
            total.add(outcome);
        }
        println!("{} pairs, {} wrong", total.pairs, total.wrong.len());
    }
    println!(
        "seeds {seed} to {}: {} pairs, {} of them safe on both surfaces, {} left out since they do not compile, {} wrong verdicts",
        seed + batches - 1,
        total.pairs,
        total.safe,
        total.skipped,
        total.wrong.len()
    );
    std::process::exit(i32::from(!total.wrong.is_empty()));
}
