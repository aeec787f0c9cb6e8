//! The cache of results: it changes nothing but the time that a run takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use super::files::Files;

const ORDER: &str = "syntax = \"proto3\";\npackage shop.v1;\nimport \"money.proto\";\nmessage Order { Money Total = 1; }\n";
const MONEY: &str = "syntax = \"proto3\";\npackage shop.v1;\nmessage Money { int64 units = 1; }\n";

/// A tree of contracts and a cache of its own.
struct Runs {
    files: Files,
    cache: PathBuf,
}

impl Runs {
    fn new() -> Self {
        let files = Files::with([
            ("proto/protogov.toml", "[lint]\nuse = [\"STANDARD\"]\n"),
            ("proto/order.proto", ORDER),
            ("shared/money.proto", MONEY),
        ]);
        let cache = files.path("cache");
        Self { files, cache }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_protogov"));
        command
            .args(["lint", "-I", "../shared", "."])
            .args(arguments)
            .current_dir(self.files.path("proto"))
            .env("PROTOGOV_CACHE_DIR", &self.cache)
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITHUB_STEP_SUMMARY");
        command
    }

    fn lint(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.is_empty(), "{said}");
        output
    }

    /// The files of the cache, each with what tells it from another one of that name.
    fn entries(&self) -> BTreeMap<String, u64> {
        let entries = fs::read_dir(&self.cache).into_iter().flatten().flatten();
        entries
            .map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                (name, identity(&entry))
            })
            .collect()
    }

    fn entry(&self) -> PathBuf {
        let entries = self.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        self.cache.join(entries.keys().next().expect("one"))
    }

    /// Runs and says whether the cache gave the result. What is printed must be what a run without it prints.
    fn is_warm(&self, arguments: &[&str]) -> bool {
        let before = self.entries();
        let output = self.lint(arguments);
        let is_warm = before == self.entries();
        let anew = self.lint(&[arguments, &["--no-cache"]].concat());
        assert_eq!(output, anew, "the cache must not be seen");
        is_warm
    }
}

#[cfg(unix)]
fn identity(entry: &fs::DirEntry) -> u64 {
    use std::os::unix::fs::DirEntryExt;
    entry.ino()
}

#[cfg(not(unix))]
fn identity(entry: &fs::DirEntry) -> u64 {
    let created = entry.metadata().and_then(|entry| entry.created());
    let created = created
        .expect("a time")
        .duration_since(SystemTime::UNIX_EPOCH);
    created.expect("after 1970").as_nanos() as u64
}

#[test]
fn a_run_with_nothing_changed_prints_what_was_printed() {
    for arguments in [
        &["--format", "json"][..],
        &["--format", "text"],
        &["--format", "sarif", "--columns", "bytes"],
        &["--fail-on", "error", "--color", "always"],
        &["--format", "github"],
    ] {
        let runs = Runs::new();
        assert!(!runs.is_warm(arguments), "{arguments:?}");
        assert!(runs.is_warm(arguments), "{arguments:?}");
        assert_eq!(runs.lint(arguments).status.code(), Some(1));
    }
}

#[test]
fn files_are_written_again() {
    let runs = Runs::new();
    let arguments = ["--output", "json=out.json", "--output", "concise"];
    let first = runs.lint(&arguments);
    let written = fs::read(runs.files.path("proto/out.json")).expect("written");
    assert!(!written.is_empty());
    fs::remove_file(runs.files.path("proto/out.json")).expect("there");
    let entries = runs.entries();
    assert_eq!(runs.lint(&arguments), first);
    assert_eq!(runs.entries(), entries);
    assert_eq!(
        fs::read(runs.files.path("proto/out.json")).ok(),
        Some(written)
    );
}

/// What somebody does to the files between two runs.
type Change = fn(&Runs);

#[test]
fn every_change_is_seen() {
    let changes: [(&str, Change); 7] = [
        ("a byte of a file", |runs| {
            runs.files
                .write("proto/order.proto", ORDER.replace("Total", "Sum"));
        }),
        ("a byte of an import", |runs| {
            runs.files.write(
                "shared/money.proto",
                MONEY.replace("message Money", "enum Money"),
            );
        }),
        ("a new file", |runs| {
            runs.files
                .write("proto/new.proto", "syntax = \"proto3\";\n");
        }),
        ("another name", |runs| {
            let from = runs.files.path("proto/order.proto");
            fs::rename(from, runs.files.path("proto/Other.proto")).expect("renamed");
        }),
        ("an import that is gone", |runs| {
            fs::remove_file(runs.files.path("shared/money.proto")).expect("there");
        }),
        ("the configuration", |runs| {
            runs.files
                .write("proto/protogov.toml", "[lint]\nuse = [\"MINIMAL\"]\n");
        }),
        ("who owns the files", |runs| {
            runs.files.write("proto/.git/HEAD", "");
            runs.files.write("proto/CODEOWNERS", "* @shop\n");
        }),
    ];
    for (what, change) in changes {
        let runs = Runs::new();
        assert!(!runs.is_warm(&["--format", "json"]), "{what}");
        change(&runs);
        assert!(!runs.is_warm(&["--format", "json"]), "{what}");
        assert!(runs.is_warm(&["--format", "json"]), "{what}");
    }
}

#[test]
fn what_is_wrong_with_the_disk_is_found_out_anew() {
    let runs = Runs::new();
    runs.lint(&[]);
    // `shared` comes first, so this file is shadowed.
    runs.files.write("proto/money.proto", MONEY);
    assert!(runs.is_warm(&[]), "nothing is kept");
    let printed = runs.lint(&[]).stdout;
    assert!(String::from_utf8_lossy(&printed).contains("is shadowed by"));
    fs::remove_file(runs.files.path("proto/money.proto")).expect("there");
    assert!(runs.is_warm(&[]), "what was kept before counts again");
}

#[test]
fn arguments_have_results_of_their_own() {
    let runs = Runs::new();
    assert!(!runs.is_warm(&[]));
    for arguments in [
        &["-I", "../more"][..],
        &["--exclude", "x"],
        &["--format", "json"],
        &["--isolated"],
        &["--columns", "bytes"],
    ] {
        fs::create_dir_all(runs.files.path("more")).expect("made");
        assert!(!runs.is_warm(arguments), "{arguments:?}");
        assert!(runs.is_warm(arguments), "{arguments:?}");
    }
    assert!(runs.is_warm(&[]));
}

#[test]
fn without_the_cache_none_is_made() {
    let runs = Runs::new();
    runs.lint(&["--no-cache"]);
    assert!(!runs.cache.exists());
}

#[test]
fn broken_entries_are_made_anew() {
    let runs = Runs::new();
    runs.lint(&[]);
    let path = runs.entry();
    let whole = fs::read(&path).expect("there");
    let mut broken: Vec<Vec<u8>> = [0, 1, 17, whole.len() / 2, whole.len() - 1]
        .into_iter()
        .map(|length| whole[..length].to_vec())
        .collect();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        broken.push(bytes);
    }
    broken.push(b"something else\n".repeat(100));
    broken.push([&whole[..], b"more"].concat());
    let sound = runs.lint(&["--no-cache"]);
    for bytes in broken {
        fs::write(&path, &bytes).expect("written");
        assert_eq!(runs.lint(&[]), sound);
        assert_eq!(fs::read(&path).ok().as_deref(), Some(&whole[..]));
    }
}

#[test]
fn no_place_for_a_cache_is_no_failure() {
    let mut runs = Runs::new();
    let sound = runs.lint(&["--no-cache"]);
    // A file in the way, and a directory in the way of an entry.
    runs.cache = runs.files.path("proto/order.proto");
    assert_eq!(runs.lint(&[]), sound);
    runs.cache = runs.files.path("cache");
    runs.lint(&[]);
    let entry = runs.entry();
    fs::remove_file(&entry).expect("there");
    fs::create_dir(&entry).expect("made");
    assert_eq!(runs.lint(&[]), sound);
    assert!(entry.is_dir());
    assert_eq!(runs.entries().len(), 1, "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let runs = Runs::new();
    runs.lint(&[]);
    let entry = runs.entry();
    let elsewhere = runs.files.path("elsewhere");
    fs::rename(&entry, &elsewhere).expect("moved");
    let before = fs::read(&elsewhere).expect("there");
    std::os::unix::fs::symlink(&elsewhere, &entry).expect("linked");
    runs.files
        .write("proto/order.proto", ORDER.replace("Total", "Sum"));
    assert!(!runs.is_warm(&[]));
    assert!(!fs::symlink_metadata(&entry).expect("there").is_symlink());
    assert_eq!(fs::read(&elsewhere).ok(), Some(before));
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let runs = Runs::new();
    let sound = runs.lint(&["--no-cache"]);
    for _ in 0..3 {
        let spawn = || {
            let mut command = runs.command(&[]);
            command.stdout(std::process::Stdio::piped()).spawn()
        };
        let children: Vec<_> = (0..6).map(|_| spawn().expect("it runs")).collect();
        for child in children {
            let output = child.wait_with_output().expect("it ends");
            assert_eq!(output.stdout, sound.stdout);
        }
        assert!(runs.is_warm(&[]));
        runs.entry();
        fs::remove_dir_all(&runs.cache).expect("there");
    }
}

#[test]
fn what_was_not_used_for_long_goes() {
    let runs = Runs::new();
    runs.lint(&[]);
    let kept = runs.entry();
    let day = Duration::from_secs(24 * 60 * 60);
    let make = |name: &str, length: u64, age: Duration| {
        let path = runs.cache.join(name);
        let file = fs::File::create(&path).expect("made");
        file.set_len(length).expect("set");
        file.set_modified(SystemTime::now() - age).expect("set");
        path
    };
    let name = |digit: &str, ending: &str| format!("{}.{ending}", digit.repeat(32));
    // Files with holes: they take no room on the disk.
    let young = make(&name("a", "result"), 300 << 20, day);
    let old = make(&name("b", "result"), 300 << 20, 2 * day);
    let abandoned = make(&name("c", "123"), 10, day);
    let foreign = make("notes.txt", 600 << 20, 3 * day);
    runs.lint(&["--format", "json"]);
    assert!(kept.exists() && young.exists() && foreign.exists());
    assert!(!old.exists() && !abandoned.exists());
}
