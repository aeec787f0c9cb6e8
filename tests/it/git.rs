//! Git repositories as people have them, each built by the git binary and compared with what git itself says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use protogov::diagnostic::Diagnostic;
use protogov::sources::git::{After, Change, CommitId, Repository, Revision, RevisionTree};
use protogov::sources::git::{StagedTree, WorkTree};
use protogov::sources::{Environment, Selection, Tree};
use protogov::workspace::{self, Checked, Loaded, ParsedFiles, Versions, load};

use crate::disk::visit;
use crate::files::Files;

/// A repository in a temporary directory.
pub struct Project {
    pub files: Files,
    /// The working tree, or the bare repository.
    pub directory: PathBuf,
    clock: AtomicU64,
}

impl Project {
    /// An empty repository with these options of `git init`.
    pub fn init(options: &[&str]) -> Self {
        let files = Files::new();
        let project = Self {
            directory: files.path("project"),
            files,
            clock: AtomicU64::new(1_700_000_000),
        };
        let mut arguments = vec!["init", "-q", "-b", "main"];
        arguments.extend(options);
        arguments.push("project");
        project.git_in(&project.files.root(), &arguments);
        project
    }

    /// A repository with one commit of these files.
    pub fn with<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let project = Self::init(&[]);
        project.commit(files);
        project
    }

    pub fn write(&self, path: &str, text: &str) {
        self.files.write(&format!("project/{path}"), text);
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.directory.join(path)).expect("the file is there");
    }

    /// Writes files, commits everything, and gives the commit's id.
    pub fn commit<'a>(&self, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "a commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.directory, arguments)
    }

    /// What git prints. It sees no configuration and no environment of ours, and each call is a minute later.
    fn git_in(&self, directory: &Path, arguments: &[&str]) -> String {
        let time = self.clock.fetch_add(60, Ordering::Relaxed);
        let output = Command::new("git")
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.files.root())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A Author")
            .env("GIT_AUTHOR_EMAIL", "author@example.com")
            .env("GIT_COMMITTER_NAME", "C Committer")
            .env("GIT_COMMITTER_EMAIL", "committer@example.com")
            .env("GIT_AUTHOR_DATE", format!("{time} +0000"))
            .env("GIT_COMMITTER_DATE", format!("{time} +0000"))
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .output()
            .expect("git is installed");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    pub fn open(&self) -> Arc<Repository> {
        self.open_with(&[])
    }

    fn open_with(&self, variables: &[(&str, &str)]) -> Arc<Repository> {
        open_at(&self.directory, variables)
    }

    /// Clones into a directory beside this one.
    pub fn clone_to(&self, name: &str, options: &[&str]) -> PathBuf {
        let url = format!("file://{}", self.directory.display());
        let mut arguments = vec!["clone", "-q"];
        arguments.extend(options);
        arguments.extend([url.as_str(), name]);
        self.git_in(&self.files.root(), &arguments);
        self.files.path(name)
    }
}

pub fn open_at(directory: &Path, variables: &[(&str, &str)]) -> Arc<Repository> {
    let environment: Environment = variables.iter().copied().collect();
    Repository::discover(directory, &environment)
        .expect("the repository can be read")
        .expect("there is a repository")
}

/// The id of the commit that a revision names, or the message.
fn resolved(repository: &Repository, revision: &str) -> Result<String, Diagnostic> {
    let head = repository.head()?.commit;
    Ok(repository.resolve(revision, head)?.commit.to_string())
}

fn revision(repository: &Repository, name: &str) -> Revision {
    let head = repository.head().expect("there is a commit").commit;
    repository
        .resolve(name, head)
        .expect("the revision is there")
}

fn commit(repository: &Repository, name: &str) -> CommitId {
    revision(repository, name).commit
}

fn tree_at(repository: &Arc<Repository>, name: &str, prefix: &str) -> RevisionTree {
    RevisionTree::new(repository, commit(repository, name), prefix, "")
        .expect("the commit is there")
}

/// Path and text of each proto file of a tree.
fn contents(tree: &dyn Tree) -> BTreeMap<String, String> {
    let found = Mutex::new(BTreeMap::new());
    let problems = tree.visit(&Selection::all(), &|file| {
        let bytes = tree
            .read(&file.path)
            .expect("a file that was found can be read")
            .expect("a file that was found is there");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        found
            .lock()
            .expect("no visit panics")
            .insert(file.path, text);
    });
    assert!(problems.is_empty(), "{problems:?}");
    found.into_inner().expect("no visit panics")
}

fn texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    let owned = |(path, text): (&str, &str)| (path.to_owned(), text.to_owned());
    files.into_iter().map(owned).collect()
}

/// Changes as `git diff --name-status` prints them.
fn statuses(changes: &[Change]) -> Vec<String> {
    let status = |change: &Change| {
        let letter = match (change.before, change.after) {
            (None, _) => 'A',
            (Some(_), After::Absent) => 'D',
            (Some(_), After::Blob(_) | After::OnDisk) => 'M',
        };
        format!("{letter}\t{}", change.path)
    };
    changes.iter().map(status).collect()
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // git sorts by path.
    lines.sort_by(|a, b| a.split('\t').nth(1).cmp(&b.split('\t').nth(1)));
    lines
}

#[test]
fn revisions_are_resolved_as_git_does() {
    let project = Project::with([("a.proto", "1")]);
    project.commit([("a.proto", "2")]);
    project.git(&["tag", "v1.0.0"]);
    project.git(&["tag", "-a", "-m", "a release", "v1.1.0"]);
    project.git(&["checkout", "-q", "-b", "feature/x"]);
    project.commit([("b.proto", "1")]);
    project.git(&["checkout", "-q", "main"]);
    project.commit([("c.proto", "1")]);
    project.git(&["merge", "-q", "--no-ff", "-m", "merge", "feature/x"]);
    let id = project.git(&["rev-parse", "HEAD~1"]);
    let repository = project.open();
    for revision in [
        "HEAD",
        "@",
        "main",
        "heads/main",
        "refs/heads/main",
        "feature/x",
        "v1.0.0",
        "v1.1.0",
        "tags/v1.1.0",
        "v1.1.0^{}",
        "HEAD~1",
        "HEAD^",
        "HEAD^2",
        "HEAD~2",
        "main~1^",
        "main@{0}",
        &id,
        &id[..9],
    ] {
        let expected = project.git(&["rev-parse", &format!("{revision}^{{commit}}")]);
        assert_eq!(
            resolved(&repository, revision).ok().as_deref(),
            Some(expected.as_str()),
            "{revision}"
        );
    }
}

#[test]
fn a_detached_head_is_a_head() {
    let project = Project::with([("a.proto", "1")]);
    project.commit([("a.proto", "2")]);
    project.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    let repository = project.open();
    let head = repository.head().expect("there is a commit");
    assert_eq!(head.commit.to_string(), project.git(&["rev-parse", "HEAD"]));
}

#[test]
fn a_repository_without_commits_says_so() {
    let project = Project::init(&[]);
    let error = project.open().head().expect_err("there is no commit");
    assert!(
        error.message.starts_with("there is no commit yet"),
        "{}",
        error.message
    );
}

#[test]
fn a_directory_without_repository_has_none() {
    let files = Files::with([("a.proto", "")]);
    let found = Repository::discover(&files.root(), &Environment::default());
    assert!(matches!(found, Ok(None)));
}

#[test]
fn merge_bases_are_those_of_git() {
    let project = Project::with([("a.proto", "1")]);
    project.git(&["checkout", "-q", "-b", "topic"]);
    project.commit([("b.proto", "1")]);
    project.git(&["checkout", "-q", "main"]);
    project.commit([("c.proto", "1")]);
    // A criss-cross: each side merges the other.
    project.git(&["branch", "before"]);
    project.git(&["merge", "-q", "--no-ff", "-m", "one", "topic"]);
    project.git(&["checkout", "-q", "topic"]);
    project.git(&["merge", "-q", "--no-ff", "-m", "two", "before"]);
    project.commit([("d.proto", "1")]);
    let repository = project.open();
    for (one, other) in [
        ("main", "topic"),
        ("before", "topic"),
        ("before", "topic~2"),
        ("main", "main"),
        ("main", "main~1"),
    ] {
        let found = repository
            .merge_base(&revision(&repository, one), &revision(&repository, other))
            .expect("there is one");
        let all = project.git(&["merge-base", "--all", one, other]);
        assert!(
            all.lines().any(|id| id == found.to_string()),
            "{one} {other}: {found}, git says {all}"
        );
    }
}

#[test]
fn unrelated_histories_have_no_merge_base() {
    let project = Project::with([("a.proto", "1")]);
    project.git(&["checkout", "-q", "--orphan", "other"]);
    project.commit([("b.proto", "1")]);
    let repository = project.open();
    let error = repository
        .merge_base(
            &revision(&repository, "main"),
            &revision(&repository, "other"),
        )
        .expect_err("there is none");
    assert_eq!(error.message, "`main` and `other` have no common ancestor");
    assert!(
        error
            .into_facts()
            .help
            .is_some_and(|help| help.contains("--tip"))
    );
}

#[test]
fn a_revision_is_read_without_a_checkout() {
    let project = Project::with([
        ("proto/a.proto", "1"),
        ("proto/b/c.proto", "2"),
        ("proto/b/readme.md", "no"),
        ("proto/.hidden/d.proto", "no"),
        ("other/e.proto", "3"),
    ]);
    project.commit([("proto/a.proto", "changed")]);
    project.remove("proto/b/c.proto");
    let repository = project.open();
    let tree = tree_at(&repository, "HEAD~1", "proto");
    assert_eq!(
        contents(&tree),
        texts([("a.proto", "1"), ("b/c.proto", "2")])
    );
    assert_eq!(
        contents(&tree_at(&repository, "HEAD", "")),
        texts([
            ("proto/a.proto", "changed"),
            ("proto/b/c.proto", "2"),
            ("other/e.proto", "3")
        ])
    );
    assert!(contents(&tree_at(&repository, "HEAD", "none")).is_empty());
    let blob = tree.blob("a.proto").map(|blob| blob.to_string());
    assert_eq!(
        blob,
        Some(project.git(&["rev-parse", "HEAD~1:proto/a.proto"]))
    );
    assert!(matches!(tree.read("../other/e.proto"), Ok(None)));
    assert!(!tree.contains("b"));
    let (found, _) = visit(&tree, &Selection::only(["b"]));
    assert_eq!(found, ["b/c.proto"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_repository_only() {
    let project = Project::with([("proto/a.proto", "a"), ("shared/b.txt", "b")]);
    project
        .files
        .link("project/proto/b.proto", "../shared/b.txt");
    project.files.link("project/proto/again.proto", "a.proto");
    project
        .files
        .link("project/proto/out.proto", "../../../etc/passwd");
    project
        .files
        .link("project/proto/absolute.proto", "/etc/passwd");
    project.files.link("project/proto/loop.proto", "loop.proto");
    project.files.link("project/proto/directory", "../shared");
    project.commit([]);
    let repository = project.open();
    let tree = tree_at(&repository, "HEAD", "proto");
    assert_eq!(contents(&tree), texts([("a.proto", "a"), ("b.proto", "b")]));
    assert!(matches!(tree.read("again.proto"), Ok(Some(bytes)) if bytes == b"a"));
    assert!(matches!(tree.read("directory/b.txt"), Ok(Some(bytes)) if bytes == b"b"));
    for path in ["out.proto", "absolute.proto", "loop.proto"] {
        assert!(matches!(tree.read(path), Ok(None)), "{path}");
    }
}

#[test]
fn differences_between_revisions_are_those_of_git() {
    let project = Project::with([
        ("a/same.proto", "1"),
        ("a/changed.proto", "1"),
        ("a/gone.proto", "1"),
        ("b/moved.proto", "1"),
        ("c.proto", "a file"),
        ("d.proto/e.proto", "a directory"),
        ("readme.md", "1"),
    ]);
    project.remove("a/gone.proto");
    project.remove("c.proto");
    std::fs::remove_dir_all(project.directory.join("d.proto")).expect("it is there");
    std::fs::rename(project.directory.join("b"), project.directory.join("b2"))
        .expect("it is there");
    project.commit([
        ("a/changed.proto", "2"),
        ("a/new.proto", "1"),
        ("c.proto/f.proto", "now a directory"),
        ("d.proto", "now a file"),
        ("readme.md", "2"),
    ]);
    let repository = project.open();
    for (before, after) in [("HEAD~1", "HEAD"), ("HEAD", "HEAD~1"), ("HEAD", "HEAD")] {
        let changes = tree_at(&repository, before, "")
            .changes_to(&tree_at(&repository, after, ""), &Selection::all())
            .expect("all objects are there");
        let git = project.git(&[
            "diff",
            "--name-status",
            "--no-renames",
            before,
            after,
            "--",
            "*.proto",
        ]);
        assert_eq!(statuses(&changes), lines(&git), "{before} {after}");
    }
}

#[test]
fn changes_in_the_working_tree_and_the_index_are_those_of_git() {
    let project = Project::with([
        ("p/same.proto", "1"),
        ("p/edited.proto", "1"),
        ("p/staged.proto", "1"),
        ("p/staged_and_edited.proto", "1"),
        ("p/staged_and_reverted.proto", "1"),
        ("p/deleted.proto", "1"),
        ("p/deleted_in_index.proto", "1"),
        ("p/touched.proto", "1"),
        ("q/elsewhere.proto", "1"),
    ]);
    project.write("p/staged.proto", "2");
    project.write("p/staged_and_edited.proto", "2");
    project.write("p/staged_and_reverted.proto", "2");
    project.write("p/new/staged.proto", "2");
    project.git(&["add", "-A"]);
    project.git(&["rm", "-q", "--cached", "p/deleted_in_index.proto"]);
    project.write("p/staged_and_edited.proto", "3");
    project.write("p/staged_and_reverted.proto", "1");
    project.write("p/edited.proto", "2");
    project.write("p/touched.proto", "1");
    project.write("p/untracked.proto", "1");
    project.write("p/intended.proto", "1");
    project.git(&["add", "-N", "p/intended.proto"]);
    project.write("q/elsewhere.proto", "2");
    project.remove("p/deleted.proto");
    let repository = project.open();
    let base = tree_at(&repository, "HEAD", "p");

    let staged = StagedTree::new(&repository, "p", "").expect("the index can be read");
    let changes = staged
        .changes_since(&base, &Selection::all())
        .expect("all objects are there");
    let git = project.git(&[
        "diff",
        "--cached",
        "--name-status",
        "--no-renames",
        "--relative=p",
        "HEAD",
    ]);
    assert_eq!(statuses(&changes), lines(&git));
    assert_eq!(
        contents(&staged)
            .get("staged_and_edited.proto")
            .map(String::as_str),
        Some("2")
    );
    assert!(!staged.contains("deleted_in_index.proto"));
    assert!(!staged.contains("intended.proto"));

    let work_tree =
        WorkTree::open(&repository, project.directory.join("p")).expect("the index can be read");
    let changes = work_tree
        .changes_since(&base, &Selection::all())
        .expect("all objects are there");
    assert_eq!(
        statuses(&changes),
        [
            "D\tdeleted.proto",
            "M\tedited.proto",
            "A\tintended.proto",
            "A\tnew/staged.proto",
            "M\tstaged.proto",
            "M\tstaged_and_edited.proto",
            "A\tuntracked.proto",
        ]
    );
    let changes = work_tree
        .changes_since(&base, &Selection::only(["new"]))
        .expect("all objects are there");
    assert_eq!(statuses(&changes), ["A\tnew/staged.proto"]);
}

#[test]
fn a_file_edited_at_once_after_it_was_staged_is_seen() {
    let project = Project::with([("a.proto", "one")]);
    for text in ["two", "six", "ten"] {
        project.commit([("a.proto", text)]);
        // Same size, and as a rule the same time stamp as the index.
        project.write("a.proto", "new");
        let repository = project.open();
        let work_tree = WorkTree::open(&repository, &project.directory).expect("readable");
        let changes = work_tree
            .changes_since(&tree_at(&repository, "HEAD", ""), &Selection::all())
            .expect("all objects are there");
        assert_eq!(statuses(&changes), ["M\ta.proto"], "{text}");
        assert_eq!(work_tree.blob("a.proto"), None);
    }
}

#[test]
fn a_clean_file_is_known_by_its_blob() {
    let project = Project::with([("a.proto", "one")]);
    // Older than the index, as in every checkout that is not brand-new.
    let file = std::fs::File::options()
        .write(true)
        .open(project.directory.join("a.proto"))
        .expect("the file is there");
    let long_ago =
        std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    file.set_modified(long_ago).expect("times can be set");
    project.git(&["add", "-A"]);
    let repository = project.open();
    let work_tree = WorkTree::open(&repository, &project.directory).expect("readable");
    let blob = work_tree.blob("a.proto").map(|blob| blob.to_string());
    assert_eq!(blob, Some(project.git(&["rev-parse", "HEAD:a.proto"])));
}

#[test]
fn a_conflict_is_not_staged() {
    let project = Project::with([("a.proto", "1"), ("b.proto", "1")]);
    project.git(&["checkout", "-q", "-b", "other"]);
    project.commit([("a.proto", "2")]);
    project.git(&["checkout", "-q", "main"]);
    project.commit([("a.proto", "3")]);
    let merge = Command::new("git")
        .current_dir(&project.directory)
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "merge",
            "-q",
            "other",
        ])
        .output()
        .expect("git is installed");
    assert!(!merge.status.success());
    let staged = StagedTree::new(&project.open(), "", "").expect("the index can be read");
    let (found, problems) = visit(&staged, &Selection::all());
    assert_eq!(found, ["b.proto"]);
    assert_eq!(problems, ["`a.proto` has conflicts"]);
}

#[test]
fn a_bare_repository_is_read() {
    let project = Project::with([("a.proto", "1")]);
    let bare = project.clone_to("bare.git", &["--bare"]);
    let repository = open_at(&bare, &[]);
    assert!(repository.work_tree().is_none());
    assert_eq!(
        contents(&tree_at(&repository, "main", "")),
        texts([("a.proto", "1")])
    );
}

#[test]
fn a_linked_working_tree_is_read() {
    let project = Project::with([("a.proto", "1")]);
    project.git(&["worktree", "add", "-q", "-b", "linked", "../linked"]);
    let linked = project.files.path("linked");
    std::fs::write(linked.join("a.proto"), "2").expect("a file can be written");
    let repository = open_at(&linked, &[]);
    assert_eq!(repository.work_tree(), Some(linked.as_path()));
    assert_eq!(
        resolved(&repository, "HEAD").ok(),
        Some(project.git(&["rev-parse", "linked"]))
    );
    let work_tree = WorkTree::open(&repository, &linked).expect("readable");
    let changes = work_tree
        .changes_since(&tree_at(&repository, "main", ""), &Selection::all())
        .expect("all objects are there");
    assert_eq!(statuses(&changes), ["M\ta.proto"]);
    assert_eq!(
        repository.common_directory(),
        project.open().common_directory()
    );
}

#[test]
fn packed_objects_and_references_are_read() {
    let project = Project::with([("a.proto", "1")]);
    for text in ["2", "3", "4"] {
        project.commit([("a.proto", text)]);
    }
    project.git(&["tag", "-a", "-m", "a release", "v1.0.0", "HEAD~2"]);
    project.git(&["gc", "-q", "--aggressive", "--prune=now"]);
    project.git(&["pack-refs", "--all", "--prune"]);
    project.git(&["commit-graph", "write", "--reachable"]);
    let repository = project.open();
    assert_eq!(
        contents(&tree_at(&repository, "v1.0.0", "")),
        texts([("a.proto", "2")])
    );
    assert_eq!(
        contents(&tree_at(&repository, "main", "")),
        texts([("a.proto", "4")])
    );
}

#[test]
fn objects_of_an_alternate_are_read() {
    let project = Project::with([("a.proto", "1")]);
    project.git_in(
        &project.files.root(),
        &["clone", "-q", "--shared", "project", "borrower"],
    );
    let borrower = project.files.path("borrower");
    assert!(borrower.join(".git/objects/info/alternates").exists());
    let repository = open_at(&borrower, &[]);
    assert_eq!(
        contents(&tree_at(&repository, "main", "")),
        texts([("a.proto", "1")])
    );
}

#[test]
fn a_sha256_repository_is_read() {
    let project = Project::init(&["--object-format=sha256"]);
    let id = project.commit([("a.proto", "1")]);
    assert_eq!(id.len(), 64);
    project.commit([("a.proto", "2")]);
    project.write("a.proto", "3");
    let repository = project.open();
    assert_eq!(resolved(&repository, "HEAD~1").ok(), Some(id));
    assert_eq!(
        contents(&tree_at(&repository, "HEAD~1", "")),
        texts([("a.proto", "1")])
    );
    let work_tree = WorkTree::open(&repository, &project.directory).expect("readable");
    let changes = work_tree
        .changes_since(&tree_at(&repository, "HEAD", ""), &Selection::all())
        .expect("all objects are there");
    assert_eq!(statuses(&changes), ["M\ta.proto"]);
}

#[test]
fn a_submodule_is_read_at_the_commit_it_is_pinned_to() {
    let library = Project::with([("lib.proto", "old"), ("gone.proto", "old")]);
    let project = Project::with([("a.proto", "1")]);
    let url = format!("file://{}", library.directory.display());
    project.git(&[
        "submodule",
        "--quiet",
        "add",
        "--name",
        "the library",
        &url,
        "vendor/lib",
    ]);
    project.commit([]);
    library.remove("gone.proto");
    library.commit([("lib.proto", "new"), ("added.proto", "new")]);
    project.git_in(&project.directory.join("vendor/lib"), &["pull", "-q"]);
    project.commit([]);

    let repository = project.open();
    assert_eq!(
        contents(&tree_at(&repository, "HEAD~1", "")),
        texts([
            ("a.proto", "1"),
            ("vendor/lib/lib.proto", "old"),
            ("vendor/lib/gone.proto", "old")
        ])
    );
    assert_eq!(
        contents(&tree_at(&repository, "HEAD", "vendor")),
        texts([("lib/added.proto", "new"), ("lib/lib.proto", "new")])
    );
    let expected = [
        "A\tvendor/lib/added.proto",
        "D\tvendor/lib/gone.proto",
        "M\tvendor/lib/lib.proto",
    ];
    let before = tree_at(&repository, "HEAD~1", "");
    let changes = before
        .changes_to(&tree_at(&repository, "HEAD", ""), &Selection::all())
        .expect("all objects are there");
    assert_eq!(statuses(&changes), expected);
    let work_tree = WorkTree::open(&repository, &project.directory).expect("readable");
    let changes = work_tree
        .changes_since(&before, &Selection::all())
        .expect("all objects are there");
    assert_eq!(statuses(&changes), expected);
    let changes = work_tree
        .changes_since(&tree_at(&repository, "HEAD", ""), &Selection::all())
        .expect("all objects are there");
    assert_eq!(statuses(&changes), Vec::<String>::new());
    let staged = StagedTree::new(&repository, "vendor", "").expect("the index can be read");
    assert_eq!(
        contents(&staged).get("lib/lib.proto").map(String::as_str),
        Some("new")
    );

    // The submodule itself is a repository too.
    let inner = open_at(&project.directory.join("vendor/lib"), &[]);
    assert_eq!(
        inner.work_tree(),
        Some(project.directory.join("vendor/lib").as_path())
    );
}

#[test]
fn a_submodule_that_is_not_there_is_said_where_it_is_needed() {
    let library = Project::with([("lib.proto", "1")]);
    let project = Project::with([("a.proto", "1")]);
    let url = format!("file://{}", library.directory.display());
    project.git(&["submodule", "--quiet", "add", &url, "lib"]);
    project.commit([]);
    let clone = project.clone_to("clone", &[]);
    let tree = tree_at(&open_at(&clone, &[]), "HEAD", "");
    assert_eq!(contents(&tree), texts([("a.proto", "1")]));
    let error = tree.read("lib/lib.proto").expect_err("it is not there");
    assert_eq!(error.message, "the submodule `lib` is not there");
    assert_eq!(
        error.help.as_deref(),
        Some("run `git submodule update --init lib`")
    );
}

#[test]
fn a_sparse_checkout_hides_nothing() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        let project = Project::with([
            ("in/a.proto", "1"),
            ("out/b.proto", "1"),
            ("out/deep/c.proto", "1"),
            ("top.proto", "1"),
        ]);
        project.git(&["sparse-checkout", "init", "--cone", index]);
        project.git(&["sparse-checkout", "set", "in"]);
        assert!(!project.directory.join("out").exists());
        project.write("in/a.proto", "2");
        let repository = project.open();
        let work_tree = WorkTree::open(&repository, &project.directory).expect("readable");
        let changes = work_tree
            .changes_since(&tree_at(&repository, "HEAD", ""), &Selection::all())
            .expect("all objects are there");
        assert_eq!(statuses(&changes), ["M\tin/a.proto"], "{index}");
        assert_eq!(
            contents(&work_tree),
            texts([
                ("in/a.proto", "2"),
                ("out/b.proto", "1"),
                ("out/deep/c.proto", "1"),
                ("top.proto", "1")
            ]),
            "{index}"
        );
        let staged = StagedTree::new(&repository, "out", "").expect("the index can be read");
        assert_eq!(
            contents(&staged),
            texts([("b.proto", "1"), ("deep/c.proto", "1")]),
            "{index}"
        );
    }
}

#[test]
fn a_blob_that_a_partial_clone_lacks_is_named_with_the_command_that_brings_it() {
    let project = Project::with([("a.proto", "1")]);
    project.commit([("a.proto", "2")]);
    project.git(&["config", "uploadpack.allowFilter", "true"]);
    project.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = project.clone_to("partial", &["--filter=blob:none"]);
    let repository = open_at(&clone, &[]);
    let tree = tree_at(&repository, "HEAD~1", "");
    let error = tree.read("a.proto").expect_err("the blob is not there");
    let blob = project.git(&["rev-parse", "HEAD~1:a.proto"]);
    assert_eq!(
        error.message,
        format!("`a.proto`: blob {blob} is not in this partial clone")
    );
    let help = error.into_facts().help.expect("there is a command");
    let commands: Vec<&str> = help.split('`').skip(1).step_by(2).collect();
    let [one, all] = commands.as_slice() else {
        panic!("two commands: {help}");
    };
    for command in [one, all] {
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        project.git_in(&clone, &arguments);
        let tree = tree_at(&open_at(&clone, &[]), "HEAD~1", "");
        assert_eq!(contents(&tree), texts([("a.proto", "1")]), "{command}");
    }
}

/// Runs the command in backticks that a help ends with.
fn run_command_of(project: &Project, directory: &Path, help: &str) {
    let command = help
        .split('`')
        .rev()
        .nth(1)
        .expect("a command in backticks");
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    project.git_in(directory, &arguments);
}

fn project_with_a_topic() -> Project {
    let project = Project::with([("a.proto", "1")]);
    project.commit([("a.proto", "2")]);
    project.git(&["tag", "v1.0.0"]);
    project.commit([("a.proto", "3")]);
    project.git(&["checkout", "-q", "-b", "topic"]);
    project.commit([("b.proto", "1")]);
    project.commit([("b.proto", "2")]);
    project.git(&["checkout", "-q", "main"]);
    project.commit([("c.proto", "1")]);
    project
}

#[test]
fn what_a_shallow_clone_lacks_is_said_with_a_command_that_brings_it() {
    let project = project_with_a_topic();
    let shallow = ["--depth=1", "--branch=topic"];
    for revision in ["main", "origin/main", "HEAD~1", "HEAD~4", "v1.0.0"] {
        let name = format!("shallow-{}", revision.replace('/', "-"));
        let clone = project.clone_to(&name, &shallow);
        let error = resolved(&open_at(&clone, &[]), revision).expect_err("it is not there");
        assert_eq!(
            error.message,
            format!("`{revision}` is not in this shallow clone")
        );
        let help = error.into_facts().help.expect("there is a command");
        run_command_of(&project, &clone, &help);
        assert!(
            resolved(&open_at(&clone, &[]), revision).is_ok(),
            "{revision}: {help}"
        );
    }
}

#[test]
fn a_merge_base_beyond_a_shallow_history_is_said_with_a_command_that_brings_it() {
    let project = project_with_a_topic();
    let clone = project.clone_to(
        "shallow",
        &["--depth=1", "--no-single-branch", "--branch=topic"],
    );
    let repository = open_at(&clone, &[]);
    let base = |repository: &Repository| {
        repository.merge_base(
            &revision(repository, "origin/main"),
            &revision(repository, "HEAD"),
        )
    };
    let error = base(&repository).expect_err("it is not there");
    assert_eq!(
        error.message,
        "the history that `origin/main` and `HEAD` have in common is not in this shallow clone"
    );
    let help = error.into_facts().help.expect("there is a command");
    run_command_of(&project, &clone, &help);
    assert_eq!(
        base(&open_at(&clone, &[]))
            .ok()
            .map(|base| base.to_string()),
        Some(project.git(&["merge-base", "main", "topic"]))
    );
}

#[test]
fn the_remedy_for_a_shallow_clone_is_that_of_the_ci_system() {
    let project = project_with_a_topic();
    let clone = project.clone_to("shallow", &["--depth=1", "--branch=topic"]);
    for (variable, expected) in [
        (
            "GITHUB_ACTIONS",
            "set `fetch-depth: 0` under `with:` of `actions/checkout`, or run `git fetch --unshallow",
        ),
        (
            "GITLAB_CI",
            "set `GIT_DEPTH: 0` under `variables:` of the job, or run",
        ),
        ("BITBUCKET_BUILD_NUMBER", "set `depth: full` under `clone:`"),
        (
            "BUILDKITE",
            "run `git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main`",
        ),
    ] {
        let repository = open_at(&clone, &[(variable, "true")]);
        let error = resolved(&repository, "main").expect_err("it is not there");
        let help = error.into_facts().help.unwrap_or_default();
        assert!(help.starts_with(expected), "{variable}: {help}");
    }
}

#[test]
fn a_branch_is_looked_for_in_the_remote_too() {
    let project = project_with_a_topic();
    let clone = project.clone_to("clone", &["--branch=topic"]);
    let repository = open_at(&clone, &[]);
    let head = repository.head().expect("there is a commit").commit;
    let main = repository
        .resolve("main", head)
        .expect("it is in the remote");
    assert_eq!(main.name, "origin/main");
    assert_eq!(main.commit.to_string(), project.git(&["rev-parse", "main"]));
    for (here, there) in [("main~1", "main~1"), ("refs/heads/main", "main")] {
        assert_eq!(
            resolved(&repository, here).ok(),
            Some(project.git(&["rev-parse", there])),
            "{here}"
        );
    }
}

#[test]
fn a_revision_that_is_nowhere_is_said_with_a_way_out() {
    let project = project_with_a_topic();
    let clone = project.clone_to("clone", &["--single-branch", "--branch=topic"]);
    let error = resolved(&open_at(&clone, &[]), "main").expect_err("it is not there");
    assert_eq!(error.message, "`main` names no commit, here or in `origin`");
    run_command_of(
        &project,
        &clone,
        &error.into_facts().help.unwrap_or_default(),
    );
    assert!(resolved(&open_at(&clone, &[]), "main").is_ok());

    let error = resolved(&project.open(), "mian").expect_err("it is not there");
    assert!(
        error
            .help
            .as_deref()
            .is_some_and(|help| help.starts_with("did you mean `main`?")),
        "{:?}",
        error.help
    );
    // A tree is no commit.
    assert!(resolved(&project.open(), "HEAD^{tree}").is_err());
}

/// Where nothing can be fetched, or not so, nobody is told to.
#[test]
fn nobody_is_told_to_fetch_in_vain() {
    let project = project_with_a_topic();
    let clone = project.clone_to("clone", &[]);
    let told = |repository: &Repository, revision: &str| {
        let error = resolved(repository, revision).expect_err("it is not there");
        let help = error.help.as_deref().unwrap_or_default().to_owned();
        (error.into_facts().message, help)
    };
    let alone = project.open();
    let see = "see what there is with `git branch` and `git tag`";
    let cases = [
        (&alone, "nowhere", "`nowhere` names no commit", see),
        (&alone, "v33.44.55", "`v33.44.55` names no commit", see),
        (
            &alone,
            "mian",
            "`mian` names no commit",
            "did you mean `main`?",
        ),
        (
            &alone,
            "main~99",
            "`main~99` names no commit",
            "check how far the history goes with `git log --oneline main`",
        ),
        (
            &open_at(&clone, &[]),
            "deadbeef",
            "`deadbeef` names no commit here",
            "check the spelling, or give all digits of the id",
        ),
    ];
    for (repository, revision, message, help) in cases {
        let expected = (message.to_owned(), help.to_owned());
        assert_eq!(told(repository, revision), expected, "{revision}");
    }
    let error = alone
        .resolve("tag:x*", alone.head().expect("there is a commit").commit)
        .expect_err("there is no such tag");
    assert_eq!(
        error.help.as_deref(),
        Some("name a branch or a commit, or make a tag with `git tag`")
    );
}

#[test]
fn the_default_base_is_what_ci_announces_then_the_remotes_default_then_main() {
    let project = project_with_a_topic();
    project.git(&["branch", "release/1", "v1.0.0"]);
    let clone = project.clone_to("clone", &["--branch=topic"]);
    let base = |variables: &[(&str, &str)]| {
        let repository = open_at(&clone, variables);
        let head = repository.head().expect("there is a commit").commit;
        repository
            .default_base(head)
            .map(|base| (base.name, base.note.unwrap_or_default()))
    };
    for (variables, name, note) in [
        (
            &[][..],
            "origin/main",
            "`origin/main` is the default branch",
        ),
        (
            &[("GITHUB_BASE_REF", "release/1")],
            "origin/release/1",
            "`GITHUB_BASE_REF` names `origin/release/1` as the base",
        ),
        (
            &[("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")],
            "origin/main",
            "`CI_MERGE_REQUEST_TARGET_BRANCH_NAME` names `origin/main` as the base",
        ),
    ] {
        let found = base(variables).expect("there is a base");
        assert_eq!(found, (name.to_owned(), note.to_owned()));
    }
    let error = base(&[("GITHUB_BASE_REF", "gone")]).expect_err("it is not there");
    assert_eq!(
        error.message,
        "`gone` names no commit, here or in `origin`, which `GITHUB_BASE_REF` names as the base"
    );

    // Without a remote.
    let repository = project.open();
    let topic = commit(&repository, "topic");
    let found = repository.default_base(topic).expect("there is a main");
    assert_eq!(found.name, "main");
    // `main` itself is compared with itself, and that is said.
    let found = repository
        .default_base(found.commit)
        .expect("there is a main");
    assert!(
        found
            .note
            .is_some_and(|note| note.contains("`main` is what is checked out"))
    );
    let lonely = Project::with([("a.proto", "1")]);
    lonely.git(&["branch", "-m", "trunk"]);
    let repository = lonely.open();
    let head = commit(&repository, "HEAD");
    assert!(
        repository
            .default_base(head)
            .is_err_and(|error| error.help.is_some())
    );
}

#[test]
fn a_push_is_compared_with_what_was_there_before() {
    let project = project_with_a_topic();
    let before = project.git(&["rev-parse", "topic~1"]);
    let zeros = "0".repeat(40);
    let unknown = "1".repeat(40);
    project.git(&["checkout", "-q", "topic"]);
    for (id, name, why) in [
        (before.as_str(), &before[..10], "was there before this push"),
        (&zeros, "main", "the branch is new"),
        (&unknown, "main", "the commit before this push is not here"),
    ] {
        project
            .files
            .write("event.json", format!("{{\"before\": \"{id}\"}}"));
        let event = project
            .files
            .path("event.json")
            .to_string_lossy()
            .into_owned();
        let github = [
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", event.as_str()),
        ];
        let gitlab = [("CI_PIPELINE_SOURCE", "push"), ("CI_COMMIT_BEFORE_SHA", id)];
        for variables in [&github[..], &gitlab] {
            let repository = project.open_with(variables);
            let base = repository
                .default_base(commit(&repository, "HEAD"))
                .expect("there is a base");
            assert_eq!(base.name, name);
            assert!(
                base.note.as_deref().is_some_and(|note| note.contains(why)),
                "{:?}",
                base.note
            );
        }
    }
    let repository = project.open();
    let base = revision(&repository, &zeros);
    assert_eq!(base.name, "main");
    assert!(
        base.note
            .is_some_and(|note| note.starts_with("a commit id of all zeros"))
    );
}

#[test]
fn the_latest_tag_is_the_newest_in_the_history_of_what_is_checked() {
    let project = Project::with([("a.proto", "1")]);
    project.git(&["tag", "v1.9.0"]);
    project.commit([("a.proto", "2")]);
    project.git(&["tag", "v1.10.0-rc1"]);
    project.git(&["tag", "-a", "-m", "a release", "v1.10.0"]);
    project.git(&["branch", "maintenance"]);
    project.commit([("a.proto", "3")]);
    project.git(&["tag", "v2.0.0"]);
    project.git(&["tag", "nightly"]);
    project.commit([("a.proto", "4")]);
    let repository = project.open();
    let latest = |revision: &str, head: &str| {
        let head = commit(&repository, head);
        repository
            .resolve(revision, head)
            .map(|found| (found.name, found.note.is_some()))
            .map_err(|error| error.into_facts().message)
    };
    let found = |name: &str, noted: bool| Ok((name.to_owned(), noted));
    assert_eq!(latest("latest-tag", "HEAD"), found("v2.0.0", false));
    assert_eq!(latest("latest-tag", "maintenance"), found("v1.10.0", false));
    assert_eq!(latest("tag:v1.*", "HEAD"), found("v1.10.0", false));
    assert_eq!(latest("tag:v[2-9].*", "maintenance"), found("v2.0.0", true));
    assert_eq!(
        latest("tag:v3.*", "HEAD"),
        Err("no tag matches `v3.*`".to_owned())
    );
    let names: Vec<String> = repository
        .tags("v*")
        .expect("tags can be read")
        .into_iter()
        .map(|tag| tag.name)
        .collect();
    assert_eq!(names, ["v1.9.0", "v1.10.0-rc1", "v1.10.0", "v2.0.0"]);
}

#[test]
fn the_history_is_that_of_git() {
    let project = project_with_a_topic();
    project.git(&[
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "a merge\n\nwith a body",
        "topic",
    ]);
    let repository = project.open();
    let head = commit(&repository, "HEAD");
    let (line, _) = (repository.first_parents(head, |_| false)).expect("all commits are there");
    let git = |option: &[&str]| -> Vec<String> {
        let mut arguments = vec!["rev-list"];
        arguments.extend(option);
        project.git(&arguments).lines().map(str::to_owned).collect()
    };
    let ids: Vec<String> = line.iter().map(ToString::to_string).collect();
    assert_eq!(ids, git(&["--first-parent", "HEAD"]));
    // What the line merged, those first that others stand on.
    let line: Vec<CommitId> = line.into_iter().rev().collect();
    let merged = (repository.merged(&line, |_| false)).expect("all commits are there");
    let (last, older) = merged.split_last().expect("a commit");
    assert!(older.iter().all(Vec::is_empty));
    let ids: Vec<String> = last.iter().map(|merged| merged.id.to_string()).collect();
    assert_eq!(ids, git(&["--reverse", "HEAD^1..HEAD^2"]));
    let merge = repository.commit(head).expect("it is there");
    assert_eq!(merge.summary, "a merge");
    assert_eq!(merge.author, "A Author");
    assert_eq!(merge.parents.len(), 2);
    assert_eq!(
        merge.seconds.to_string(),
        project.git(&["show", "-s", "--format=%ct"])
    );

    let clone = project.clone_to("shallow", &["--depth=2"]);
    let shallow = open_at(&clone, &[]);
    let head = commit(&shallow, "HEAD");
    let (line, _) = (shallow.first_parents(head, |_| false)).expect("it ends where it was cut");
    let git = project.git_in(&clone, &["rev-list", "--first-parent", "HEAD"]);
    assert_eq!(line.len(), git.lines().count());
    let last = shallow
        .commit(*line.last().expect("at least one"))
        .expect("it is there");
    assert!(last.parents.is_empty());
}

#[test]
fn the_environment_of_a_hook_misleads_nobody() {
    let other = Project::with([("other.proto", "1")]);
    let project = Project::with([("a.proto", "1")]);
    project.write("a.proto", "2");
    project.git(&["add", "-A"]);
    let other_git = other.directory.join(".git").to_string_lossy().into_owned();
    let other_index = format!("{other_git}/index");
    let foreign = project.open_with(&[
        ("GIT_DIR", &other_git),
        ("GIT_WORK_TREE", &other_git),
        ("GIT_INDEX_FILE", &other_index),
    ]);
    assert_eq!(foreign.work_tree(), Some(project.directory.as_path()));
    let staged = StagedTree::new(&foreign, "", "").expect("the index can be read");
    assert_eq!(contents(&staged), texts([("a.proto", "2")]));

    // `git commit -a` hands over an index of its own: that is what will be committed.
    let git = project.directory.join(".git");
    std::fs::copy(git.join("index"), git.join("next-index")).expect("it can be copied");
    project.git(&["reset", "-q"]);
    for path in [
        ".git/next-index".to_owned(),
        git.join("next-index").to_string_lossy().into_owned(),
    ] {
        let hook = project.open_with(&[("GIT_INDEX_FILE", &path)]);
        let staged = StagedTree::new(&hook, "", "").expect("the index can be read");
        assert_eq!(contents(&staged), texts([("a.proto", "2")]), "{path}");
    }
    let staged = StagedTree::new(&project.open(), "", "").expect("the index can be read");
    assert_eq!(contents(&staged), texts([("a.proto", "1")]));
}

/// What gix itself reads from the environment is only seen in a process that has it: this test runs itself as one.
#[test]
fn a_process_in_the_hook_of_another_repository_is_not_misled() {
    const PROJECT: &str = "PROTOGOV_TEST_PROJECT";
    if let Some(directory) = std::env::var_os(PROJECT) {
        let directory = PathBuf::from(directory);
        let repository = Repository::discover(&directory, &Environment::of_process())
            .expect("the repository can be read")
            .expect("there is a repository");
        assert_eq!(repository.work_tree(), Some(directory.as_path()));
        assert_eq!(
            contents(&tree_at(&repository, "HEAD", "")),
            texts([("a.proto", "1")])
        );
        let staged = StagedTree::new(&repository, "", "").expect("the index can be read");
        assert_eq!(contents(&staged), texts([("a.proto", "1")]));
        assert!(!repository.is_shallow());
        return;
    }
    let other = Project::with([("other.proto", "1")]);
    let project = Project::with([("a.proto", "1")]);
    let other_git = other.directory.join(".git");
    let run = Command::new(std::env::current_exe().expect("this test is a program"))
        .args([
            "--exact",
            "git::a_process_in_the_hook_of_another_repository_is_not_misled",
        ])
        .current_dir(&other.directory)
        .env(PROJECT, &project.directory)
        .env("GIT_DIR", &other_git)
        .env("GIT_COMMON_DIR", &other_git)
        .env("GIT_WORK_TREE", &other.directory)
        .env("GIT_INDEX_FILE", other_git.join("index"))
        .env("GIT_OBJECT_DIRECTORY", other_git.join("objects"))
        .env("GIT_NAMESPACE", "elsewhere")
        .env("GIT_SHALLOW_FILE", other_git.join("HEAD"))
        .env("GIT_CEILING_DIRECTORIES", &project.directory)
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.worktree")
        .env("GIT_CONFIG_VALUE_0", &other.directory)
        .output()
        .expect("this test can be run again");
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
}

#[test]
fn a_broken_repository_is_said() {
    let project = Project::with([("a.proto", "1")]);
    let blob = project.git(&["rev-parse", "HEAD:a.proto"]);
    let object = project
        .directory
        .join(".git/objects")
        .join(&blob[..2])
        .join(&blob[2..]);
    std::fs::remove_file(&object).expect("the object is loose");
    let tree = tree_at(&project.open(), "HEAD", "");
    let error = tree.read("a.proto").expect_err("the blob is gone");
    assert_eq!(
        error.message,
        format!("`a.proto`: blob {blob} is missing from the git repository")
    );
    assert!(
        error
            .into_facts()
            .help
            .is_some_and(|help| help.contains("git fsck"))
    );

    std::fs::write(project.directory.join(".git/index"), "nonsense").expect("it can be written");
    let error = StagedTree::new(&project.open(), "", "").expect_err("the index is broken");
    assert!(
        error.message.contains("cannot be read"),
        "{}",
        error.message
    );
}

#[test]
fn two_versions_narrow_to_what_differs_and_share_what_does_not() {
    let project = Project::with([
        ("proto/a.proto", "import \"b.proto\";"),
        ("proto/b.proto", "// b"),
        ("proto/c.proto", "import \"a.proto\";"),
        ("proto/d.proto", "import public \"c.proto\";"),
    ]);
    project.write("proto/a.proto", "import \"b.proto\"; // changed");
    let roots = workspace::roots(&[project.directory.join("proto")], &[]).expect("it is there");
    let repository = project.open();
    let base = commit(&repository, "HEAD");
    for (checked, after) in [
        (Checked::WorkingTree, "import \"b.proto\"; // changed"),
        (Checked::Staged, "import \"b.proto\";"),
        (Checked::Commit(base), "import \"b.proto\";"),
    ] {
        let versions = Versions::new(&roots, &repository, base, checked).expect("readable");
        let is_changed = checked == Checked::WorkingTree;
        assert_eq!(
            versions.change_count(),
            usize::from(is_changed),
            "{checked:?}"
        );
        let parsed = ParsedFiles::default();
        let before = load(&versions.before, &parsed);
        let now = load(&versions.after, &parsed);
        let file = |loaded: &Loaded, name: &str| {
            let found = loaded.files.iter().find(|file| file.file.name() == name);
            Arc::clone(&found.expect("it is there").file)
        };
        assert_eq!(file(&now, "a.proto").source().text(), after);
        assert_eq!(
            Arc::ptr_eq(&file(&before, "a.proto"), &file(&now, "a.proto")),
            !is_changed,
            "{checked:?}"
        );
        assert_eq!(
            file(&now, "a.proto").source().path(),
            project.directory.join("proto/a.proto").to_string_lossy()
        );
    }

    let versions =
        Versions::new(&roots, &repository, base, Checked::WorkingTree).expect("readable");
    let importers = workspace::importers_of(&versions.after, &["b.proto".to_owned()]);
    assert_eq!(importers.ok(), Some(vec![(0, "a.proto".to_owned())]));
    let importers = workspace::importers_of(&versions.after, &["c.proto".to_owned()]);
    assert_eq!(importers.ok(), Some(vec![(0, "d.proto".to_owned())]));
    let narrowed = versions.narrowed();
    let loaded = load(&narrowed.after, &ParsedFiles::default());
    let names: Vec<&str> = loaded.files.iter().map(|file| file.file.name()).collect();
    assert_eq!(names, ["a.proto", "b.proto"]);
}
