//! A `protogov.toml` from a resolved configuration: the same findings, in our words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{
    Checks, CommentStyle, Config, LintConfig, Module, Origin, PathPatterns, Registry, Setting,
    Suppression,
};
use crate::checks::{Catalogue, Dialect, RuleId, RuleKind, RuleOptions};
use crate::diagnostic::Severity;

const STARTER: &str = include_str!("starter.toml");

/// How the starter shows what could be said of import roots.
const EXAMPLE_OF_MODULES: &str = "# [[modules]]\n# root = \"proto\"\n";
const EXAMPLE_OF_IMPORT_ROOTS: &str = "# import_roots = [\"third_party\"]\n";

/// What `protogov init` writes where there is nothing to start from: a commented `protogov.toml` with these modules and
/// import roots, each relative to it.
pub fn starter(modules: &[String], import_roots: &[String]) -> String {
    let mut text = STARTER.to_owned();
    if !import_roots.is_empty() {
        let roots = toml::Value::from(import_roots.to_vec());
        text = text.replace(
            EXAMPLE_OF_IMPORT_ROOTS,
            &format!("import_roots = {roots}\n"),
        );
    }
    if !modules.is_empty() {
        let modules = modules.iter().map(|root| {
            let root = toml::Value::from(root.as_str());
            format!("[[modules]]\nroot = {root}\n")
        });
        let modules: Vec<String> = modules.collect();
        text = text.replace(EXAMPLE_OF_MODULES, &modules.join("\n"));
    }
    text
}

/// A translated configuration, and what it could not carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The text of `protogov.toml`.
    pub text: String,
    /// What means something else now or nothing, in sentences.
    pub losses: Vec<String>,
}

/// Translates a configuration that was read from buf's files.
pub fn translate(config: &Config, registry: &Registry) -> Translation {
    let catalogue = |kind| Catalogue::new(kind, Dialect::Protogov, registry.of(kind));
    let mut writer = Writer {
        lint: catalogue(RuleKind::Lint),
        breaking: catalogue(RuleKind::Breaking),
        text: String::new(),
        losses: Vec::new(),
    };
    writer.write(config);
    let mut dependencies = config
        .modules
        .iter()
        .flat_map(|module| &module.dependencies);
    if let Some(first) = dependencies.next() {
        writer.losses.push(format!(
            "`deps` are not fetched: where their files are not there already, write them with `buf export {first} --output DIR`, \
             and name the directory in `import_roots`"
        ));
    }
    for note in &config.notes {
        writer.losses.push(note.message.clone());
    }
    writer.losses.dedup();
    Translation {
        text: writer.text,
        losses: writer.losses,
    }
}

struct Writer {
    lint: Catalogue,
    breaking: Catalogue,
    text: String,
    losses: Vec<String>,
}

impl Writer {
    fn write(&mut self, config: &Config) {
        if let Some(source) = &config.source {
            self.line(&format!("# Translated from {}.", source.path()));
        }
        self.line("# All keys: `protogov config schema`, and docs/configuration.md of protogov.");
        let Some(first) = config.modules.first() else {
            return;
        };
        let sections: Vec<(String, String)> = config
            .modules
            .iter()
            .map(|module| self.sections(module))
            .collect();
        let are_alike = |at: fn(&(String, String)) -> &String| {
            sections
                .iter()
                .all(|section| at(section) == at(&sections[0]))
        };
        let (lint_is_shared, breaking_is_shared) =
            (are_alike(|both| &both.0), are_alike(|both| &both.1));
        let is_only = config.modules.len() == 1 && first.root.value.is_empty();
        if !is_only || !first.includes.value.is_empty() || first.name.is_some() {
            for (module, (lint, breaking)) in config.modules.iter().zip(&sections) {
                self.module(module);
                if !lint_is_shared {
                    self.section("modules.lint", lint);
                }
                if !breaking_is_shared {
                    self.section("modules.breaking", breaking);
                }
            }
        } else if !first.excludes.value.is_empty() {
            let excludes = patterns(&first.excludes);
            self.line(&format!("\nexcludes = {excludes}"));
        }
        if lint_is_shared {
            self.section("lint", &sections[0].0);
        }
        if breaking_is_shared {
            self.section("breaking", &sections[0].1);
        }
        self.suppression(config, &first.lint.suppression);
        self.options(config, &first.lint);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn section(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.line(&format!("\n[{name}]\n{}", text.trim_end()));
        }
    }

    fn module(&mut self, module: &Module) {
        let root = match module.root.value.as_str() {
            "" => ".",
            root => root,
        };
        self.line(&format!("\n[[modules]]\nroot = {}", quoted(root)));
        if let Some(name) = &module.name {
            self.line(&format!("name = {}", quoted(name)));
        }
        for (key, paths) in [
            ("includes", &module.includes),
            ("excludes", &module.excludes),
        ] {
            if !paths.value.is_empty() {
                self.line(&format!("{key} = {}", patterns(paths)));
            }
        }
    }

    /// The keys of a module's `lint` and `breaking` tables.
    fn sections(&mut self, module: &Module) -> (String, String) {
        let mut lint = self.checks(RuleKind::Lint, &module.lint.checks);
        if module.lint.fail_on.value != Severity::Error {
            let _ = writeln!(lint, "fail_on = \"{}\"", module.lint.fail_on.value);
        }
        let mut breaking = self.checks(RuleKind::Breaking, &module.breaking.checks);
        if module.breaking.ignore_unstable_packages.value {
            breaking.push_str("ignore_unstable_packages = true\n");
        }
        // Tables inside of a table come last.
        lint.push_str(&self.ignore_only(RuleKind::Lint, &module.lint.checks));
        breaking.push_str(&self.ignore_only(RuleKind::Breaking, &module.breaking.checks));
        (lint, breaking)
    }

    const fn catalogue(&self, kind: RuleKind) -> &Catalogue {
        match kind {
            RuleKind::Lint => &self.lint,
            RuleKind::Breaking => &self.breaking,
        }
    }

    fn checks(&mut self, kind: RuleKind, checks: &Checks) -> String {
        let wanted: BTreeSet<RuleId> = checks.rules.keys().copied().collect();
        let known: BTreeSet<RuleId> = self.catalogue(kind).ids().collect();
        for rule in wanted.difference(&known) {
            let loss = format!("`{rule}` is not known to protogov.toml and is no longer checked");
            self.losses.push(loss);
        }
        let wanted = wanted.intersection(&known).copied().collect();
        let written: BTreeSet<&str> = (checks.rules.values())
            .filter_map(|severity| match &severity.origin {
                Origin::File(place) => Some(place.source.slice(place.span)),
                _ => None,
            })
            .map(|name| name.trim_matches(['"', '\'']))
            .collect();
        let mut text = selection(self.catalogue(kind), &wanted, &written);
        if !checks.ignored.value.is_empty() {
            let _ = writeln!(text, "ignore = {}", patterns(&checks.ignored));
        }
        text
    }

    fn ignore_only(&self, kind: RuleKind, checks: &Checks) -> String {
        let known: BTreeSet<RuleId> = self.catalogue(kind).ids().collect();
        let entries: Vec<String> = (checks.ignored_by_rule.iter())
            .filter(|(rule, paths)| known.contains(rule) && !paths.value.is_empty())
            .map(|(rule, paths)| format!("ignore_only.{rule} = {}\n", patterns(paths)))
            .collect();
        entries.concat()
    }

    fn suppression(&mut self, config: &Config, first: &Suppression) {
        let honours_buf = first.honours(CommentStyle::Buf);
        let differs =
            |module: &Module| module.lint.suppression.honours(CommentStyle::Buf) != honours_buf;
        if config.modules.iter().any(differs) {
            let loss =
                "modules differ in whether `buf:lint:ignore` counts; the first one decides for all";
            self.losses.push(loss.to_owned());
        }
        if !honours_buf {
            self.line("\n[suppression]\ncomments = [\"protogov\"]");
        }
    }

    fn options(&mut self, config: &Config, first: &LintConfig) {
        let differs = |module: &Module| module.lint.options != first.options;
        if config.modules.iter().any(differs) {
            let loss =
                "modules differ in the options of rules; those of the first one count for all";
            self.losses.push(loss.to_owned());
        }
        for (rule, options) in changed_options(&first.options) {
            self.line(&format!("\n[rules.{rule}]\n{}", options.trim_end()));
        }
    }
}

/// `use` and `except` that select just these rules: by the categories that were named before, else in as few names as are
/// found.
fn selection(catalogue: &Catalogue, wanted: &BTreeSet<RuleId>, written: &BTreeSet<&str>) -> String {
    // Either a category is wanted as a whole, or it is named for most of its rules and the others are taken off.
    let whole = names(catalogue, wanted, |_, right, fresh| right == fresh);
    let most = names(catalogue, wanted, |_, right, fresh| right * 2 > fresh);
    let as_written = names(catalogue, wanted, |name, _, _| written.contains(name));
    let length = |names: &(Vec<&str>, Vec<&str>)| names.0.len() + names.1.len();
    let (selected, except) = if as_written.0.iter().any(|name| written.contains(name)) {
        as_written
    } else if length(&whole) <= length(&most) {
        whole
    } else {
        most
    };
    let mut text = String::new();
    if selected != [catalogue.kind().default_category()] {
        let _ = writeln!(text, "use = {}", array(&selected));
    }
    if !except.is_empty() {
        let _ = writeln!(text, "except = {}", array(&except));
    }
    text
}

/// The names to `use` and to `except`. `is_worth` decides on a category by its name, how many of its rules that no other
/// category has brought yet are wanted, and how many there are.
fn names<'c>(
    catalogue: &'c Catalogue,
    wanted: &BTreeSet<RuleId>,
    is_worth: impl Fn(&str, usize, usize) -> bool,
) -> (Vec<&'c str>, Vec<&'c str>) {
    let mut categories: Vec<(&str, BTreeSet<RuleId>)> = catalogue
        .categories()
        .filter_map(|category| {
            let rules = catalogue.named(category)?.rules().iter().copied().collect();
            Some((category, rules))
        })
        .collect();
    categories.sort_by_key(|(name, rules)| (std::cmp::Reverse(rules.len()), *name));
    let mut selected: Vec<&str> = Vec::new();
    let mut covered: BTreeSet<RuleId> = BTreeSet::new();
    for (name, rules) in &categories {
        let fresh: BTreeSet<RuleId> = rules.difference(&covered).copied().collect();
        let right = fresh.intersection(wanted).count();
        if fresh.len() > 1 && is_worth(name, right, fresh.len()) {
            selected.push(name);
            covered.extend(fresh);
        }
    }
    let mut excess: BTreeSet<RuleId> = covered.difference(wanted).copied().collect();
    let mut except: Vec<&str> = Vec::new();
    for (name, rules) in &categories {
        // A category of which nothing is wanted says more than the names of its rules.
        if rules.is_disjoint(wanted) && rules.intersection(&excess).count() > 1 {
            except.push(name);
            excess.retain(|rule| !rules.contains(rule));
        }
    }
    except.extend(excess.iter().map(|rule| rule.as_str()));
    let alone = wanted.difference(&covered).map(|rule| rule.as_str());
    selected.extend(alone);
    (selected, except)
}

/// The options that are not the defaults, by rule.
fn changed_options(options: &RuleOptions) -> BTreeMap<&'static str, String> {
    let defaults = RuleOptions::default();
    let mut changed: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut set = |rule, option: &str, value: String| {
        let _ = writeln!(changed.entry(rule).or_default(), "{option} = {value}");
    };
    let suffix = &options.enum_zero_value_suffix.suffix;
    if *suffix != defaults.enum_zero_value_suffix.suffix {
        set("ENUM_ZERO_VALUE_SUFFIX", "suffix", quoted(suffix));
    }
    let suffix = &options.service_suffix.suffix;
    if *suffix != defaults.service_suffix.suffix {
        set("SERVICE_SUFFIX", "suffix", quoted(suffix));
    }
    let unique = &options.rpc_request_response_unique;
    let request = &options.rpc_request_standard_name;
    let response = &options.rpc_response_standard_name;
    for (rule, option, is_set) in [
        (
            "RPC_REQUEST_RESPONSE_UNIQUE",
            "allow_same_request_response",
            unique.allow_same_request_response,
        ),
        (
            "RPC_REQUEST_RESPONSE_UNIQUE",
            "allow_google_protobuf_empty_requests",
            unique.allow_google_protobuf_empty_requests,
        ),
        (
            "RPC_REQUEST_RESPONSE_UNIQUE",
            "allow_google_protobuf_empty_responses",
            unique.allow_google_protobuf_empty_responses,
        ),
        (
            "RPC_REQUEST_STANDARD_NAME",
            "allow_google_protobuf_empty_requests",
            request.allow_google_protobuf_empty_requests,
        ),
        (
            "RPC_RESPONSE_STANDARD_NAME",
            "allow_google_protobuf_empty_responses",
            response.allow_google_protobuf_empty_responses,
        ),
    ] {
        if is_set {
            set(rule, option, "true".to_owned());
        }
    }
    changed
}

/// Plain paths as globs that mean just these paths.
fn patterns(paths: &Setting<PathPatterns>) -> String {
    let escaped: Vec<String> = (paths.value.texts().iter())
        .map(|path| {
            let path = if path.is_empty() { "." } else { path };
            let mut out = String::new();
            for c in path.chars() {
                match c {
                    '*' | '?' | '[' | '{' => {
                        let _ = write!(out, "[{c}]");
                    }
                    c => out.push(c),
                }
            }
            out
        })
        .collect();
    array(&escaped)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn array<T: AsRef<str>>(values: &[T]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value.as_ref())).collect();
    format!("[{}]", values.join(", "))
}
