//! What users and tools see of findings, format by format.

use std::sync::Arc;

use protogov::diagnostic::{Code, Diagnostic, Fix, Safety, Severity};
use protogov::report::{Format, Report, Style};
use protogov::text::{Edit, Source, Span};

fn source(path: &str, text: &str) -> Arc<Source> {
    Arc::new(Source::new(path, path, text.as_bytes().to_vec()).expect("small"))
}

/// The bytes of `needle` in `source`.
fn span(source: &Source, needle: &str) -> Span {
    let start = source.text().find(needle).expect("the text holds it");
    let offset = |at| u32::try_from(at).expect("small");
    Span::new(offset(start), offset(start + needle.len()))
}

/// A finding of every shape.
fn findings() -> Vec<Diagnostic> {
    let file = source(
        "proto/status.proto",
        "syntax = \"proto3\";\n\nenum Status {\n\tUNKNOWN = 0; // 日本\n\tOK = 1;\n}\n\nmessage a {\n}\n",
    );
    let baseline = source("proto/old.proto", "enum Status { READY = 1; }\n");
    let prefix = Code("ENUM_VALUE_PREFIX");
    let reason = "enum values live in the scope around their enum, so two enums of one package cannot both \
                  declare `OK`; the second author meets a compile error";
    let lacks = |name: &str| {
        Diagnostic::error(
            prefix,
            &file,
            span(&file, name),
            format!("enum value `{name}` lacks the prefix `STATUS_`"),
        )
        .with_reason(reason)
    };
    vec![
        lacks("UNKNOWN")
            .with_label(
                &file,
                span(&file, "Status"),
                "the prefix comes from this name",
            )
            .with_fix(Fix {
                title: "rename it to `STATUS_UNKNOWN`".to_owned(),
                claim: protogov::diagnostic::Claim::Nothing,
                rename: None,
                safety: Safety::Unsafe,
                edits: vec![(
                    Arc::clone(&file),
                    Edit::replace(span(&file, "UNKNOWN"), "STATUS_UNKNOWN"),
                )],
            }),
        lacks("OK")
            .with_severity(Severity::Warning)
            .with_label(
                &baseline,
                span(&baseline, "READY"),
                "declared here in the baseline",
            )
            .with_help("rename it to `STATUS_OK`"),
        Diagnostic::error(
            Code("MESSAGE_PASCAL_CASE"),
            &file,
            span(&file, "message a {\n}"),
            "message `a` is not PascalCase",
        ),
        Diagnostic::error(
            Code("SYNTAX"),
            &file,
            Span::at(0),
            "odd \x1b[31m<bytes> & more",
        ),
        Diagnostic::without_place(
            Code("FILE_NO_DELETE"),
            Severity::Info,
            "`gone.proto` was deleted",
        ),
    ]
}

fn rendered(format: Format) -> String {
    let mut out = Vec::new();
    Report::new(findings(), 3)
        .write(format, &Style::default(), &mut out)
        .expect("memory can be written to");
    String::from_utf8(out).expect("text")
}

#[test]
fn every_format_shows_every_shape() {
    for format in Format::ALL {
        insta::assert_snapshot!(format!("format_{format}"), rendered(format));
    }
}

#[test]
fn sarif_keeps_the_promises_of_its_schema() {
    let mut many = findings();
    let file = source("a b/é.proto", "message x {}\n");
    for _ in 0..30_000 {
        let number = many.len();
        let message = format!("finding {number}");
        let finding = Diagnostic::error(
            Code("FIELD_LOWER_SNAKE_CASE"),
            &file,
            Span::new(8, 9),
            message,
        );
        many.push(finding.with_severity(Severity::Warning));
    }
    let mut out = Vec::new();
    Report::new(many, 3)
        .write(Format::Sarif, &Style::default(), &mut out)
        .expect("memory can be written to");
    let log: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000, "GitHub takes no more");
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(
        notice
            .as_str()
            .is_some_and(|text| text.starts_with("5005 findings")),
        "{notice}"
    );
    assert_eq!(
        results
            .iter()
            .filter(|result| result["level"] == "error")
            .count(),
        3
    );
    let mut fingerprints = std::collections::HashSet::new();
    for result in results {
        let at = result["ruleIndex"].as_u64().expect("a number");
        let rule = &rules[usize::try_from(at).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(
            fingerprints
                .insert(result["partialFingerprints"]["primaryLocationLineHash"].to_string())
        );
        for location in result["locations"].as_array().expect("locations") {
            let uri = location["physicalLocation"]["artifactLocation"]["uri"]
                .as_str()
                .expect("a URI");
            assert!(
                ["proto/status.proto", "a%20b/%C3%A9.proto"].contains(&uri),
                "{uri}"
            );
        }
    }
    let documented = rules
        .iter()
        .find(|rule| rule["id"] == "FIELD_LOWER_SNAKE_CASE");
    let help = documented.expect("in the table")["help"]["markdown"]
        .as_str()
        .expect("help");
    assert!(help.contains("```proto"), "{help}");
}

#[test]
fn a_report_without_findings_is_still_a_report() {
    for (format, expected) in [
        (Format::Text, "no findings in 3 files\n"),
        (Format::Concise, ""),
        (Format::Json, ""),
        (Format::Github, ""),
        (Format::Gitlab, "[]\n"),
        (Format::Msvs, ""),
        (Format::Rdjsonl, ""),
    ] {
        let mut out = Vec::new();
        Report::new(Vec::new(), 3)
            .write(format, &Style::default(), &mut out)
            .expect("memory can be written to");
        assert_eq!(String::from_utf8(out).expect("text"), expected, "{format}");
    }
}

#[test]
fn github_is_given_what_it_shows() {
    let file = source("a.proto", "message x {}\n");
    let finding = |number| {
        let message = format!("finding {number:02}, 100 %\n");
        Diagnostic::error(Code("ODD"), &file, Span::new(8, 9), message)
    };
    let report = Report::new((0..25).map(finding).collect(), 1);
    let mut out = Vec::new();
    report
        .write(Format::Github, &Style::default(), &mut out)
        .expect("memory can be written to");
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text.matches("::error ").count(), 10);
    assert!(text.contains("100 %25"), "{text}");
    assert!(
        text.ends_with("and 15 more, all of them in the summary of this step\n"),
        "{text}"
    );
    assert_eq!(
        report
            .github_summary(&Style::default())
            .matches("| error |")
            .count(),
        25
    );
}

#[test]
fn findings_said_twice_are_written_once() {
    let mut twice = findings();
    twice.extend(findings());
    // Sources are told apart by path, as a reader does.
    assert_eq!(Report::new(twice, 3).findings().len(), findings().len());
}

#[test]
fn compile_errors_have_the_type_that_buf_gives_them() {
    let file = source("a.proto", "x");
    for code in [protogov::syntax::SYNTAX, protogov::schema::SCHEMA] {
        let report = Report::new(vec![Diagnostic::error(code, &file, Span::at(0), "bad")], 1);
        let mut out = Vec::new();
        report
            .write(Format::Json, &Style::default(), &mut out)
            .expect("memory can be written to");
        let line: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(line["type"], "COMPILE");
        assert_eq!(line["code"], code.0);
    }
}

#[test]
fn odd_sources_are_shown_without_a_panic() {
    let long = format!("// {}\nmessage x {{}}\n", "é".repeat(5_000));
    for text in ["", "\n", "a", "a\r\nb\r\n", "\u{feff}x", "\t\té\tz", &long] {
        let file = source("odd.proto", text);
        let length = u32::try_from(text.len()).expect("small");
        let mut all = Vec::new();
        for start in 0..=length.min(40) {
            for end in [start, start + 1, length, length + 7] {
                all.push(Diagnostic::error(
                    Code("ODD"),
                    &file,
                    Span::new(start, end),
                    format!("from {start} to {end}"),
                ));
            }
        }
        for format in Format::ALL {
            let mut out = Vec::new();
            Report::new(all.clone(), 1)
                .write(format, &Style::default(), &mut out)
                .expect("memory can be written to");
            assert!(
                out.len() < all.len() * 4_000,
                "{format} of {} bytes",
                text.len()
            );
        }
    }
}
