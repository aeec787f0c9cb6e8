//! What is checked, resolved: which rule counts where, and for how much.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{PathPatterns, Setting};
use crate::checks::{Channel, PackageVersion, RuleId, RuleOptions};
use crate::diagnostic::Severity;

/// What a rule weighs, or that it is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The rule does not count.
    Off,
    /// Shown; never fails a run unless asked to.
    Info,
    /// Shown; fails a run only where asked to.
    Warning,
    /// Fails a run.
    Error,
}

impl Level {
    /// The severity of its findings; none when off.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }

    /// The word for it in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}

/// How settled a package is, by the version its name ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// `v1`
    Stable,
    /// `v1beta1`
    Beta,
    /// `v1alpha1`
    Alpha,
    /// `v1test`
    Test,
    /// No version.
    Unversioned,
}

impl Stability {
    /// The stability of a package, by its name.
    pub fn of_package(package: &str) -> Self {
        match PackageVersion::of_package(package).map(|version| version.channel) {
            None => Self::Unversioned,
            Some(Channel::Stable) => Self::Stable,
            Some(Channel::Beta) => Self::Beta,
            Some(Channel::Alpha) => Self::Alpha,
            Some(Channel::Test) => Self::Test,
        }
    }

    /// The word for it in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Beta => "beta",
            Self::Alpha => "alpha",
            Self::Test => "test",
            Self::Unversioned => "unversioned",
        }
    }
}

/// Whose comments silence findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommentStyle {
    /// `// protogov:allow(RULE) reason`
    Protogov,
    /// `// buf:lint:ignore RULE`
    Buf,
    /// `// protolint:disable RULE`
    Protolint,
    /// `// (-- api-linter: core::0131::http-body=disabled --)`
    ApiLinter,
}

impl CommentStyle {
    /// The word for it in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Protogov => "protogov",
            Self::Buf => "buf",
            Self::Protolint => "protolint",
            Self::ApiLinter => "api_linter",
        }
    }
}

/// The least breaking finding that makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakingLimit {
    /// Any finding.
    Info,
    /// A warning or an error.
    Warning,
    /// An error.
    Error,
    /// Whatever breaks bytes.
    Wire,
    /// Whatever breaks bytes or JSON.
    Json,
    /// Whatever breaks bytes, JSON or generated source.
    Source,
    /// Whatever asks for a new major version.
    SemverMajor,
}

impl BreakingLimit {
    /// The word for it in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Wire => "wire",
            Self::Json => "json",
            Self::Source => "source",
            Self::SemverMajor => "semver_major",
        }
    }
}

/// Which comments silence findings.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// The comments honoured.
    pub comments: Setting<Vec<CommentStyle>>,
    /// Whether a comment has to give a reason.
    pub require_reason: Setting<bool>,
}

impl Suppression {
    /// Whether comments of this style silence findings.
    pub fn honours(&self, style: CommentStyle) -> bool {
        self.comments.value.contains(&style)
    }
}

/// What is checked in one state of the contracts.
#[derive(Debug, Clone)]
pub struct LintConfig {
    /// Which rule counts where.
    pub checks: Checks,
    /// Options of single rules.
    pub options: RuleOptions,
    /// Which comments silence findings.
    pub suppression: Suppression,
    /// The least severity that makes a run fail.
    pub fail_on: Setting<Severity>,
}

/// What is checked against a baseline.
#[derive(Debug, Clone)]
pub struct BreakingConfig {
    /// Which rule counts where.
    pub checks: Checks,
    /// Whether packages with an alpha, beta or test version may change at will.
    pub ignore_unstable_packages: Setting<bool>,
    /// Options of single rules.
    pub options: RuleOptions,
    /// Which comments silence findings.
    pub suppression: Suppression,
    /// What is compared with where the command line does not say.
    pub against: Vec<Setting<String>>,
    /// The least that makes a run fail.
    pub fail_on: Setting<BreakingLimit>,
}

/// Which rule of one kind counts where, and for how much.
#[derive(Debug, Clone)]
pub struct Checks {
    /// What each rule weighs that is on. Rules that are off everywhere but in overrides are not here.
    pub rules: BTreeMap<RuleId, Setting<Severity>>,
    /// Files in which nothing counts.
    pub ignored: Setting<PathPatterns>,
    /// Files in which single rules do not count.
    pub ignored_by_rule: BTreeMap<RuleId, Setting<PathPatterns>>,
    /// Exceptions; the last that applies decides.
    pub overrides: Vec<Override>,
}

/// What rules weigh in some places.
#[derive(Debug, Clone)]
pub struct Override {
    /// The files; all where empty.
    pub paths: Setting<PathPatterns>,
    /// The packages; all where empty.
    pub stability: Vec<Stability>,
    /// Why.
    pub reason: Option<String>,
    /// What rules weigh there.
    pub levels: BTreeMap<RuleId, Setting<Level>>,
}

impl Override {
    fn applies(&self, path: &str, stability: Stability) -> bool {
        (self.paths.value.is_empty() || self.paths.value.covers(path))
            && (self.stability.is_empty() || self.stability.contains(&stability))
    }
}

impl Checks {
    /// The rules that count in some file, sorted.
    pub fn enabled(&self) -> impl Iterator<Item = RuleId> {
        let mut rules: Vec<RuleId> = self.rules.keys().copied().collect();
        for exception in &self.overrides {
            let on = exception.levels.iter();
            rules.extend(
                on.filter(|(_, level)| level.value != Level::Off)
                    .map(|(&rule, _)| rule),
            );
        }
        rules.sort_unstable();
        rules.dedup();
        rules.into_iter()
    }

    /// What a finding of `rule` weighs in the file `path` (relative to the configuration's directory, with `/`) of a
    /// package of this stability; nothing where the rule is off or the file ignored.
    pub fn severity(&self, rule: RuleId, path: &str, stability: Stability) -> Option<Severity> {
        let exception = self
            .overrides
            .iter()
            .rev()
            .filter(|exception| exception.applies(path, stability))
            .find_map(|exception| exception.levels.get(&rule));
        let severity = match exception {
            Some(level) => level.value.severity()?,
            None => self.rules.get(&rule)?.value,
        };
        (!self.ignores(rule, path)).then_some(severity)
    }

    /// Whether findings of `rule` in the file `path` do not count because the path is ignored.
    pub fn ignores(&self, rule: RuleId, path: &str) -> bool {
        self.ignored.value.covers(path)
            || (self.ignored_by_rule.get(&rule)).is_some_and(|paths| paths.value.covers(path))
    }
}
