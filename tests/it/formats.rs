//! Reports against the schemas of their formats, ours and those of others.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::files::Files;
use crate::git::Project;

const BEFORE: &str = "syntax = \"proto3\";\npackage shop.v1;\n\nmessage Order {\n  string id = 1;\n  int32 amount = 2;\n}\n";
const AFTER: &str = "syntax = \"proto3\";\npackage shop.v1;\n\nmessage Order {\n  string id = 1;\n  string amount = 2;\n  // \
    protogov:allow(FIELD_LOWER_SNAKE_CASE) the gateway spells it so\n  string oldName = 3;\n  /* \u{65e5} */ string thisName = 4;\n  string newName = 5;\n}\n";
const CONFIG: &str = "[lint]\nuse = [\"FIELD_LOWER_SNAKE_CASE\", \"COMMENT_MESSAGE\"]\n\n[breaking]\nuse = [\"FILE\"]\n";

/// `UPDATE=1` writes them anew.
#[test]
fn published_schemas_are_fresh() {
    for (name, text) in [
        ("findings.schema.json", protogov::report::findings_schema()),
        (
            "changelog.schema.json",
            protogov::report::changelog_schema(),
        ),
        (
            "protogov-waivers.schema.json",
            protogov::config::waivers_schema(),
        ),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("docs")
            .join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).expect("docs can be written");
        }
        let held = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            held == text,
            "docs/{name} is stale: run `UPDATE=1 cargo test --test it formats`"
        );
    }
}

/// A program that holds each file against its schema: `FORMAT FILE SCHEMA` in threes.
const VALIDATE: &str = r#"
import json, sys
import xml.etree.ElementTree as tree
import jsonschema, xmlschema

def checkstyle(file):
    # Nobody has published a schema; this is what Checkstyle's own XMLLogger writes.
    root = tree.parse(file).getroot()
    assert root.tag == "checkstyle" and set(root.attrib) == {"version"}, root.attrib
    for named in root:
        assert named.tag == "file" and set(named.attrib) == {"name"} and len(named), named.attrib
        for error in named:
            assert error.tag == "error" and not len(error), error.tag
            assert set(error.attrib) == {"line", "column", "severity", "message", "source"}, error.attrib
            assert int(error.get("line")) > 0 and int(error.get("column")) > 0
            assert error.get("severity") in {"ignore", "info", "warning", "error"}

arguments = sys.argv[1:]
for format, file, schema in zip(arguments[::3], arguments[1::3], arguments[2::3]):
    if format == "checkstyle":
        checkstyle(file)
    elif schema.endswith(".xsd"):
        xmlschema.XMLSchema(schema).validate(file)
    else:
        text = open(file, encoding="utf-8").read()
        values = [json.loads(line) for line in text.splitlines()] if format == "json" else [json.loads(text)]
        definition = json.load(open(schema, encoding="utf-8"))
        validator = jsonschema.validators.validator_for(definition)
        validator.check_schema(definition)
        assert values, file
        for value in values:
            validator(definition).validate(value)
"#;

/// Needs python3 with jsonschema and xmlschema, and the directory that `PROTOGOV_SCHEMAS` names; see `.ci/run`.
#[test]
fn reports_validate() {
    let imports = Command::new("python3")
        .args(["-c", "import jsonschema, xmlschema"])
        .output();
    if !imports.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with jsonschema and xmlschema is not here");
        return;
    }
    let foreign = std::env::var("PROTOGOV_SCHEMAS").ok();
    if foreign.is_none() {
        eprintln!("skipped in part: PROTOGOV_SCHEMAS names no directory of schemas");
    }
    let project = Project::with([("proto/order.proto", BEFORE), ("protogov.toml", CONFIG)]);
    project.write("proto/order.proto", AFTER);
    project.write(".github/CODEOWNERS", "* @acme/contracts\n");
    let protogov = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_protogov"))
            .current_dir(&project.directory)
            .env_clear()
            .args(arguments)
            .output()
            .expect("the binary is built")
    };
    // One finding is waived, one is silenced by a comment, the others stand.
    let found = String::from_utf8(protogov(&["check", "--format", "json"]).stdout).expect("text");
    let first: serde_json::Value =
        serde_json::from_str(found.lines().next().expect("findings")).expect("JSON");
    let name = first["fingerprint"].as_str().expect("it has one");
    protogov(&[
        "waive",
        name,
        "--reason",
        "agreed",
        "--expires",
        "9999-01-01",
        "--link",
        "https://example.org/1",
    ]);

    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let ours = |name: &str| docs.join(name).to_string_lossy().into_owned();
    let out = Files::new();
    let path = |name: &str| out.path(name).to_string_lossy().into_owned();
    let mut checked: Vec<String> = Vec::new();
    let mut check = |format: &str, file: &str, schema: String| {
        checked.extend([format.to_owned(), path(file), schema]);
    };
    let mut written = vec!["check".to_owned()];
    for format in ["json", "sarif", "junit", "checkstyle"] {
        written.push(format!("--output={format}={}", path(format)));
    }
    let written: Vec<&str> = written.iter().map(String::as_str).collect();
    let output = protogov(&written);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    check("json", "json", ours("findings.schema.json"));
    check("checkstyle", "checkstyle", String::new());
    out.write(
        "changelog",
        protogov(&["diff", "main", "--tip", "--format", "json"]).stdout,
    );
    check("changelog", "changelog", ours("changelog.schema.json"));
    let sarif = fs::read_to_string(out.path("sarif")).expect("it was written");
    assert!(
        sarif.contains("\"external\"") && sarif.contains("\"inSource\""),
        "{sarif}"
    );

    // A report without findings is one too.
    project.git(&["checkout", "--quiet", "--", "."]);
    let empty = protogov(&[
        "lint",
        "--output",
        &format!("junit={}", path("none")),
        "--output",
        &format!("sarif={}", path("nothing")),
    ]);
    assert_eq!(empty.status.code(), Some(0));
    if let Some(foreign) = foreign {
        let foreign = |name: &str| {
            Path::new(&foreign)
                .join(name)
                .to_string_lossy()
                .into_owned()
        };
        for file in ["sarif", "nothing"] {
            check("sarif", file, foreign("sarif-2.1.0.json"));
        }
        for file in ["junit", "none"] {
            check("junit", file, foreign("junit-10.xsd"));
        }
    }
    let output = Command::new("python3")
        .args(["-c", VALIDATE])
        .args(&checked)
        .output()
        .expect("python3 was there just now");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn columns_are_counted_as_asked_and_formats_are_written_at_once() {
    let text = "syntax = \"proto3\";\npackage a;\nmessage M {\n  /* \u{65e5}\u{1f600} */ string oddName = 1;\n}\n";
    let files = Files::with([
        ("a.proto", text),
        (
            "protogov.toml",
            "[lint]\nuse = [\"FIELD_LOWER_SNAKE_CASE\"]\n",
        ),
    ]);
    for (unit, column) in [("bytes", 24), ("utf16", 20), ("display", 21)] {
        let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
            .current_dir(files.root())
            .env_clear()
            .args([
                "lint",
                "--columns",
                unit,
                "--output",
                "concise",
                "--output",
                "msvs=out.msvs",
                "--output",
                "json=out.json",
            ])
            .output()
            .expect("the binary is built");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(
            text.starts_with(&format!("a.proto:4:{column}: ")),
            "{unit}: {text}"
        );
        let msvs = fs::read_to_string(files.path("out.msvs")).expect("it was written");
        assert!(
            msvs.starts_with(&format!("a.proto(4,{column}) : ")),
            "{unit}: {msvs}"
        );
        let json = fs::read_to_string(files.path("out.json")).expect("it was written");
        assert!(
            json.contains(&format!("\"start_column\":{column},")),
            "{unit}: {json}"
        );
    }
}

#[test]
fn a_github_step_shows_what_it_can_and_keeps_the_rest() {
    let fields: String = (1..40)
        .map(|number| format!("  string oddName{number} = {number};\n"))
        .collect();
    let text = format!("syntax = \"proto3\";\npackage a;\nmessage M {{\n{fields}}}\n");
    let config = "[lint]\nuse = [\"FIELD_LOWER_SNAKE_CASE\", \"COMMENT_FIELD\"]\n\n[rules]\nCOMMENT_FIELD = \"warning\"\n";
    let files = Files::with([
        ("a.proto", text.as_str()),
        ("protogov.toml", config),
        ("summary", "before\n"),
    ]);
    let output = Command::new(env!("CARGO_BIN_EXE_protogov"))
        .current_dir(files.root())
        .env_clear()
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", files.path("summary"))
        .arg("lint")
        .output()
        .expect("the binary is built");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[..10].iter().all(|line| line.starts_with("::error ")),
        "{text}"
    );
    assert!(
        lines[10..20]
            .iter()
            .all(|line| line.starts_with("::warning ")),
        "{text}"
    );
    assert_eq!(
        lines[20..],
        ["and 58 more, all of them in the summary of this step"]
    );
    let summary = fs::read_to_string(files.path("summary")).expect("it is there");
    assert!(summary.starts_with("before\n### protogov\n"), "{summary}");
    assert_eq!(summary.matches("| error |").count(), 39);
    assert_eq!(summary.matches("| warning |").count(), 39);
}
