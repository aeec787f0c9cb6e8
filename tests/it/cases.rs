//! The archives of `fixtures/conformance`: many small inputs in one text file, each with protoc's verdict.
//!
//! The format is described at the head of `fixtures/conformance/referee.py`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One case: a few files that are compiled together, and what protoc says about them.
pub struct Case {
    /// The archive's name without extension.
    pub topic: String,
    /// The name, unique within the topic.
    pub name: String,
    /// What protoc says.
    pub verdict: Verdict,
    /// Path and content, in the order in which protoc was given them.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Case {
    /// `topic/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.topic, self.name)
    }
}

/// protoc's answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No error; there may be warnings.
    Accept,
    /// The lines of all errors by file, in protoc's order; 0 stands for an error without a place.
    Reject(BTreeMap<String, Vec<u32>>),
}

impl Verdict {
    /// Whether protoc takes the case.
    pub fn is_accept(&self) -> bool {
        *self == Self::Accept
    }

    fn parse(text: &str) -> Self {
        if text == "accept" {
            return Self::Accept;
        }
        let places = text
            .strip_prefix("reject (")
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or_else(|| panic!("`{text}` is not a verdict; run referee.py --write"));
        let lines = |list: &str| list.split(", ").map(|line| line.parse().unwrap()).collect();
        let by_file = places
            .split("; ")
            .map(|part| match part.strip_prefix("lines ") {
                Some(list) => (DEFAULT_FILE.to_owned(), lines(list)),
                None => {
                    let (file, list) = part.split_once(' ').unwrap();
                    (file.to_owned(), lines(list))
                }
            });
        Self::Reject(by_file.collect())
    }
}

const DEFAULT_FILE: &str = "case.proto";

/// The folder of the archives; the variable `CASES` names another one.
pub fn folder() -> PathBuf {
    match std::env::var_os("CASES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance"),
    }
}

/// The sets that protoc writes for all cases it takes, below one directory, made once for all tests; `None` where
/// grpc_tools is not installed for python3.
pub fn sets_of_protoc() -> Option<&'static Path> {
    static SETS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let export = || {
        let sets = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sets-of-protoc");
        let output = Command::new("python3")
            .arg(folder().join("referee.py"))
            .arg("--export")
            .arg(&sets)
            .output()
            .ok()?;
        let told = String::from_utf8_lossy(&output.stderr);
        if told.contains("Error: No module") {
            return None;
        }
        let differ = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{differ}{told}");
        Some(sets)
    };
    SETS.get_or_init(export).as_deref()
}

/// All cases of all archives, in order of topic and of writing.
pub fn all() -> Vec<Case> {
    let mut archives: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "cases")
        })
        .collect();
    archives.sort();
    archives.iter().flat_map(|path| read(path)).collect()
}

fn read(archive: &Path) -> Vec<Case> {
    let topic = archive.file_stem().unwrap().to_str().unwrap();
    let bytes = std::fs::read(archive).unwrap();
    let mut cases = Vec::new();
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let Some(header) = line.strip_prefix(b"=== ") else {
            continue; // The preamble.
        };
        let mut body = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with(b"=== ")) {
            body.push(line);
        }
        let header = std::str::from_utf8(header).unwrap().trim_end();
        let (title, verdict) = header.split_once(": ").unwrap();
        let (name, attributes) = title.split_once(' ').unwrap_or((title, ""));
        cases.push(Case {
            topic: topic.to_owned(),
            name: name.to_owned(),
            verdict: Verdict::parse(verdict),
            files: files(&body, attributes == "[escaped]"),
        });
    }
    cases
}

fn files(body: &[&[u8]], escaped: bool) -> Vec<(String, Vec<u8>)> {
    let body = body.strip_suffix(&[b"\n".as_slice()]).unwrap_or(body);
    let mut files = vec![(DEFAULT_FILE.to_owned(), Vec::new())];
    for line in body {
        match (line.strip_prefix(b"--- "), files.last_mut()) {
            (None, Some((_, text))) => text.extend_from_slice(line),
            (path, _) => {
                let path = std::str::from_utf8(path.unwrap_or_default()).unwrap();
                files.push((path.trim().to_owned(), Vec::new()));
            }
        }
    }
    if files.len() > 1 && files[0].1.is_empty() {
        files.remove(0);
    }
    if escaped {
        for (_, text) in &mut files {
            *text = unescape(text);
        }
    }
    files
}

/// `\xNN` is a byte, `\\` a backslash, and a backslash before the end of the line removes that line end.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap();
                plain.push(u8::from_str_radix(digits, 16).unwrap());
                rest = after;
            }
            (b'\\', [b'\\', after @ ..]) => {
                plain.push(b'\\');
                rest = after;
            }
            (b'\\', [b'\n', after @ ..]) => rest = after,
            _ => plain.push(byte),
        }
    }
    plain
}
