//! A rule on a page: what `explain` prints and `docs/rules.md` is made of, as Markdown.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::checks::{
    self, Catalogue, Dialect, Example, ExampleRole, FixSafety, Lint, Registered, RuleKind,
    RuleOptions, Suppressions, breaking,
};
use crate::diagnostic::Diagnostic;
use crate::report::{Format, Report, Style};
use crate::schema::diff::Diff;
use crate::schema::{Input, Role, Schema};
use crate::sources::well_known;
use crate::syntax;
use crate::text::Source;

/// The page of a rule, under a title of that many `#`.
pub(super) fn page(rule: &'static Registered, level: usize) -> String {
    let docs = rule.docs();
    let sign = "#".repeat(level);
    let mut page = format!("{sign} {}\n\n{}\n\n", rule.id(), docs.summary);
    let _ = writeln!(page, "{}\n", facts(rule).join(" · "));
    for section in &docs.sections {
        let _ = writeln!(page, "{sign}# {}\n\n{}\n", section.title, section.text);
        if section.title == "Why" || section.title == "What breaks" {
            page.push_str(&examples(rule, level));
        }
    }
    let _ = writeln!(
        page,
        "{sign}# Silence\n\nIn a comment above the element: `// protogov:allow({}) reason`",
        rule.id()
    );
    if !rule.is_lint() {
        let _ = writeln!(page, "\nOr by `ignore_only` in the configuration.");
    }
    page
}

/// Categories, severity, fix, first version and kin in a few words each.
fn facts(rule: &Registered) -> Vec<String> {
    let mut facts = Vec::new();
    let categories = categories(rule);
    facts.push(match categories.as_slice() {
        [] => "in no category".to_owned(),
        names => names.join(", "),
    });
    facts.push(rule.severity().to_string());
    match rule.rule().fix {
        FixSafety::None | FixSafety::RenameByHand => {}
        FixSafety::Safe => facts.push("has a fix, which is safe".to_owned()),
        FixSafety::UnsafeOncePublished => {
            facts.push(
                "has a fix: a rename, which is safe while no baseline has the name".to_owned(),
            );
        }
        FixSafety::Unsafe => {
            facts.push("has a fix, which is not safe: it changes generated source".to_owned());
        }
    }
    facts.push(format!("since {}", rule.rule().since));
    let kin: Vec<String> = rule
        .rule()
        .same_as
        .iter()
        .map(|other| format!("{}'s {}", other.tool(), other.id()))
        .collect();
    if !kin.is_empty() {
        facts.push(format!("covers {}", kin.join(", ")));
    }
    facts
}

/// The categories that select a rule in `protogov.toml`.
pub(super) fn categories(rule: &Registered) -> Vec<&'static str> {
    let kind = if rule.is_lint() {
        RuleKind::Lint
    } else {
        RuleKind::Breaking
    };
    let known = match kind {
        RuleKind::Lint => checks::known_lint_rules(),
        RuleKind::Breaking => checks::known_breaking_rules(),
    };
    let catalogue = Catalogue::new(kind, Dialect::Protogov, &known);
    catalogue
        .categories()
        .filter(|name| {
            let rules = catalogue.named(name);
            rules.is_some_and(|named| named.rules().contains(&rule.id()))
        })
        .collect()
}

fn examples(rule: &'static Registered, level: usize) -> String {
    let mut text = format!("{}# Examples\n\n", "#".repeat(level));
    for example in &rule.docs().examples {
        let title = match example.role {
            ExampleRole::Before if rule.is_about_history() => "In the history:",
            ExampleRole::Before => "In the baseline:",
            ExampleRole::Bad => "Reported:",
            ExampleRole::Good => "Fine:",
            ExampleRole::Fixed => "Fixed:",
        };
        let _ = writeln!(text, "{title}\n\n```proto\n{}```\n", example.text);
        // What a history says of it depends on the history.
        if example.role == ExampleRole::Bad && !rule.is_about_history() {
            let _ = writeln!(text, "```text\n{}```\n", rendered(rule, example));
        }
    }
    text
}

/// What a user sees of a bad example.
fn rendered(rule: &'static Registered, example: &Example) -> String {
    let findings = findings(rule, example);
    let files = example.files().len();
    let mut out = Vec::new();
    // A vector takes everything.
    let _ = Report::new(findings, files).write(Format::Text, &Style::default(), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn findings(rule: &'static Registered, example: &Example) -> Vec<Diagnostic> {
    let after = schema(example);
    if rule.is_lint() {
        return lint(rule, example, &after);
    }
    let docs = rule.docs();
    let baseline = docs
        .examples
        .iter()
        .find(|example| example.role == ExampleRole::Before);
    let Some(before) = baseline.map(schema) else {
        return Vec::new();
    };
    let comparison = breaking::Comparison {
        rules: &[(rule, rule.severity())],
        options: &RuleOptions::default(),
        finds_witnesses: true,
    };
    comparison
        .run(&Diff::new(&before, &after))
        .into_iter()
        .map(|finding| finding.into_diagnostic(rule.severity()))
        .collect()
}

/// The files of an example, linked.
fn schema(example: &Example) -> Schema {
    let input = |path: &str, text: &str, role| {
        let source = Source::new(path, path, text.as_bytes().to_vec()).ok()?;
        let file = Arc::new(syntax::File::parse(Arc::new(source)));
        Some(Input::new(file, role))
    };
    let files = example.files();
    let own = files
        .iter()
        .filter_map(|(path, text)| input(path, text, Role::Target));
    let bundled = well_known::FILES
        .iter()
        .filter_map(|(path, text)| input(path, text, Role::Import));
    Schema::link(own.chain(bundled).collect())
}

fn lint(rule: &'static Registered, example: &Example, schema: &Schema) -> Vec<Diagnostic> {
    let files = example.files();
    // Only rules that are on can be found to be silent, so those that the example allows run too.
    let allowed = files.iter().flat_map(|(_, text)| {
        let ids = text.split("protogov:allow(").skip(1);
        ids.filter_map(|rest| checks::rule(rest.split(')').next()?))
    });
    Lint {
        schema,
        files: schema.targets().map(|file| file.id()).collect(),
        rules: std::iter::once(rule).chain(allowed).collect(),
        options: &RuleOptions::default(),
        severity: &|id, _| checks::rule(id.as_str()).map(|rule| rule.severity()),
        suppressions: Suppressions {
            protogov: true,
            ..Suppressions::default()
        },
        with_fixes: false,
    }
    .run()
    .findings
}
