//! The yardstick F: opens, reads and hashes every byte of each `.proto` file of a tree, on all threads, and prints the
//! seconds it took. No run that looks at every byte can take less.
//!
//! `cargo bench --bench anchor -- TREE`

use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;
use rustc_hash::FxHasher;

fn main() {
    let tree = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let tree = tree.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/proto").to_owned());
    let start = Instant::now();
    let hash = visit(Path::new(&tree));
    let seconds = start.elapsed().as_secs_f64();
    divan::black_box(hash);
    #[expect(clippy::print_stdout, reason = "it is the result")]
    {
        println!("{seconds}");
    }
}

fn visit(directory: &Path) -> u64 {
    let entries: Vec<(PathBuf, bool)> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            (
                entry.path(),
                entry.file_type().is_ok_and(|kind| kind.is_dir()),
            )
        })
        .collect();
    let hash = |(path, is_directory): (PathBuf, bool)| {
        if is_directory {
            return visit(&path);
        }
        if path
            .extension()
            .is_none_or(|extension| extension != "proto")
        {
            return 0;
        }
        let mut hasher = FxHasher::default();
        hasher.write(&std::fs::read(&path).unwrap_or_default());
        hasher.finish()
    };
    entries
        .into_par_iter()
        .map(hash)
        .reduce(|| 0, u64::wrapping_add)
}
