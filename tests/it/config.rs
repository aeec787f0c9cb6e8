//! Configuration: what it selects, where it is found, and what is said of mistakes.

use std::fs;
use std::path::Path;

use protogov::checks::KnownRule;
use protogov::config::{self, Choice, Config, Registry, Stability};
use protogov::diagnostic::{Diagnostic, Severity};
use protogov::report::{Format, Report, Style};
use tempfile::TempDir;

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().expect("a directory");
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    directory
}

fn registry() -> Registry {
    Registry {
        lint: vec![KnownRule {
            id: "FIELD_PLURAL",
            categories: vec!["STRICT"],
            severity: Severity::Warning,
        }],
        breaking: Vec::new(),
    }
}

fn load(directory: &Path) -> Result<Config, Vec<Diagnostic>> {
    config::load(directory, &Choice::Nearest, &registry())
}

fn loaded(files: &[(&str, &str)]) -> Config {
    load(directory(files).path()).expect("the configuration is right")
}

/// What is said of a configuration that is wrong, with the temporary directory taken out.
fn refused(files: &[(&str, &str)]) -> String {
    let directory = directory(files);
    let problems = load(directory.path()).expect_err("the configuration is wrong");
    shown(problems, directory.path())
}

fn shown(problems: Vec<Diagnostic>, directory: &Path) -> String {
    let mut out = Vec::new();
    Report::new(problems, 0)
        .write(Format::Text, &Style::default(), &mut out)
        .expect("memory can be written to");
    let text = String::from_utf8(out).expect("text");
    text.replace(&directory.display().to_string(), "[DIR]")
}

/// The ids of the lint rules that count in `path`, with what they weigh where that is not an error.
fn in_force(config: &Config, path: &str, stability: Stability) -> Vec<String> {
    let module = config.module_of(path).expect("a module holds it");
    let checks = &module.lint.checks;
    checks
        .enabled()
        .filter_map(|rule| Some((rule, checks.severity(rule, path, stability)?)))
        .map(|(rule, severity)| match severity {
            Severity::Error => rule.to_string(),
            severity => format!("{rule}={severity}"),
        })
        .collect()
}

#[test]
fn every_mistake_in_protogov_toml_is_told() {
    insta::assert_snapshot!(refused(&[(
        "protogov.toml",
        r#"import_root = ["third_party"]

[lint]
use = "STANDARD"
excpet = ["COMMENTS"]
fail_on = "errror"
ignore = ["../elsewhere", "a[b"]

[rules]
ENUM_VALUE_PREFX = "off"
SERVICE_SUFFIX = { severity = "warn", sufix = "API" }
PACKAGE_DEFINED = { x = 1 }
COMMENTS = { severity = "info", x = 1 }

[breaking]
against = ["main", 3]

[[modules]]
name = "no root"

[[overrides]]
stability = ["alpa"]
"#
    )]));
}

#[test]
fn what_names_no_rule_and_paths_that_leave_are_told() {
    insta::assert_snapshot!(refused(&[(
        "protogov.toml",
        r#"[[modules]]
root = "absent"

[[modules]]
root = "/etc"

[lint]
use = ["STANDART", "FILE"]
except = ["FIELD_NO_DESCRIPTOR"]
ignore = ["../elsewhere"]

[rules]
FIELD_NO_DELET = "off"

[[overrides]]
paths = ["a[b"]
"#
    )]));
}

#[test]
fn every_mistake_in_buf_yaml_is_told() {
    let cases = [
        "lint: {}\n",
        "version: v3\n",
        "version: v2\nversion: v1\n",
        "version: v2\nlint:\n  use: [STANDARD]\n  allow_comment_ignores: true\n",
        "version: v1\nmodules:\n  - path: .\nlint:\n  use: STANDARD\n",
        "version: v2\nmodules:\n  - path: ../x\nlint:\n  use: [FOO_BAR]\n  except: [PACKAGE_DEFINE]\n",
        "version: v2\nlint:\n  use: [STANDARD\n",
        "version: v2\nmodules:\n  - path: proto\n    lint:\n      ignore: [other]\n",
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|text| {
            format!(
                "{text}{}",
                refused(&[("buf.yaml", text), ("proto/a.proto", "")])
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n==========\n"));
}

#[test]
fn deprecated_rules_and_plugins_are_noted() {
    let directory = directory(&[(
        "buf.yaml",
        "version: v1\nbreaking:\n  use: [FIELD_SAME_LABEL]\nlint:\n  use: [DEFAULT, IMPORT_NO_WEAK]\n",
    )]);
    let config = load(directory.path()).expect("deprecated is not wrong");
    assert_eq!(config.modules[0].breaking.checks.enabled().count(), 3);
    insta::assert_snapshot!(shown(config.notes, directory.path()));
}

#[test]
fn rules_are_weighed_by_table_override_and_stability() {
    let config = loaded(&[(
        "protogov.toml",
        r#"[lint]
use = ["MINIMAL", "COMMENT_FIELD", "FIELD_PLURAL"]
except = ["PACKAGE_NO_IMPORT_CYCLE"]
ignore = ["**/testdata"]

[lint.ignore_only]
MINIMAL = ["legacy"]

[rules]
COMMENTS = "warning"
COMMENT_RPC = "info"
PACKAGE_DEFINED = "off"

[[overrides]]
paths = ["draft/**"]
rules = { PACKAGE_DIRECTORY_MATCH = "off", COMMENTS = "info" }

[[overrides]]
stability = ["alpha"]
rules = { COMMENT_FIELD = "off" }
"#,
    )]);
    let in_force = |path, stability| in_force(&config, path, stability).join(" ");
    assert_eq!(
        in_force("a.proto", Stability::Stable),
        "COMMENT_FIELD=warning COMMENT_RPC=info DIRECTORY_SAME_PACKAGE FIELD_PLURAL=warning \
         PACKAGE_DIRECTORY_MATCH PACKAGE_SAME_DIRECTORY"
    );
    assert_eq!(
        in_force("legacy/a.proto", Stability::Alpha),
        "COMMENT_RPC=info FIELD_PLURAL=warning"
    );
    let draft = in_force("draft/a.proto", Stability::Alpha);
    assert!(draft.contains("COMMENT_MESSAGE=info"), "{draft}");
    assert!(
        !draft.contains("COMMENT_FIELD") && !draft.contains("PACKAGE_DIRECTORY_MATCH"),
        "{draft}"
    );
    assert_eq!(in_force("x/testdata/a.proto", Stability::Stable), "");
}

#[test]
fn buf_workspaces_have_modules_with_sections_of_their_own() {
    let config = loaded(&[
        (
            "buf.yaml",
            "version: v2\nmodules:\n  - path: a\n  - path: b\n    excludes: [b/gen]\n    lint:\n      use: [COMMENT_ENUM]\n\
             lint:\n  use: [MINIMAL]\n  ignore: [a/x, c]\n  service_suffix: API\n",
        ),
        ("a/a.proto", ""),
        ("b/b.proto", ""),
    ]);
    let in_force = |path| in_force(&config, path, Stability::Stable).len();
    assert_eq!(in_force("a/a.proto"), 5);
    assert_eq!(in_force("a/x/a.proto"), 0);
    assert_eq!(in_force("b/b.proto"), 1);
    assert!(config.module_of("b/gen/b.proto").is_none());
    assert!(config.module_of("c/c.proto").is_none());
    assert_eq!(config.modules[0].lint.options.service_suffix.suffix, "API");
    assert_eq!(
        config.modules[1].lint.options.service_suffix.suffix,
        "Service"
    );
}

#[test]
fn v1_paths_are_relative_to_their_module_and_v1beta1_paths_to_their_root() {
    let config = loaded(&[
        ("buf.work.yaml", "version: v1\ndirectories: [a, b]\n"),
        ("a/buf.yaml", "version: v1\nlint:\n  ignore: [x]\n"),
        (
            "b/buf.yaml",
            "version: v1beta1\nbuild:\n  roots: [p, q]\n  excludes: [q/gen]\nlint:\n  ignore: [y]\n",
        ),
        ("b/p/p.proto", ""),
        ("b/q/q.proto", ""),
    ]);
    let roots: Vec<&str> = config
        .modules
        .iter()
        .map(|module| module.root.value.as_str())
        .collect();
    assert_eq!(roots, ["a", "b/p", "b/q"]);
    let in_force = |path| in_force(&config, path, Stability::Stable).len();
    assert_eq!(in_force("a/a.proto"), 33);
    assert_eq!(in_force("a/x/a.proto"), 0);
    assert_eq!(in_force("b/p/p.proto"), 30);
    assert_eq!(in_force("b/q/y/q.proto"), 0);
    assert!(config.module_of("b/q/gen/q.proto").is_none());
}

#[test]
fn the_nearest_file_governs_and_protogov_toml_comes_first() {
    let directory = directory(&[
        ("one/protogov.toml", ""),
        ("one/two/buf.yaml", "version: v1\n"),
        ("three/buf.work.yaml", "version: v1\ndirectories: [in]\n"),
        ("three/in/buf.yaml", "version: v1\n"),
        ("three/out/buf.yaml", "version: v1\n"),
        ("three/in/deep/a.proto", ""),
        ("none/a.proto", ""),
        ("one/repository/.git/HEAD", ""),
        ("one/repository/in/a.proto", ""),
    ]);
    let found = |input: &str| {
        let root = directory.path().canonicalize().expect("a path");
        let path = config::find(&root.join(input))?;
        let path = path.strip_prefix(&root).ok()?.to_str()?.to_owned();
        Some(path)
    };
    assert_eq!(found("one/two").as_deref(), Some("one/protogov.toml"));
    assert_eq!(
        found("three/in/deep").as_deref(),
        Some("three/buf.work.yaml")
    );
    assert_eq!(found("three/out").as_deref(), Some("three/out/buf.yaml"));
    assert_eq!(found("none"), None);
    assert_eq!(found("one/repository/in"), None);
}

#[test]
fn what_is_no_sensible_file_is_refused() {
    let directory = directory(&[
        ("big.toml", &"# x\n".repeat(400_000)),
        ("odd.toml", "a = 1\u{0}"),
    ]);
    let root = directory.path();
    fs::create_dir(root.join("dir.toml")).expect("a directory");
    fs::write(root.join("bytes.toml"), b"# \xff\n").expect("a file");
    let mut said = Vec::new();
    for name in [
        "big.toml",
        "odd.toml",
        "dir.toml",
        "bytes.toml",
        "absent.toml",
    ] {
        let choice = Choice::File(root.join(name));
        let problems = config::load(root, &choice, &registry()).expect_err("refused");
        said.push(shown(problems, root));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_refused_and_one_that_leads_in_a_circle_too() {
    use std::os::unix::fs::symlink;
    let outside = directory(&[("a.proto", "")]);
    let directory = directory(&[(
        "protogov.toml",
        "[[modules]]\nroot = \"out\"\n[[modules]]\nroot = \"circle\"\n",
    )]);
    symlink(outside.path(), directory.path().join("out")).expect("a link");
    symlink("circle", directory.path().join("circle")).expect("a link");
    let problems = load(directory.path()).expect_err("refused");
    insta::assert_snapshot!(shown(problems, directory.path()));
}

/// A translated configuration selects the same rules, in the same files, with the same options.
#[test]
fn a_translation_means_the_same() {
    let cases: &[&[(&str, &str)]] = &[
        &[("buf.yaml", "version: v1\n")],
        &[(
            "buf.yaml",
            "version: v1beta1\nlint:\n  use: [STYLE_DEFAULT, OTHER]\n",
        )],
        &[(
            "buf.yaml",
            "version: v2\nlint:\n  use: [MINIMAL, COMMENT_FIELD, RPC_PASCAL_CASE]\n  service_suffix: API\n  disallow_comment_ignores: true\n",
        )],
        &[(
            "buf.yaml",
            "version: v2\nlint:\n  except: [PACKAGE_VERSION_SUFFIX]\n  ignore: [a/x, 'odd[1]']\n  ignore_only:\n    COMMENTS: [b]\n    ENUM_PASCAL_CASE: [a]\nbreaking:\n  use: [WIRE]\n  ignore_unstable_packages: true\n",
        )],
        &[
            (
                "buf.yaml",
                "version: v2\nmodules:\n  - path: a\n    name: buf.build/x/a\n  - path: b\n    excludes: [b/gen]\n    lint:\n      use: [BASIC]\n    breaking:\n      use: [PACKAGE]\n",
            ),
            ("a/a.proto", ""),
            ("b/b.proto", ""),
        ],
        &[
            ("buf.work.yaml", "version: v1\ndirectories: [a, b]\n"),
            (
                "a/buf.yaml",
                "version: v1\nlint:\n  ignore: [x]\n  rpc_allow_google_protobuf_empty_requests: true\n",
            ),
            (
                "b/buf.yaml",
                "version: v1\nbuild:\n  excludes: [gen]\nlint:\n  rpc_allow_google_protobuf_empty_requests: true\n",
            ),
        ],
        &[("buf.yaml", "version: v2\nlint:\n  disable_builtin: true\n")],
    ];
    let mut texts = Vec::new();
    for files in cases {
        let directory = directory(files);
        let before = load(directory.path()).expect("the configuration is right");
        let translation = config::translate(&before, &registry());
        fs::write(directory.path().join("protogov.toml"), &translation.text).expect("a file");
        let after = load(directory.path()).unwrap_or_else(|problems| {
            panic!(
                "{}\n{}",
                translation.text,
                shown(problems, directory.path())
            )
        });
        for path in [
            "a/a.proto",
            "a/x/a.proto",
            "b/b.proto",
            "b/gen/b.proto",
            "odd[1]/a.proto",
            "o.proto",
        ] {
            let facts = |config: &Config| {
                let module = config.module_of(path)?;
                let breaking = &module.breaking.checks;
                let breaking: Vec<String> = breaking
                    .enabled()
                    .filter(|&rule| breaking.severity(rule, path, Stability::Stable).is_some())
                    .map(|rule| rule.to_string())
                    .collect();
                let options = module.lint.options.clone();
                Some((in_force(config, path, Stability::Stable), breaking, options))
            };
            assert_eq!(
                facts(&before),
                facts(&after),
                "{path}\n{}",
                translation.text
            );
        }
        assert!(translation.losses.is_empty(), "{:?}", translation.losses);
        let text = translation
            .text
            .replace(&directory.path().display().to_string(), "[DIR]");
        texts.push(text);
    }
    insta::assert_snapshot!(texts.join("\n==========\n"));
}

#[test]
fn the_file_to_start_from_says_what_holds_without_it() {
    let started = loaded(&[("protogov.toml", &config::starter(&[], &[]))]);
    let elsewhere = directory(&[]);
    let without = config::load(elsewhere.path(), &Choice::Isolated, &registry());
    let without = without.expect("defaults are right");
    for stability in [Stability::Stable, Stability::Alpha] {
        assert_eq!(
            in_force(&started, "a.proto", stability),
            in_force(&without, "a.proto", stability)
        );
    }
}

#[test]
fn the_schema_and_the_reference_are_fresh() {
    let registry = protogov::cli::registry();
    for (path, text) in [
        ("docs/protogov.schema.json", config::json_schema(&registry)),
        ("docs/configuration.md", config::reference(&registry)),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &text).expect("docs can be written");
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == text,
            "{} is not what the types say; `UPDATE=1 cargo test --test it config` writes it",
            path.display()
        );
    }
}
