//! What the front end costs, as laws: how often it allocates, and that time grows with the input and no faster.
//!
//! This is a binary of its own, since it counts the allocations of the whole process.
#![allow(unsafe_code, reason = "a global allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use protogov::schema::{Input, Role, Schema};
use protogov::sources::well_known;
use protogov::syntax::File;
use protogov::text::Source;

#[path = "cost/changes.rs"]
mod changes;

/// The system's allocator, counted.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are those that are asked for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// The tests of this binary run one by one: they count the same allocations and measure the same time.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

fn allocations<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let result = work();
    (result, ALLOCATIONS.load(Ordering::Relaxed) - before)
}

fn source(name: &str, text: String) -> Arc<Source> {
    Arc::new(Source::new(name, name, text.into_bytes()).expect("small enough"))
}

fn input(name: &str, text: String, role: Role) -> Input {
    let file = Arc::new(File::parse(source(name, text)));
    Input::new(file, role)
}

fn link(files: Vec<(String, String)>) -> Schema {
    let files = files
        .into_iter()
        .map(|(name, text)| input(&name, text, Role::Target));
    let builtin = well_known::FILES
        .iter()
        .map(|(name, text)| input(name, (*text).to_owned(), Role::Builtin));
    Schema::link(files.chain(builtin).collect())
}

/// A contract as teams write them: messages that refer to each other, enums, a service, comments, options.
fn contract(package: &str, messages: usize) -> String {
    let mut text = format!(
        "syntax = \"proto3\";\npackage {package};\noption java_package = \"com.{package}\";\n"
    );
    for number in 0..messages {
        let _ = write!(
            text,
            "// What is known of thing {number}.\nmessage Thing{number} {{\n  // Its name.\n  string name = 1;\n  \
             repeated State{number} states = 2;\n  map<string, Thing{number}> parts = 3 [deprecated = true];\n  \
             oneof owner {{\n    string person = 4;\n    Thing0 thing = 5;\n  }}\n  int64 size_in_bytes = 6;\n}}\n\
             enum State{number} {{\n  STATE{number}_UNSPECIFIED = 0;\n  STATE{number}_DONE = 1;\n}}\n\
             message GetThing{number}Request {{ string name = 1; }}\n\
             service Things{number} {{ rpc Get(GetThing{number}Request) returns (Thing{number}); }}\n"
        );
    }
    text
}

#[test]
fn parsing_allocates_by_the_file_and_not_by_the_token() {
    let _alone = alone();
    let small = source("small.proto", contract("small", 4));
    let large = source("large.proto", contract("large", 1000));
    // The lists that are used again and again grow with the first file.
    File::parse(Arc::clone(&large));
    let (file, of_small) = allocations(|| File::parse(small));
    assert!(file.errors().is_empty());
    let (file, of_large) = allocations(|| File::parse(large));
    assert!(file.tokens().len() > 80_000);
    assert!(of_small <= 25, "{of_small} allocations");
    assert!(of_large <= 25, "{of_large} allocations");
}

#[test]
fn linking_allocates_by_the_file_and_not_by_the_element() {
    let _alone = alone();
    let files = |count: usize, messages: usize| -> Vec<Input> {
        let file = |number: usize| {
            let text = contract(&format!("p{number}"), messages);
            input(&format!("{number}.proto"), text, Role::Target)
        };
        let builtin = well_known::FILES
            .iter()
            .map(|(name, text)| input(name, (*text).to_owned(), Role::Builtin));
        (0..count).map(file).chain(builtin).collect()
    };
    // The threads start with the first use.
    Schema::link(files(2, 2));
    let mut by_messages = Vec::new();
    for messages in [10, 100] {
        let inputs = files(200, messages);
        let (schema, count) = allocations(|| Schema::link(inputs));
        assert_eq!(schema.errors().count(), 0);
        by_messages.push(count);
    }
    let [few, many] = by_messages[..] else {
        unreachable!("two were measured");
    };
    // 200 files; the larger ones have 90 messages, 90 enums and 540 fields more each.
    assert!(few <= 200 * 120, "{few} allocations");
    let more_by_message = (many - few) as f64 / f64::from(200 * 90);
    assert!(
        more_by_message <= MOST_BY_MESSAGE,
        "{more_by_message} allocations by message"
    );
}

/// The name of a map's entry and the doubling of lists.
const MOST_BY_MESSAGE: f64 = 3.0;

/// What would be steps without end if each element were compared with each takes seconds at most, also on a slow
/// machine and without optimisation.
fn in_time(what: &str, work: impl FnOnce()) {
    let start = (processor_time(), Instant::now());
    work();
    let time = match (start.0, processor_time()) {
        (Some(start), Some(end)) => end - start,
        _ => start.1.elapsed(),
    };
    assert!(time < Duration::from_secs(60), "{what} took {time:?}");
}

/// The processor time that this process has used, where the system tells: others may keep the machine busy.
fn processor_time() -> Option<Duration> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = status.rsplit_once(')')?;
    // The 14th and 15th field, in hundredths of a second; two stand before.
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: Option<u64> = ticks.map(|field| field.parse::<u64>().ok()).sum();
    ticks.map(|ticks| Duration::from_millis(10 * ticks))
}

/// As many lines as there are numbers, between a head and an end.
fn many(head: &str, count: usize, line: impl Fn(usize) -> String, end: &str) -> String {
    let mut text = head.to_owned();
    for number in 1..=count {
        text.push_str(&line(number));
    }
    text.push_str(end);
    text
}

const COUNT: usize = 60_000;

#[test]
fn time_grows_with_the_number_of_elements() {
    let _alone = alone();
    let proto3 = "syntax = \"proto3\"; message M {";
    let field = |number: usize| {
        if number < 19_000 {
            number
        } else {
            number + 1000
        }
    };
    let cases = [
        (
            "fields",
            many(
                proto3,
                COUNT,
                |n| format!("string f{n}x = {};\n", field(n)),
                "}",
            ),
        ),
        (
            "optional fields",
            many(
                proto3,
                COUNT,
                |n| format!("optional string f{n}x = {};\n", field(n)),
                "}",
            ),
        ),
        (
            "maps",
            many(
                proto3,
                COUNT,
                |n| format!("map<string, M> f{n}x = {};\n", field(n)),
                "}",
            ),
        ),
        (
            "fields in oneofs",
            many(
                proto3,
                COUNT,
                |n| format!("oneof o{n}x {{ string f{n}x = {}; }}\n", field(n)),
                "}",
            ),
        ),
        (
            "nested messages",
            many(proto3, COUNT, |n| format!("message N{n}x {{}}\n"), "}"),
        ),
        (
            "reserved names",
            many(proto3, COUNT, |n| format!("reserved \"f{n}x\";\n"), "}"),
        ),
        (
            "reserved numbers",
            many(
                proto3,
                COUNT,
                |n| format!("reserved {};\n", 3 * n),
                "string f1x = 1; }",
            ),
        ),
        (
            "reserved numbers of values",
            many(
                "syntax = \"proto3\"; enum E { Z = 0;",
                COUNT,
                |n| format!("reserved {}; V{n}X = {};\n", 3 * n, 3 * n + 1),
                "}",
            ),
        ),
        (
            "values",
            many(
                "syntax = \"proto3\"; enum E { Z = 0;",
                COUNT,
                |n| format!("V{n}X = {n};\n"),
                "}",
            ),
        ),
        (
            "methods",
            many(
                "syntax = \"proto3\"; message M {} service S {",
                COUNT,
                |n| format!("rpc R{n}(M) returns (M);\n"),
                "}",
            ),
        ),
        (
            "messages",
            many(
                "syntax = \"proto3\";",
                COUNT,
                |n| format!("message N{n} {{}}\n"),
                "",
            ),
        ),
    ];
    for (what, text) in cases {
        in_time(what, || {
            let schema = link(vec![("a.proto".to_owned(), text)]);
            let first = schema.errors().next();
            assert!(first.is_none(), "{what}: {first:?}");
        });
    }
}

#[test]
fn time_grows_with_the_length_of_a_literal() {
    let _alone = alone();
    let options = "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\";
        message M { repeated int32 n = 1; repeated M m = 2; }
        extend google.protobuf.FileOptions { optional M o = 50001; repeated int32 r = 50002; }";
    let cases = [
        (
            "numbers",
            many("option (o) = { n: [0", COUNT, |n| format!(",{n}"), "] };"),
        ),
        (
            "messages",
            many("option (o) = {", COUNT, |n| format!("m {{ n: {n} }}"), "};"),
        ),
        (
            "settings",
            many("", COUNT, |n| format!("option (r) = {n};\n"), ""),
        ),
    ];
    for (what, text) in cases {
        in_time(what, || {
            let text = format!("{options}{text}");
            let schema = link(vec![("a.proto".to_owned(), text)]);
            assert_eq!(schema.errors().count(), 0, "{what}");
        });
    }
}

#[test]
fn time_grows_with_the_number_of_imports() {
    let _alone = alone();
    const FILES: usize = 5_000;
    let mut files: Vec<(String, String)> = (1..=FILES)
        .map(|n| {
            let text = format!("syntax = \"proto3\"; package p; message M{n} {{}}");
            (format!("{n}.proto"), text)
        })
        .collect();
    let imports = many("", FILES, |n| format!("import \"{n}.proto\";\n"), "");
    let fields = many(
        "message A {",
        FILES,
        |n| format!("M{n} f{n}x = {n};\n"),
        "}",
    );
    let all = format!("syntax = \"proto3\"; package p; {imports}{fields}");
    files.push(("all.proto".to_owned(), all));
    in_time("imports", || {
        let schema = link(files);
        assert_eq!(schema.errors().count(), 0);
    });
}

#[test]
fn time_grows_with_the_size_of_a_file() {
    let _alone = alone();
    let line = "// What nobody reads, but everybody has to skip.\n".repeat(20_000);
    let broken = "message M { string a = 1 string b = 2; }}} option".repeat(20_000);
    for (what, text) in [("comments", line), ("errors", broken)] {
        in_time(what, || {
            assert!(!File::parse(source("a.proto", text)).tokens().is_empty());
        });
    }
}
