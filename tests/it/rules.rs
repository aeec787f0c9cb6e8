//! What every rule has to have: documentation, true examples, messages in style.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use protogov::checks::{Docs, ExampleRole, Registered, RuleKind, buf_rules, rules};
use protogov::diagnostic::Diagnostic;
use protogov::report::{Format, Report, Style};
use protogov::text::{Edit, apply_edits};

use crate::lint::{link, lint};

#[test]
fn rules_are_sorted_documented_and_known_once() {
    assert!(rules().is_sorted_by_key(|rule| rule.id()));
    assert!(!rules().windows(2).any(|pair| pair[0].id() == pair[1].id()));
    for rule in rules().iter().filter(|rule| rule.is_lint()) {
        let (id, docs) = (rule.id(), rule.docs());
        assert!(
            docs.summary.ends_with('.') && docs.summary.len() > 15,
            "{id}: a summary is one sentence"
        );
        assert!(
            !docs.summary.trim_end_matches('.').contains(". "),
            "{id}: a summary is one sentence"
        );
        assert!(
            docs.section("Why").is_some_and(|why| why.len() > 40),
            "{id}: say why"
        );
        let has = |role| docs.examples.iter().any(|example| example.role == role);
        assert!(has(ExampleRole::Bad), "{id}: a bad example is missing");
        assert!(
            has(ExampleRole::Good) || has(ExampleRole::Fixed),
            "{id}: a good example is missing"
        );
        let known = ["Why", "Examples", "Fix", "Options"];
        for section in &docs.sections {
            assert!(
                known.contains(&section.title.as_str()),
                "{id}: unknown section {}",
                section.title
            );
        }
    }
}

/// buf's rules are all here.
#[test]
fn bufs_lint_rules_are_here() {
    let missing: Vec<&str> = buf_rules(RuleKind::Lint)
        .iter()
        .filter(|rule| !rule.is_deprecated)
        .map(|rule| rule.id)
        .filter(|id| protogov::checks::rule(id).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Each bad example fires its rule and parses; each good one is silent.
#[test]
fn examples_are_true() {
    let mut wrong = Vec::new();
    for rule in rules().iter().filter(|rule| rule.is_lint()) {
        let docs = rule.docs();
        for example in &docs.examples {
            let files = example.files();
            let errors: Vec<String> = link(&files)
                .errors()
                .map(|error| format!("{}: {}", rule.id(), error.message))
                .collect();
            wrong.extend(errors);
            let findings = lint(&files, &needed(rule, &files));
            match example.role {
                ExampleRole::Bad if findings.is_empty() => {
                    wrong.push(format!(
                        "{}: a bad example is silent:\n{}",
                        rule.id(),
                        example.text
                    ));
                }
                ExampleRole::Good | ExampleRole::Fixed if !findings.is_empty() => {
                    wrong.push(format!(
                        "{}: a good example fires:\n{}",
                        rule.id(),
                        example.text
                    ));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A fixed example is what applying the fixes to the bad one before it gives.
#[test]
fn fixed_examples_are_what_fixes_give() {
    for rule in rules().iter().filter(|rule| rule.is_lint()) {
        let docs = rule.docs();
        for pair in docs.examples.windows(2) {
            let [bad, fixed] = pair else { continue };
            if fixed.role != ExampleRole::Fixed {
                continue;
            }
            let files = bad.files();
            let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
            for fix in lint(&files, &needed(rule, &files))
                .into_iter()
                .filter_map(|finding| finding.into_facts().fix)
            {
                for (source, edit) in fix.edits {
                    edits
                        .entry(source.name().to_owned())
                        .or_default()
                        .push(edit);
                }
            }
            let applied: Vec<(String, String)> = files
                .into_iter()
                .map(|(path, text)| {
                    let edits = edits.remove(&path).unwrap_or_default();
                    let text = apply_edits(text.as_bytes(), &edits).expect("edits do not overlap");
                    (path, String::from_utf8(text).expect("UTF-8"))
                })
                .collect();
            assert_eq!(applied, fixed.files(), "{}", rule.id());
        }
    }
}

/// What a user sees of each bad example.
#[test]
fn bad_examples_read_well() {
    for rule in rules().iter().filter(|rule| rule.is_lint()) {
        let findings = bad_findings(rule, &rule.docs());
        findings.iter().for_each(in_style);
        let seen = rendered(findings);
        insta::with_settings!({snapshot_path => "../../fixtures/rules", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(rule.id().as_str().to_lowercase(), seen);
        });
    }
}

/// The rule and those that comments in its examples allow: only rules that are on can be found to be silent.
fn needed(rule: &'static Registered, files: &[(String, String)]) -> Vec<&'static Registered> {
    let mut needed = vec![rule];
    for (_, text) in files {
        let ids = text.split("protogov:allow(").skip(1);
        needed.extend(ids.filter_map(|rest| protogov::checks::rule(rest.split(')').next()?)));
    }
    needed
}

fn bad_findings(rule: &'static Registered, docs: &Docs) -> Vec<Diagnostic> {
    let bad = docs
        .examples
        .iter()
        .filter(|example| example.role == ExampleRole::Bad);
    bad.flat_map(|example| {
        let files = example.files();
        lint(&files, &needed(rule, &files))
    })
    .collect()
}

/// Lower case, no full stop, names in backticks, what to do.
fn in_style(finding: &Diagnostic) {
    let code = finding.code;
    let help = finding.help.as_deref().unwrap_or_default();
    assert!(!help.is_empty(), "{code}: say what to do");
    for text in [finding.message.as_str(), help] {
        assert!(!text.ends_with('.'), "{code}: no full stop: {text}");
        assert!(
            !text.starts_with(|c: char| c.is_uppercase()),
            "{code}: lower case: {text}"
        );
        assert!(
            !text.contains('"') || text.contains('`'),
            "{code}: names in backticks: {text}"
        );
        assert!(
            text.matches('`').count() % 2 == 0,
            "{code}: backticks come in pairs: {text}"
        );
        for word in ["please", "should", "must "] {
            assert!(
                !text.contains(word),
                "{code}: say it without `{word}`: {text}"
            );
        }
    }
}

fn rendered(findings: Vec<Diagnostic>) -> String {
    let mut out = Vec::new();
    let files = findings.len();
    Report::new(findings, files)
        .write(Format::Text, &Style::default(), &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn the_reference_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let text = protogov::cli::rules_reference();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).expect("docs can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/rules.md is not what the rules say; `UPDATE=1 cargo test --test it rules` writes it"
    );
}
