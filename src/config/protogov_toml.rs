//! The keys of `protogov.toml`. The reference and the JSON schema are made from these types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::Spanned;
use super::{BreakingLimit, CommentStyle, Level, Stability};
use crate::diagnostic::Severity;

/// Configuration of `protogov`. Paths and globs are relative to the directory of this file and stay inside it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "protogov.toml")]
pub struct ProtogovToml {
    /// The directories that hold contracts. Without any, the directory of this file is the only module.
    pub modules: Vec<ModuleTable>,
    /// Further directories in which imports are looked for. What lies there is not checked.
    pub import_roots: Vec<Spanned<String>>,
    /// Files and directories that are left out everywhere, as paths or globs (`**/testdata`).
    pub excludes: Vec<Spanned<String>>,
    /// What is checked in one state of the contracts.
    pub lint: LintTable,
    /// What is checked against a baseline.
    pub breaking: BreakingTable,
    /// Comments in contracts that silence findings.
    pub suppression: SuppressionTable,
    /// What the history of the repository means.
    pub history: HistoryTable,
    /// Exceptions for some files or packages. Where several apply, the last one decides.
    pub overrides: Vec<OverrideTable>,
}

/// A directory of contracts. Files in it are imported by their path relative to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleTable {
    /// The directory.
    pub root: Spanned<String>,
    /// What the module is called, for people and registries.
    pub name: Option<String>,
    /// Files and directories that belong to the module. Without any, all in `root` do.
    #[serde(default)]
    pub includes: Vec<Spanned<String>>,
    /// Files and directories of `root` that do not belong to the module.
    #[serde(default)]
    pub excludes: Vec<Spanned<String>>,
    /// What is checked in this module, in place of the `lint` table of the file.
    pub lint: Option<LintTable>,
    /// What is checked in this module against a baseline, in place of the `breaking` table of the file.
    pub breaking: Option<BreakingTable>,
}

/// What is checked in one state of the contracts.
#[derive(Debug, Default, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LintTable {
    /// Rules and categories that are on. Default: `["STANDARD"]`.
    #[serde(rename = "use")]
    pub selected: Option<Vec<Spanned<String>>>,
    /// Rules and categories that are taken off again.
    pub except: Vec<Spanned<String>>,
    /// Files and directories that are not linted.
    pub ignore: Vec<Spanned<String>>,
    /// Files and directories in which a rule, or all rules of a category, do not count.
    pub ignore_only: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// The least severity that makes a run fail. Default: `"error"`.
    pub fail_on: Option<Spanned<Severity>>,
}

/// What is checked against a baseline.
#[derive(Debug, Default, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BreakingTable {
    /// Rules and categories that are on. Default: `["FILE"]`.
    #[serde(rename = "use")]
    pub selected: Option<Vec<Spanned<String>>>,
    /// Rules and categories that are taken off again.
    pub except: Vec<Spanned<String>>,
    /// Files and directories whose changes do not count, by today's path or the baseline's.
    pub ignore: Vec<Spanned<String>>,
    /// Files and directories in which a rule, or all rules of a category, do not count.
    pub ignore_only: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// Whether packages with an alpha, beta or test version may change at will. Default: `false`.
    pub ignore_unstable_packages: Option<Spanned<bool>>,
    /// What today's state is compared with, as `--against` takes it. All of them have to be compatible.
    pub against: Vec<Spanned<String>>,
    /// The least that makes a run fail. Default: `"error"`.
    pub fail_on: Option<Spanned<BreakingLimit>>,
}

/// Comments in contracts that silence findings.
#[derive(Debug, Default, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SuppressionTable {
    /// The comments that are honoured. Default: `["protogov", "buf"]`.
    pub comments: Option<Vec<Spanned<CommentStyle>>>,
    /// Whether a comment without a reason is a finding. Default: `false`.
    pub require_reason: Option<Spanned<bool>>,
}

/// What the history of the repository means.
#[derive(Debug, Default, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HistoryTable {
    /// The git tags that are releases, as globs. Default: `["v*"]`.
    pub release_tags: Option<Vec<Spanned<String>>>,
}

/// An exception. It applies where both `paths` and `stability` do; what is left out applies everywhere.
#[derive(Debug, Default, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OverrideTable {
    /// The files and directories, as paths or globs.
    pub paths: Vec<Spanned<String>>,
    /// The stability of the packages, as their version says.
    pub stability: Vec<Spanned<Stability>>,
    /// Why the exception is made.
    pub reason: Option<String>,
    /// What rules and categories weigh there.
    pub rules: BTreeMap<Spanned<String>, Spanned<Level>>,
}
