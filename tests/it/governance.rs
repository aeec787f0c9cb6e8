//! Waivers and owners, by the binary: what passes, what comes back, and who is asked.

use std::fs;
use std::process::{Command, Output};

use crate::git::Project;

const BEFORE: &str = "syntax = \"proto3\";\npackage shop.v1;\n\nmessage Order {\n  string id = 1;\n  int32 amount = 2;\n  string note = 3;\n}\n";
const AFTER: &str = "syntax = \"proto3\";\npackage shop.v1;\n\nmessage Order {\n  string id = 1;\n  string amount = 2;\n}\n";
const CONFIG: &str = "[lint]\nuse = [\"FIELD_LOWER_SNAKE_CASE\"]\n\n[breaking]\nuse = [\"WIRE\"]\n";

/// A project in which two changes break the wire.
fn project() -> Project {
    let project = Project::with([
        ("proto/order.proto", BEFORE),
        ("protogov.toml", CONFIG),
        (
            ".github/CODEOWNERS",
            "* @acme/all\n/proto/ @acme/contracts @acme/lead\n",
        ),
    ]);
    project.write("proto/order.proto", AFTER);
    project
}

fn run(project: &Project, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(&project.directory)
        .env_clear()
        .env(
            "PROTOGOV_CACHE_DIR",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"),
        )
        .args(arguments)
        .output()
        .expect("the binary is built")
}

/// What is printed on both streams, and the exit code.
fn said(project: &Project, arguments: &[&str]) -> (String, Option<i32>) {
    let output = run(project, arguments);
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8_lossy(&text).into_owned(),
        output.status.code(),
    )
}

/// The findings of `command` as JSON.
fn findings(project: &Project, command: &str) -> Vec<serde_json::Value> {
    let output = run(project, &[command, "--format", "json"]);
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The fingerprint of the finding about a symbol.
fn fingerprint(project: &Project, command: &str, symbol: &str) -> String {
    let found = findings(project, command);
    let about = found.iter().find(|finding| finding["symbol"] == symbol);
    let about = about.unwrap_or_else(|| panic!("nothing about {symbol} in {found:#?}"));
    about["fingerprint"]
        .as_str()
        .expect("it has one")
        .to_owned()
}

fn waivers(project: &Project) -> String {
    fs::read_to_string(project.directory.join("protogov-waivers.toml")).expect("it was written")
}

#[test]
fn a_waiver_lets_one_finding_pass_and_no_other() {
    let project = project();
    assert_eq!(said(&project, &["breaking"]).1, Some(1));
    let amount = fingerprint(&project, "breaking", "shop.v1.Order#2");
    let (text, _) = said(&project, &["breaking"]);
    let shown = format!("fingerprint: {amount}, owned by @acme/contracts @acme/lead\n");
    assert!(text.contains(&shown), "{text}");

    let (text, code) = said(&project, &["waive", &amount, "--reason", "nobody reads it"]);
    assert_eq!(code, Some(0), "{text}");
    let today = protogov::text::Day::today();
    assert_eq!(
        waivers(&project),
        format!(
            "[[waiver]]\nfingerprint = \"{amount}\"\nrule = \"FIELD_WIRE_COMPATIBLE_TYPE\"\nsymbol = \"shop.v1.Order#2\"\n\
             owner = \"@acme/contracts\"\nreason = \"nobody reads it\"\ncreated = {today}\n"
        )
    );
    let left = findings(&project, "breaking");
    assert!(!left.is_empty());
    assert!(
        left.iter()
            .all(|finding| finding["symbol"] == "shop.v1.Order#3"),
        "{left:#?}"
    );
    let (text, code) = said(&project, &["breaking"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(", 1 waived\n"), "{text}");

    for finding in left {
        let name = finding["fingerprint"].as_str().expect("it has one");
        let options = [
            "--reason",
            "never written",
            "--owner",
            "ann",
            "--expires",
            "9999-12-31",
        ];
        let (text, code) = said(&project, &[&["waive", name], &options[..]].concat());
        assert_eq!(code, Some(0), "{text}");
    }
    let (text, code) = said(&project, &["breaking"]);
    assert_eq!(code, Some(0), "{text}");
    let sarif = run(&project, &["breaking", "--format", "sarif"]).stdout;
    let sarif: serde_json::Value = serde_json::from_slice(&sarif).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|result| result["partialFingerprints"]["protogov/v1"] == amount.as_str())
        .expect("waived findings are in it");
    assert_eq!(result["properties"]["owners"][0], "@acme/contracts");
    let suppression = &result["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["justification"], "nobody reads it");

    // Another change of the same field is another finding.
    project.write(
        "proto/order.proto",
        &AFTER.replace("string amount", "double amount"),
    );
    let (text, code) = said(&project, &["breaking"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("double"), "{text}");
}

/// What is asked for, and what is said of what was done.
#[test]
fn waive_says_what_it_lacks_and_what_it_did() {
    let project = project();
    let name = fingerprint(&project, "breaking", "shop.v1.Order#2");
    let name = name.as_str();
    let waived =
        format!("waived `{name}` of `FIELD_WIRE_COMPATIBLE_TYPE` in `protogov-waivers.toml`\n");
    let cases: [(&[&str], &str, i32); 7] = [
        (
            &[name],
            "error: nothing says why the finding may pass\n\
             help: say it with `--reason`; whoever reads the file in a year will want to know\n",
            2,
        ),
        (
            &[name, "--reason", "x", "--expires", "2020-01-01"],
            "error: `2020-01-01` is over\nhelp: name the last day on which the finding may pass\n",
            2,
        ),
        (
            &["0123456789ab", "--reason", "x"],
            "error: no finding is called `0123456789ab`\n\
             help: run `protogov check` with the same arguments and take the fingerprint of what it shows\n",
            2,
        ),
        (&["--prune"], "every waiver covers a finding\n", 0),
        (&[name, "--reason", "x"], &waived, 0),
        (&["--prune"], "every waiver covers a finding\n", 0),
        (
            &["--prune", "--exclude", "other"],
            "error: waivers are only pruned where everything is checked\n\
             help: run it without paths and `--exclude`\n",
            2,
        ),
    ];
    let say = |arguments: &[&str]| {
        let (text, code) = said(&project, &[&["waive"], arguments].concat());
        let lines = text.lines().filter(|line| !line.starts_with("info["));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        (text, code)
    };
    for (arguments, expected, code) in cases {
        assert_eq!(
            say(arguments),
            (expected.to_owned(), Some(code)),
            "{arguments:?}"
        );
    }
    project.write("proto/order.proto", BEFORE);
    let taken = "took 1 waiver out of `protogov-waivers.toml`\n".to_owned();
    assert_eq!(say(&["--prune"]), (taken, Some(0)));
    fs::remove_file(project.directory.join(".github/CODEOWNERS")).expect("it is there");
    project.write("proto/order.proto", AFTER);
    let nobody = "error: nobody answers for the finding, and nothing says why it may pass\n\
                  help: name a person or a team with `--owner`, and say with `--reason` what the next reader will want to know\n";
    assert_eq!(say(&[name]), (nobody.to_owned(), Some(2)));
    let nobody = "error: nobody answers for the finding\n\
                  help: name a person or a team with `--owner`, or give its file an owner in CODEOWNERS\n";
    assert_eq!(say(&[name, "--reason", "x"]), (nobody.to_owned(), Some(2)));
}

#[test]
fn an_expired_waiver_brings_the_finding_back_and_says_whom_to_ask() {
    let project = project();
    let amount = fingerprint(&project, "breaking", "shop.v1.Order#2");
    let entry = format!(
        "# kept\n[[waiver]]\nfingerprint = \"{amount}\"\nrule = \"FIELD_WIRE_COMPATIBLE_TYPE\"\nowner = \"ann\"\n\
         reason = \"soon\"\ncreated = 2020-01-01\nexpires = 2020-02-01 # short\n"
    );
    project.write("protogov-waivers.toml", &entry);
    for format in [
        "text",
        "concise",
        "json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjsonl",
        "msvs",
    ] {
        let (text, code) = said(&project, &["breaking", "--format", format]);
        assert_eq!(code, Some(1), "{format}: {text}");
        let text = text.replace(['\n', '│'], " ");
        assert!(
            text.contains("its waiver expired on 2020-02-01, ask `ann`"),
            "{format}: {text}"
        );
    }
    assert_eq!(fingerprint(&project, "breaking", "shop.v1.Order#2"), amount);

    // Renewed, it keeps what is not said anew.
    let (text, code) = said(&project, &["waive", &amount, "--expires", "9999-01-01"]);
    assert_eq!(code, Some(0), "{text}");
    let today = protogov::text::Day::today();
    let renewed = entry
        .replace("created = 2020-01-01", &format!("created = {today}"))
        .replace("expires = 2020-02-01", "expires = 9999-01-01")
        .replace("owner =", "symbol = \"shop.v1.Order#2\"\nowner =");
    let mut expected: Vec<&str> = renewed.lines().collect();
    let text = waivers(&project);
    let mut lines: Vec<&str> = text.lines().collect();
    expected.sort_unstable();
    lines.sort_unstable();
    assert_eq!(lines, expected);
    assert!(text.starts_with("# kept\n[[waiver]]\n"), "{text}");
}

#[test]
fn a_waiver_is_of_no_use_once_the_change_is_in_the_baseline() {
    let project = project();
    let amount = fingerprint(&project, "check", "shop.v1.Order#2");
    said(&project, &["waive", &amount, "--reason", "agreed"]);
    let (text, _) = said(&project, &["breaking", "--format", "concise"]);
    assert!(!text.contains("UNUSED_WAIVER"), "{text}");
    project.commit([("proto/order.proto", AFTER)]);
    for (command, tells) in [("breaking", true), ("check", true), ("lint", false)] {
        let (text, code) = said(&project, &[command, "--format", "concise"]);
        assert_eq!(code, Some(0), "{text}");
        let expected = format!(
            "protogov-waivers.toml:2:15: warning[UNUSED_WAIVER] the waiver `{amount}` of `FIELD_WIRE_COMPATIBLE_TYPE` for \
             `shop.v1.Order#2` covers no finding\n"
        );
        assert_eq!(text.contains(&expected), tells, "{command}: {text}");
    }
    // Part of the contracts says nothing about all waivers.
    let (text, _) = said(&project, &["breaking", "proto", "--format", "concise"]);
    assert!(!text.contains("UNUSED_WAIVER"), "{text}");
    let (text, code) = said(&project, &["waive", "--prune"]);
    assert_eq!(
        (text.as_str(), code),
        ("took 1 waiver out of `protogov-waivers.toml`\n", Some(0))
    );
    assert_eq!(waivers(&project), "");
    let (text, code) = said(&project, &["waive", "--prune"]);
    assert_eq!(
        (text.as_str(), code),
        ("every waiver covers a finding\n", Some(0))
    );
}

#[test]
fn a_waiver_needs_an_owner_and_a_reason() {
    let project = project();
    let amount = fingerprint(&project, "breaking", "shop.v1.Order#2");
    for (arguments, expected) in [
        (
            &["waive", &amount][..],
            "nothing says why the finding may pass",
        ),
        (
            &["waive", &amount, "--reason", " "],
            "nothing says why the finding may pass",
        ),
        (
            &["waive", &amount, "--reason", "x", "--expires", "2020-01-01"],
            "`2020-01-01` is over",
        ),
        (
            &["waive", &amount, "--reason", "x", "--expires", "tomorrow"],
            "a day is written as `2024-05-31`",
        ),
        (
            &["waive", "000000000000", "--reason", "x"],
            "no finding is called `000000000000`",
        ),
        (&["waive", "12"], "12 hexadecimal digits"),
        (&["waive"], "required"),
        (
            &["waive", "--prune", "--reason", "x"],
            "cannot be used with",
        ),
    ] {
        let (text, code) = said(&project, arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(expected), "{text}");
    }
    fs::remove_file(project.directory.join(".github/CODEOWNERS")).expect("it is there");
    let (text, code) = said(&project, &["waive", &amount, "--reason", "x"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("nobody answers for the finding"), "{text}");

    let entry = |owner: &str, reason: &str, created: &str| {
        format!(
            "[[waiver]]\nfingerprint = \"{amount}\"\nrule = \"X\"\n{owner}\n{reason}\ncreated = {created}\n"
        )
    };
    let (owner, reason) = ("owner = \"a\"", "reason = \"b\"");
    for (text, expected) in [
        (
            entry("", reason, "2026-01-01"),
            "the key `owner` is missing",
        ),
        (
            entry(owner, "", "2026-01-01"),
            "the key `reason` is missing",
        ),
        (
            entry(owner, "reason = \" \"", "2026-01-01"),
            "the waiver has no `reason`",
        ),
        (
            entry("owner = \"\"", reason, "2026-01-01"),
            "the waiver has no `owner`",
        ),
        (
            entry(owner, reason, "\"May\""),
            "`May` cannot be read: a day is written as `2024-05-31`",
        ),
        (
            entry(owner, "reasons = \"b\"", "2026-01-01"),
            "unknown key `reasons`",
        ),
        (
            "[[waiver]]\nfingerprint = \"xyz\"\n".to_owned(),
            "is missing",
        ),
    ] {
        project.write("protogov-waivers.toml", &text);
        let (said, code) = said(&project, &["breaking"]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn lint_findings_are_waived_too_and_check_tells_of_both() {
    let project = project();
    project.write("proto/order.proto", &AFTER.replace("amount", "theAmount"));
    let lint = fingerprint(&project, "lint", "shop.v1.Order.theAmount");
    assert_eq!(
        fingerprint(&project, "check", "shop.v1.Order.theAmount"),
        lint
    );
    let rules = |project: &Project| -> Vec<String> {
        let found = findings(project, "check");
        let mut rules: Vec<String> = found
            .iter()
            .map(|found| found["type"].to_string())
            .collect();
        rules.sort();
        rules.dedup();
        rules
    };
    let all = rules(&project);
    assert!(
        all.contains(&"\"FIELD_LOWER_SNAKE_CASE\"".to_owned()),
        "{all:?}"
    );
    assert!(
        all.contains(&"\"FIELD_WIRE_COMPATIBLE_TYPE\"".to_owned()),
        "{all:?}"
    );
    said(
        &project,
        &["waive", &lint, "--reason", "the gateway spells it so"],
    );
    let left: Vec<String> = all
        .iter()
        .filter(|rule| !rule.contains("SNAKE"))
        .cloned()
        .collect();
    assert_eq!(rules(&project), left);
    let (text, code) = said(&project, &["lint"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.ends_with("no findings in 1 file, 1 waived\n"),
        "{text}"
    );
}

#[test]
fn check_lints_and_compares_what_it_is_told_to() {
    let project = project();
    let lint_error = "syntax = \"proto3\";\npackage other.v1;\nmessage M {\n  int32 Odd = 1;\n}\n";
    project.write("proto/other.proto", lint_error);
    let (text, code) = said(&project, &["check", "--format", "concise"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("proto/other.proto:4:9: error[FIELD_LOWER_SNAKE_CASE]"),
        "{text}"
    );
    assert!(text.contains("proto/order.proto"), "{text}");
    // What is staged is what HEAD holds.
    let (text, code) = said(&project, &["check", "--staged", "--format", "concise"]);
    assert_eq!(code, Some(0), "{text}");
    project.git(&["add", "proto/other.proto"]);
    let (text, code) = said(&project, &["check", "--staged", "--format", "concise"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("FIELD_LOWER_SNAKE_CASE") && !text.contains("order.proto"),
        "{text}"
    );
    let (text, code) = said(
        &project,
        &["check", "--head", "HEAD", "--format", "concise"],
    );
    assert_eq!(code, Some(0), "{text}");
    // Linting stays as it is configured where the limit is about what breaks.
    fs::remove_file(project.directory.join("proto/other.proto")).expect("it is there");
    for (limit, code) in [
        ("wire", 1),
        ("json", 1),
        ("source", 1),
        ("semver-major", 1),
        ("error", 1),
    ] {
        assert_eq!(
            said(&project, &["check", "--fail-on", limit]).1,
            Some(code),
            "{limit}"
        );
        assert_eq!(
            said(&project, &["breaking", "--fail-on", limit]).1,
            Some(code),
            "{limit}"
        );
    }
}

#[test]
fn the_limit_is_about_surfaces() {
    let config = "[breaking]\nuse = [\"FILE\"]\n";
    let project = Project::with([("proto/order.proto", BEFORE), ("protogov.toml", config)]);
    // Renaming a field leaves its bytes alone.
    project.write("proto/order.proto", &BEFORE.replace("note", "remark"));
    for (limit, code) in [("wire", 0), ("json", 1), ("source", 1), ("semver-major", 1)] {
        let (text, found) = said(&project, &["breaking", "--fail-on", limit]);
        assert_eq!(found, Some(code), "{limit}: {text}");
    }
}

#[test]
fn what_is_gone_is_shown_where_something_is_left() {
    let files = [
        (
            "proto/a/gone.proto",
            "syntax = \"proto3\";\npackage a;\nmessage Gone {}\n",
        ),
        (
            "proto/a/kept.proto",
            "syntax = \"proto3\";\npackage a;\nmessage Kept {}\n",
        ),
        (
            "proto/b/only.proto",
            "syntax = \"proto3\";\npackage b;\nmessage Only {}\n",
        ),
    ];
    let project = Project::with(files);
    for path in ["proto/a/gone.proto", "proto/b/only.proto"] {
        fs::remove_file(project.directory.join(path)).expect("it is there");
    }
    let (text, _) = said(&project, &["breaking", "--format", "concise"]);
    assert!(
        text.contains("proto/a/kept.proto:1:1: error[FILE_NO_DELETE] file `proto/a/gone.proto`"),
        "{text}"
    );
    assert!(
        text.contains("proto/a/kept.proto:1:1: error[FILE_NO_DELETE] file `proto/b/only.proto`"),
        "{text}"
    );

    project.write(
        "protogov.toml",
        "[breaking]\nuse = [\"FILE\", \"PACKAGE\"]\n",
    );
    for format in [
        "text",
        "concise",
        "json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjsonl",
        "msvs",
    ] {
        let (text, _) = said(&project, &["breaking", "--format", format]);
        assert!(text.contains("protogov.toml"), "{format}: {text}");
        assert!(!text.contains("<input>"), "{format}: {text}");
    }
    // Under buf's configuration the formats that are buf's are as buf writes them.
    fs::remove_file(project.directory.join("protogov.toml")).expect("it is there");
    project.write("buf.yaml", "version: v2\nmodules:\n  - path: proto\n");
    for (format, has_place) in [
        ("json", false),
        ("sarif", true),
        ("github", true),
        ("gitlab", true),
        ("checkstyle", true),
        ("rdjsonl", true),
        ("text", true),
    ] {
        let (text, _) = said(&project, &["breaking", "--format", format]);
        assert!(text.contains("FILE_NO_DELETE"), "{format}: {text}");
        assert_eq!(text.contains("buf.yaml"), has_place, "{format}: {text}");
    }
}

/// Commits are a minute apart at the end of 2023, so that years have passed since.
#[test]
fn what_is_removed_was_deprecated_for_long_enough() {
    let days = |days: u32| {
        format!(
            "[breaking]\nuse = [\"WIRE\", \"NO_DELETE_WITHOUT_DEPRECATION\"]\nexcept = [\"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED\"]\n\n\
             [rules.NO_DELETE_WITHOUT_DEPRECATION]\ndays = {days}\nseverity = \"error\"\n"
        )
    };
    let project = Project::with([("proto/order.proto", BEFORE), ("protogov.toml", &days(0))]);
    let broken = BEFORE.replace("message Order {", "message Order");
    project.commit([("proto/order.proto", broken.as_str())]);
    let deprecated = BEFORE.replace("note = 3", "note = 3 [deprecated = true]");
    project.commit([("proto/order.proto", deprecated.as_str())]);
    project.commit([(
        "proto/order.proto",
        deprecated.replace("id = 1", "key = 1").as_str(),
    )]);
    let gone = BEFORE
        .replace(
            "  string note = 3;\n",
            "  reserved 3;\n  reserved \"note\";\n",
        )
        .replace("id = 1", "key = 1");
    project.write("proto/order.proto", &gone);
    let told = |days_asked: u32| {
        project.write("protogov.toml", &days(days_asked));
        said(
            &project,
            &["breaking", "--format", "concise", "--against", "HEAD"],
        )
    };
    for (asked, code) in [(0, 0), (30, 0), (100_000, 1)] {
        let (text, found) = told(asked);
        assert_eq!(found, Some(code), "{asked}: {text}");
    }
    let (text, _) = told(100_000);
    assert!(text.contains("field `note` was removed when "), "{text}");
    assert!(
        text.contains(" of 100000 days of deprecation were over\n"),
        "{text}"
    );

    // What was never deprecated is gone too early however few days are asked for.
    project.write(
        "proto/order.proto",
        &gone.replace(
            "  int32 amount = 2;\n",
            "  reserved 2;\n  reserved \"amount\";\n",
        ),
    );
    let (text, code) = told(1);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("field `amount` was removed and had not been deprecated before"),
        "{text}"
    );
    // It is one change, told once, however many rules see it.
    project.write(
        "protogov.toml",
        "[breaking]\nuse = [\"FIELD_NO_DELETE\", \"NO_DELETE_WITHOUT_DEPRECATION\"]\n\n\
         [rules.NO_DELETE_WITHOUT_DEPRECATION]\ndays = 1\n",
    );
    let (text, _) = said(&project, &["breaking", "--against", "HEAD"]);
    assert!(!text.contains("[NO_DELETE_WITHOUT_DEPRECATION]"), "{text}");
    for part in [
        "[FIELD_NO_DELETE]",
        "also NO_DELETE_WITHOUT_DEPRECATION",
        "declared here in the baseline, and not deprecated",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // A clone that ends before is no proof against anybody.
    let shallow = project.clone_to("shallow", &["--depth", "1"]);
    fs::write(shallow.join("proto/order.proto"), &gone).expect("writable");
    fs::write(shallow.join("protogov.toml"), days(100_000)).expect("writable");
    let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(&shallow)
        .env_clear()
        .args(["breaking", "--against", "HEAD", "--format", "concise"])
        .output()
        .expect("the binary is built");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
