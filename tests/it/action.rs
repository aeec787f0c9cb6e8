//! The GitHub action, the hooks of pre-commit, and what `docs/ci.md` shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use saphyr_parser::{Event, Parser};
use sha2::{Digest, Sha256};

use crate::files::Files;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All scalars of a YAML text, in order. It has to be well-formed.
fn scalars(text: &str) -> Vec<String> {
    let events = Parser::new_from_str(text).map(|event| event.expect("well-formed YAML").0);
    let scalar = |event| match event {
        Event::Scalar(text, ..) => Some(text.into_owned()),
        _ => None,
    };
    events.filter_map(scalar).collect()
}

/// The values of a key, wherever it stands.
fn values(text: &str, key: &str) -> Vec<String> {
    let scalars = scalars(text);
    let pairs = scalars.windows(2);
    pairs
        .filter(|pair| pair[0] == key)
        .map(|pair| pair[1].clone())
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).expect("it is there")
}

fn bash(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.args(arguments).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(environment.iter().copied());
    command.output().expect("bash is installed")
}

fn said(output: &Output) -> String {
    let text = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn steps_are_scripts_that_bash_reads() {
    let steps = values(&read("action.yml"), "run");
    assert_eq!(steps.len(), 2);
    for step in steps {
        let path = step.trim_matches('"').strip_prefix("$GITHUB_ACTION_PATH/");
        let path = repository().join(path.expect("a script of the action"));
        let path = path.to_str().expect("text");
        let output = bash(&["-n", path], &[]);
        assert!(output.status.success(), "{path}: {}", said(&output));
    }
}

/// Every input is handed to a step, and every step takes inputs that there are.
#[test]
fn inputs_are_used() {
    let text = read("action.yml");
    for name in [
        "version",
        "digest",
        "releases",
        "command",
        "paths",
        "against",
        "arguments",
        "sarif",
        "working-directory",
    ] {
        assert!(text.contains(&format!("\n  {name}:\n")), "{name}");
        assert!(
            text.contains(&format!("${{{{ inputs.{name} }}}}")),
            "{name}"
        );
    }
    assert_eq!(text.matches("${{ inputs.").count(), 9);
    let default = values(&text, "default");
    assert_eq!(
        default[0],
        env!("CARGO_PKG_VERSION"),
        "the action installs the version it is"
    );
}

#[test]
fn hooks_are_commands_of_ours() {
    let entries = values(&read(".pre-commit-hooks.yaml"), "entry");
    assert_eq!(entries.len(), 3);
    for entry in entries {
        let arguments = entry
            .strip_prefix("protogov ")
            .expect("our binary")
            .split(' ');
        let parsed = protogov::cli::command()
            .try_get_matches_from(std::iter::once("protogov").chain(arguments));
        assert!(parsed.is_ok(), "{entry}");
    }
}

#[test]
fn the_guide_shows_yaml_and_commands_that_are_right() {
    let guide = read("docs/ci.md");
    let mut yaml = 0;
    for block in guide.split("\n```").collect::<Vec<_>>() {
        if let Some(text) = block.strip_prefix("yaml\n") {
            scalars(text);
            yaml += 1;
        }
        let shell = block.strip_prefix("sh\n").unwrap_or_default();
        for line in shell.lines().filter(|line| line.starts_with("protogov ")) {
            let line = line.split(" >>").next().unwrap_or_default();
            let line = line.split("   #").next().unwrap_or_default();
            let words = line.replace('"', "\u{0}");
            let mut arguments = Vec::new();
            for (at, part) in words.split('\u{0}').enumerate() {
                match at % 2 {
                    0 => arguments.extend(part.split_whitespace().map(str::to_owned)),
                    _ => arguments.push(part.to_owned()),
                }
            }
            let parsed = protogov::cli::command().try_get_matches_from(arguments);
            assert!(
                parsed.is_ok(),
                "{line}: {}",
                parsed
                    .err()
                    .map(|error| error.to_string())
                    .unwrap_or_default()
            );
        }
    }
    assert_eq!(yaml, 3);
}

/// A directory of releases that holds one, of a binary that says what it is given.
struct Release {
    files: Files,
    archive: PathBuf,
    digest: String,
}

impl Release {
    fn new() -> Self {
        let files = Files::with([(
            "bin/protogov",
            "#!/bin/sh\necho \"protogov called with: $*\"\n",
        )]);
        let name = "protogov-0.1.0-x86_64-unknown-linux-musl.tar.gz";
        files.write(&format!("releases/v0.1.0/{name}"), "");
        files.write("github_path", "");
        let archive = files.path(&format!("releases/v0.1.0/{name}"));
        let binary = files.path("bin/protogov");
        let made = Command::new("chmod")
            .arg("+x")
            .arg(&binary)
            .status()
            .expect("chmod is there");
        assert!(made.success());
        let made = Command::new("tar")
            .args([
                "-czf".as_ref(),
                archive.as_os_str(),
                "-C".as_ref(),
                files.path("bin").as_os_str(),
                "protogov".as_ref(),
            ])
            .status()
            .expect("tar is there");
        assert!(made.success());
        let bytes = fs::read(&archive).expect("it was written");
        let digest = Sha256::digest(&bytes);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        files.write(
            &format!("releases/v0.1.0/{name}.sha256"),
            format!("{digest}  {name}\n"),
        );
        Self {
            files,
            archive,
            digest,
        }
    }

    fn install(&self, environment: &[(&str, &str)]) -> Output {
        let path = |path: &str| self.files.path(path).to_string_lossy().into_owned();
        let releases = format!("file://{}", path("releases"));
        let (github_path, temporary) = (path("github_path"), path("."));
        let mut all = vec![
            ("PROTOGOV_VERSION", "0.1.0"),
            ("PROTOGOV_RELEASES", releases.as_str()),
            ("GITHUB_PATH", github_path.as_str()),
            ("RUNNER_TEMP", temporary.as_str()),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
        ];
        all.extend(environment);
        let script = repository().join("action/install.sh");
        bash(&[script.to_str().expect("text")], &all)
    }

    fn added_path(&self) -> String {
        fs::read_to_string(self.files.path("github_path")).expect("it is there")
    }
}

#[test]
fn a_release_is_installed_when_its_digest_is_right() {
    let release = Release::new();
    for environment in [
        &[][..],
        &[
            ("PROTOGOV_DIGEST", release.digest.as_str()),
            ("PROTOGOV_VERSION", "v0.1.0"),
        ],
    ] {
        release.files.write("github_path", "");
        let output = release.install(environment);
        assert!(output.status.success(), "{}", said(&output));
        let path = release.added_path();
        assert!(Path::new(path.trim()).join("protogov").is_file(), "{path}");
    }
    let path = release.added_path();
    let script = repository().join("action/run.sh");
    let paths = format!(
        "{}:{}",
        path.trim(),
        std::env::var("PATH").unwrap_or_default()
    );
    for (environment, expected) in [
        (
            &[("PROTOGOV_COMMAND", "check")][..],
            "check --output github\n",
        ),
        (
            &[
                ("PROTOGOV_COMMAND", "breaking"),
                ("PROTOGOV_AGAINST", "v1 x"),
                ("PROTOGOV_SARIF", "out.sarif"),
                ("PROTOGOV_ARGUMENTS", "--tip\n --columns bytes"),
                ("PROTOGOV_PATHS", "proto *.proto"),
            ],
            "breaking --output github --output sarif=out.sarif --against v1 x --tip --columns bytes proto *.proto\n",
        ),
        (
            &[("PROTOGOV_COMMAND", "lint"), ("PROTOGOV_AGAINST", "v1")],
            "lint --output github\n",
        ),
    ] {
        let mut all = vec![("PATH", paths.as_str())];
        all.extend(environment);
        let output = bash(&[script.to_str().expect("text")], &all);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(said(&output), format!("protogov called with: {expected}"));
    }
    let output = bash(
        &[script.to_str().expect("text")],
        &[("PATH", &paths), ("PROTOGOV_COMMAND", "scaffold")],
    );
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn a_release_that_is_not_what_it_should_be_is_not_installed() {
    let release = Release::new();
    let wrong = "0".repeat(64);
    for (environment, expected) in [
        (
            &[("PROTOGOV_DIGEST", wrong.as_str())][..],
            "it is not installed",
        ),
        (&[("PROTOGOV_VERSION", "9.9.9")], "cannot download"),
        (&[("PROTOGOV_VERSION", "../x")], "is no version"),
        (
            &[("PROTOGOV_RELEASES", "http://localhost:9")],
            "cannot download",
        ),
        (
            &[("RUNNER_ARCH", "S390X")],
            "there is no release for Linux on S390X",
        ),
    ] {
        let output = release.install(environment);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
    fs::write(&release.archive, b"something else").expect("writable");
    let output = release.install(&[]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains("it is not installed"),
        "{}",
        said(&output)
    );
    assert_eq!(release.added_path(), "");
}
