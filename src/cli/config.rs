//! `protogov config`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand as ClapSubcommand};

use super::{Failure, Global, Outcome, Result, Subcommand, terminal};
use crate::checks::{self, Dialect, RuleId};
use crate::config::{
    self, Checks, Choice, Module, Origin, PathPatterns, Registry, Setting, Stability,
};
use crate::text::Columns;

/// Arguments of `protogov config`.
#[derive(Debug, Args)]
pub struct Config {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, ClapSubcommand)]
enum ConfigCommand {
    /// Print what is in force, as TOML, with the place that each value comes from
    Show(Show),
    /// Print the JSON schema of `protogov.toml`
    Schema,
}

/// Which configuration is used. Shared by all subcommands that need one.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Use this file instead of the nearest `protogov.toml` or `buf.yaml`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Use no configuration file at all
    #[arg(long, conflicts_with = "config")]
    isolated: bool,
}

impl ConfigArgs {
    /// The configuration that governs `input`.
    pub(super) fn load(&self, input: &Path) -> Result<config::Config> {
        let choice = match &self.config {
            Some(file) => Choice::File(file.clone()),
            None if self.isolated => Choice::Isolated,
            None => Choice::Nearest,
        };
        Ok(config::load(input, &choice, &registry())?)
    }
}

/// The rules that can be configured.
pub fn registry() -> Registry {
    Registry {
        lint: checks::known_lint_rules(),
        breaking: checks::known_breaking_rules(),
    }
}

#[derive(Debug, Args)]
struct Show {
    /// A file or directory; with a file, what is in force for just this file
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    config: ConfigArgs,
}

impl Subcommand for Config {
    fn run(self, _: &Global) -> Result {
        let text = match self.command {
            ConfigCommand::Show(show) => show.text()?,
            ConfigCommand::Schema => config::json_schema(&registry()),
        };
        terminal::write_stdout(|out| out.write_all(text.as_bytes()))?;
        Ok(Outcome::Clean)
    }
}

impl Show {
    fn text(&self) -> Result<String> {
        let config = self.config.load(&self.path)?;
        let mut page = Page::default();
        let of = match (&config.source, config.dialect) {
            (None, _) => "no configuration file: these are the defaults".to_owned(),
            (Some(source), Dialect::Protogov) => format!("from {}", source.path()),
            (Some(source), Dialect::Buf(version)) => {
                format!("from {}, with the rules of buf {version}", source.path())
            }
        };
        page.comment(&of);
        let file = std::path::absolute(&self.path)
            .ok()
            .filter(|path| path.is_file())
            .and_then(|path| Some(path.strip_prefix(&config.directory).ok()?.to_owned()))
            .map(|path| path.to_string_lossy().replace('\\', "/"));
        page.list("import_roots", &config.import_roots);
        let Some(file) = file else {
            for module in &config.modules {
                show_module(&mut page, module, None);
            }
            page.header("[history]");
            page.strings("release_tags", &config.release_tags);
            return Ok(page.text());
        };
        let Some(module) = config.module_of(&file) else {
            return Err(Failure::with_help(
                format!("`{file}` belongs to no module"),
                "name its directory as a module's `root`, or take it out of `excludes`",
            ));
        };
        show_module(&mut page, module, Some(&file));
        Ok(page.text())
    }
}

fn show_module(page: &mut Page, module: &Module, file: Option<&str>) {
    page.header("[[modules]]");
    page.setting("root", &module.root, |root| {
        quoted(if root.is_empty() { "." } else { root })
    });
    if let Some(name) = &module.name {
        page.line(format!("name = {}", quoted(name)), String::new());
    }
    page.patterns("includes", &module.includes);
    page.patterns("excludes", &module.excludes);

    let lint = &module.lint;
    page.header("[modules.lint]");
    page.setting("fail_on", &lint.fail_on, |level| quoted(level.as_str()));
    show_checks(page, &lint.checks, file);
    page.header("[suppression]");
    page.setting("comments", &lint.suppression.comments, |styles| {
        let styles: Vec<String> = styles.iter().map(|style| quoted(style.as_str())).collect();
        format!("[{}]", styles.join(", "))
    });
    let require_reason = &lint.suppression.require_reason;
    page.setting("require_reason", require_reason, bool::to_string);

    let breaking = &module.breaking;
    page.header("[modules.breaking]");
    page.setting("fail_on", &breaking.fail_on, |limit| quoted(limit.as_str()));
    page.list("against", &breaking.against);
    let unstable = &breaking.ignore_unstable_packages;
    page.setting("ignore_unstable_packages", unstable, bool::to_string);
    show_checks(page, &breaking.checks, file);
}

fn show_checks(page: &mut Page, checks: &Checks, file: Option<&str>) {
    page.patterns("ignore", &checks.ignored);
    for (rule, paths) in &checks.ignored_by_rule {
        page.patterns(&format!("ignore_only.{rule}"), paths);
    }
    if let Some(file) = file {
        for rule in checks.enabled() {
            show_rule_in_file(page, checks, rule, file);
        }
        return;
    }
    for (rule, severity) in &checks.rules {
        page.setting(&format!("rules.{rule}"), severity, |severity| {
            quoted(severity.as_str())
        });
    }
    for exception in &checks.overrides {
        page.comment(&exception_title(exception));
        for (rule, level) in &exception.levels {
            page.setting(&format!("# rules.{rule}"), level, |level| {
                quoted(level.as_str())
            });
        }
    }
}

/// What a rule weighs in one file, and who says so.
fn show_rule_in_file(page: &mut Page, checks: &Checks, rule: RuleId, file: &str) {
    let stability = Stability::Unversioned;
    let key = format!("rules.{rule}");
    match checks.severity(rule, file, stability) {
        Some(severity) => {
            let origin = checks.rules.get(&rule).map(|setting| &setting.origin);
            page.line(
                format!("{key} = {}", quoted(severity.as_str())),
                origin.map_or_else(|| "an override".to_owned(), place),
            );
        }
        None => {
            let why = if checks.ignores(rule, file) {
                "the file is ignored"
            } else {
                "an override"
            };
            page.line(format!("{key} = \"off\""), why.to_owned());
        }
    }
}

fn exception_title(exception: &config::Override) -> String {
    let mut title = "in".to_owned();
    for path in exception.paths.value.texts() {
        let _ = write!(title, " `{path}`");
    }
    if exception.paths.value.is_empty() {
        title += " all files";
    }
    if !exception.stability.is_empty() {
        let stability = exception
            .stability
            .iter()
            .map(|stability| stability.as_str());
        let stability: Vec<&str> = stability.collect();
        let _ = write!(title, " of {} packages", stability.join(" and "));
    }
    if let Some(reason) = &exception.reason {
        let _ = write!(title, ": {reason}");
    }
    title
}

/// Lines of TOML with a comment each, in columns.
#[derive(Default)]
struct Page {
    lines: Vec<(String, String)>,
}

impl Page {
    fn line(&mut self, line: String, comment: String) {
        self.lines.push((line, comment));
    }

    fn comment(&mut self, text: &str) {
        self.line(format!("# {text}"), String::new());
    }

    fn header(&mut self, header: &str) {
        self.line(String::new(), String::new());
        self.line(header.to_owned(), String::new());
    }

    fn setting<T>(&mut self, key: &str, setting: &Setting<T>, shown: impl Fn(&T) -> String) {
        let value = shown(&setting.value);
        self.line(format!("{key} = {value}"), place(&setting.origin));
    }

    fn strings(&mut self, key: &str, setting: &Setting<Vec<String>>) {
        self.setting(key, setting, |values| array(values));
    }

    fn list(&mut self, key: &str, settings: &[Setting<String>]) {
        if let Some(first) = settings.first() {
            let values: Vec<String> = settings
                .iter()
                .map(|setting| setting.value.clone())
                .collect();
            self.line(format!("{key} = {}", array(&values)), place(&first.origin));
        }
    }

    fn patterns(&mut self, key: &str, patterns: &Setting<PathPatterns>) {
        if !patterns.value.is_empty() {
            self.setting(key, patterns, |patterns| array(patterns.texts()));
        }
    }

    fn text(&self) -> String {
        let with_comment = self.lines.iter().filter(|(_, comment)| !comment.is_empty());
        let width = with_comment
            .map(|(line, _)| line.len().min(72))
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        for (line, comment) in &self.lines {
            let _ = if comment.is_empty() {
                writeln!(text, "{line}")
            } else {
                writeln!(text, "{line:width$}  # {comment}")
            };
        }
        text
    }
}

fn place(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File(location) => {
            let source = &location.source;
            let at = location.span.start;
            let position = source.lines().position(source.text(), at, Columns::Display);
            format!(
                "{}:{}:{}",
                source.path(),
                position.line + 1,
                position.column + 1
            )
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn array(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}
