//! The front end, stage by stage, in bytes of source per second.
//!
//! `cargo bench --bench frontend`; the variable `PROTO_ROOT` names a directory of contracts to measure on, else it is
//! `proto/` of this repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use protogov::descriptor::{self, Set};
use protogov::schema::{Input, Schema};
use protogov::syntax::File;
use protogov::text::Source;
use protogov::workspace::{self, ParsedFiles, Root};

fn main() {
    divan::main();
}

/// Finds, reads and parses the files on all threads.
#[divan::bench]
fn load(bencher: Bencher<'_, '_>) {
    let roots = roots();
    bencher
        .counter(bytes(&inputs()))
        .bench_local(|| workspace::load(&roots, &ParsedFiles::default()));
}

#[divan::bench]
fn lex_and_parse(bencher: Bencher<'_, '_>) {
    let sources: Vec<Arc<Source>> = inputs()
        .iter()
        .map(|input| Arc::clone(input.file().source()))
        .collect();
    bencher.counter(bytes(&inputs())).bench_local(|| {
        for source in &sources {
            divan::black_box(File::parse(Arc::clone(source)));
        }
    });
}

#[divan::bench]
fn link(bencher: Bencher<'_, '_>) {
    let inputs = inputs();
    bencher
        .counter(bytes(&inputs))
        .with_inputs(|| inputs.clone())
        .bench_local_values(Schema::link);
}

#[divan::bench(args = [false, true])]
fn descriptors(bencher: Bencher<'_, '_>, source_info: bool) {
    let inputs = inputs();
    let counter = bytes(&inputs);
    let schema = Schema::link(inputs);
    let targets = schema.targets().map(|file| file.id());
    let files = descriptor::in_order_of_dependency(&schema, targets, true);
    bencher.counter(counter).bench_local(|| {
        let set = Set {
            schema: &schema,
            files: files.clone(),
            source_info,
        };
        descriptor::write_binary(&[set], &mut std::io::sink())
    });
}

fn inputs() -> Vec<Input> {
    workspace::load(&roots(), &ParsedFiles::default()).inputs()
}

fn roots() -> Vec<Root> {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let root = std::env::var_os("PROTO_ROOT").map_or_else(ours, PathBuf::from);
    workspace::roots(&[root], &[]).expect("the directory is there")
}

fn bytes(inputs: &[Input]) -> BytesCount {
    let lengths = inputs
        .iter()
        .map(|input| u64::from(input.file().source().len()));
    BytesCount::new(lengths.sum::<u64>())
}
