//! What walking a directory must stand.

use std::sync::Mutex;

use protogov::diagnostic::Severity;
use protogov::sources::{Disk, Selection, Tree};

use crate::files::Files;

/// The paths that a visit finds, sorted, and the messages it gives.
pub fn visit(tree: &dyn Tree, selection: &Selection) -> (Vec<String>, Vec<String>) {
    let found = Mutex::new(Vec::new());
    let problems = tree.visit(selection, &|file| {
        found.lock().expect("no visit panics").push(file.path);
    });
    let mut found = found.into_inner().expect("no visit panics");
    found.sort();
    let problems = problems
        .into_iter()
        .map(|problem| problem.into_facts().message)
        .collect();
    (found, problems)
}

fn visit_all(files: &Files) -> (Vec<String>, Vec<String>) {
    let disk = Disk::open(files.root()).expect("the directory is there");
    visit(&disk, &Selection::all())
}

#[test]
fn proto_files_are_found_and_hidden_ones_are_not() {
    let files = Files::with([
        ("a.proto", ""),
        ("b/c.proto", ""),
        ("b/d.txt", ""),
        ("b/.proto", ""),
        ("b/e.proto/f.proto", ""),
        (".git/g.proto", ""),
        (".hidden/h.proto", ""),
        ("b/.i.proto", ""),
    ]);
    assert_eq!(
        visit_all(&files),
        (
            vec![
                "a.proto".into(),
                "b/c.proto".into(),
                "b/e.proto/f.proto".into()
            ],
            vec![]
        )
    );
}

#[test]
fn a_hidden_path_is_found_where_it_is_named() {
    let files = Files::with([(".hidden/h.proto", ""), (".hidden/.more/i.proto", "")]);
    let disk = Disk::open(files.root()).expect("the directory is there");
    let (found, _) = visit(&disk, &Selection::only([".hidden"]));
    assert_eq!(found, [".hidden/h.proto"]);
}

#[test]
fn what_is_read_is_what_was_written() {
    let files = Files::with([("a/b.proto", "syntax")]);
    let disk = Disk::open(files.root()).expect("the directory is there");
    let read = |path| {
        disk.read(path)
            .map_err(|problem| problem.into_facts().message)
    };
    assert_eq!(read("a/b.proto"), Ok(Some(b"syntax".to_vec())));
    assert_eq!(read("a/c.proto"), Ok(None));
    assert_eq!(read("a"), Ok(None));
    assert_eq!(read("a/b.proto/c.proto"), Ok(None));
}

#[test]
fn a_path_cannot_leave_its_root() {
    let files = Files::with([("in/a.proto", ""), ("out.proto", "")]);
    let disk = Disk::open(files.path("in")).expect("the directory is there");
    let absolute = files.path("out.proto").to_string_lossy().into_owned();
    for path in [
        "../out.proto",
        "x/../../out.proto",
        "./a.proto",
        "/out.proto",
        &absolute,
        "",
        "a.proto/",
        "a\0.proto",
    ] {
        assert!(matches!(disk.read(path), Ok(None)), "{path}");
        assert!(!disk.contains(path), "{path}");
    }
}

#[test]
fn a_missing_directory_is_said() {
    let files = Files::with([("a.proto", "")]);
    let message =
        |path| Disk::open(files.path(path)).map_err(|problem| problem.into_facts().message);
    assert!(
        message("none").is_err_and(|message| message.ends_with("none` does not exist")),
        "a directory that is not there"
    );
    assert!(
        message("a.proto").is_err_and(|message| message.ends_with("a.proto` is not a directory")),
        "a file"
    );
}

#[cfg(unix)]
#[test]
fn links_in_circles_and_out_of_the_tree_are_not_walked() {
    let files = Files::with([("in/a/b.proto", ""), ("out/c.proto", "")]);
    files.link("in/a/loop", "..");
    files.link("in/self", ".");
    files.link("in/twice", "a");
    files.link("in/out", files.path("out"));
    files.link("in/none", "nowhere");
    let disk = Disk::open(files.path("in")).expect("the directory is there");
    let (found, problems) = visit(&disk, &Selection::all());
    assert_eq!(found, ["a/b.proto"]);
    let [problem] = problems.as_slice() else {
        panic!("one link leaves the tree: {problems:?}");
    };
    assert!(problem.contains("in/out` is not visited"), "{problem}");
    // As in protoc, an import may go through a link.
    assert!(disk.contains("out/c.proto"));
}

#[cfg(unix)]
#[test]
fn links_to_files_are_followed_once() {
    let files = Files::with([
        ("in/a.proto", "a"),
        ("out/c.proto", "c"),
        ("out/d.txt", "d"),
    ]);
    files.link("in/b.proto", "a.proto");
    files.link("in/c.proto", files.path("out/c.proto"));
    files.link("in/d.proto", "../out/d.txt");
    files.link("in/dead.proto", "nowhere");
    files.link("in/round.proto", "round.proto");
    let disk = Disk::open(files.path("in")).expect("the directory is there");
    let (found, problems) = visit(&disk, &Selection::all());
    assert_eq!(found, ["a.proto", "c.proto", "d.proto"]);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(
        problems
            .iter()
            .all(|problem| problem.contains("leads nowhere"))
    );
    assert!(matches!(disk.read_found("c.proto"), Ok(Some(bytes)) if bytes == b"c"));
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_not_waited_for() {
    let files = Files::with([("a.proto", "")]);
    let pipe = files.path("pipe.proto");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo here");
        return;
    }
    assert_eq!(visit_all(&files).0, ["a.proto"]);
    let disk = Disk::open(files.root()).expect("the directory is there");
    assert!(matches!(disk.read("pipe.proto"), Ok(None)));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_left_out_and_said() {
    use std::os::unix::ffi::OsStrExt;
    let files = Files::with([("a.proto", "")]);
    let name = std::ffi::OsStr::from_bytes(b"\xff.proto");
    std::fs::write(files.root().join(name), "").expect("Linux takes any name");
    let disk = Disk::open(files.root()).expect("the directory is there");
    let problems = disk.visit(&Selection::all(), &|file| assert_eq!(file.path, "a.proto"));
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].severity, Severity::Warning);
}

#[test]
fn a_file_larger_than_what_is_read_is_refused_unread() {
    let files = Files::with([("a.proto", "")]);
    let size = protogov::text::MAX_SOURCE_BYTES as u64 + 1;
    let file = std::fs::File::create(files.path("a.proto")).expect("a file can be made");
    file.set_len(size).expect("a file may have holes");
    let disk = Disk::open(files.root()).expect("the directory is there");
    let read = disk
        .read("a.proto")
        .map_err(|problem| problem.into_facts().message);
    assert!(read.is_err_and(|message| message.contains("more than the 134217727 that are read")));
}
