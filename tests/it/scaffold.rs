//! Contracts as crates: what is planned, what is refused, what is written.

use std::path::{Path, PathBuf};

use protogov::scaffold::{Answers, CrateName, Features, Plan, Rendered, Store, layout, render};
use protogov::schema::Schema;
use protogov::workspace::{ImportRoot, ParsedFiles, load, roots};

/// Links files below a root.
fn schema(root: &Path, paths: &[&str]) -> Schema {
    let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
    let roots = roots(&paths, &[ImportRoot::new(root)]).expect("all paths are there");
    Schema::link(load(&roots, &ParsedFiles::default()).inputs())
}

fn answers(name: &str, features: &str, store: Store) -> Answers {
    Answers {
        name: CrateName::new(name).expect("a name"),
        services: Vec::new(),
        features: features.parse::<Features>().expect("features"),
        store,
    }
}

fn rendered(paths: &[&str], answers: Answers) -> Vec<Rendered> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let plan = Plan::new(&schema(&root, paths), answers).expect("nothing to refuse");
    let mut files = render(&plan).expect("the templates fit the plan");
    layout::lay_out(&mut files);
    files
}

fn write(files: &[Rendered], directory: &Path) {
    for file in files {
        let path = directory.join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::write(path, &file.text).expect("written");
    }
}

#[test]
fn dump() {
    let Some(out) = std::env::var_os("SCAFFOLD_OUT") else {
        return;
    };
    let out = PathBuf::from(out);
    let users = &["users/v1/users.proto"];
    for (name, features, store, paths) in [
        ("users", "production", Store::Sqlite, users.as_slice()),
        ("users-minimal", "minimal", Store::None, users.as_slice()),
        ("users-memory", "minimal", Store::Memory, users.as_slice()),
        (
            "shipment",
            "production",
            Store::Sqlite,
            &[
                "logistics/shipment/v1/shipment.proto",
                "logistics/tracking/v1/tracking.proto",
            ],
        ),
    ] {
        write(
            &rendered(paths, answers(name, features, store)),
            &out.join(name),
        );
    }
}
