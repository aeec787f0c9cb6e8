//! Configuration: `protogov.toml`, or `buf.yaml` and `buf.work.yaml` as they stand, as one resolved [`Config`].
//!
//! Whatever file it came from, paths are relative to [`Config::directory`] and cannot leave it, rules are resolved to
//! the ids that exist, and each value knows where it was written ([`Origin`]).

mod buf_yaml;
mod checks;
mod document;
mod load;
mod path_patterns;
mod protogov_toml;
mod resolve_buf;
mod resolve_native;
mod schema;
mod selection;
mod waivers;
mod write;

use std::path::PathBuf;
use std::sync::Arc;

use crate::checks::{Dialect, KnownRule, RuleKind};
use crate::diagnostic::{Diagnostic, Location};
use crate::text::Source;

pub use checks::{
    BreakingConfig, BreakingLimit, Checks, CommentStyle, Level, LintConfig, Override, Stability,
    Suppression,
};
pub use document::CONFIG;
pub use load::{Choice, FILE_NAMES, find, load, load_file};
pub use path_patterns::{BadPath, PathPatterns, inside, is_within, join};
pub use schema::{json_schema, reference};
pub use waivers::{WAIVERS_FILE, Waiver, WaiversToml, find_waivers, read_waivers, waivers_schema};
pub use write::{Translation, starter, translate};

/// The file beside the configuration that holds numbers which were given up, as `protogov history --write` makes it.
pub const LOCK_FILE: &str = "numbers.lock";

/// The rules that can be selected, as the registry of rules knows them.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// Lint rules.
    pub lint: Vec<KnownRule>,
    /// Breaking rules.
    pub breaking: Vec<KnownRule>,
}

impl Registry {
    fn of(&self, kind: RuleKind) -> &[KnownRule] {
        match kind {
            RuleKind::Lint => &self.lint,
            RuleKind::Breaking => &self.breaking,
        }
    }
}

/// Where a setting's value comes from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A place in a configuration file.
    File(Location),
}

/// A value and where it comes from.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// Who says so.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value that nobody set.
    pub const fn default(value: T) -> Self {
        Self {
            value,
            origin: Origin::Default,
        }
    }
}

/// Everything that configuration says, whichever file said it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it was read from; none where nothing was found.
    pub source: Option<Arc<Source>>,
    /// The directory that all paths here are relative to; absolute.
    pub directory: PathBuf,
    /// Whose rules are meant.
    pub dialect: Dialect,
    /// The modules, in the order given; at least one.
    pub modules: Vec<Module>,
    /// Further directories in which imports are looked for, relative to `directory`.
    pub import_roots: Vec<Setting<String>>,
    /// What of the git history counts as a release.
    pub release_tags: Setting<Vec<String>>,
    /// What a reader should know although nothing is wrong.
    pub notes: Vec<Diagnostic>,
}

impl Config {
    /// The module that the file `path` (relative to [`Config::directory`], with `/`) belongs to: of those that hold
    /// it, the innermost.
    pub fn module_of(&self, path: &str) -> Option<&Module> {
        self.modules.get(self.position_of_module(path)?)
    }

    /// The position of [`Config::module_of`] in [`Config::modules`].
    pub fn position_of_module(&self, path: &str) -> Option<usize> {
        let owners = self.modules.iter().enumerate();
        let owners = owners.filter(|(_, module)| module.owns(path));
        let innermost = owners.max_by_key(|(_, module)| module.root.value.len());
        innermost.map(|(position, _)| position)
    }

    /// Whether every file below [`Config::directory`] belongs to a module.
    pub fn owns_everything(&self) -> bool {
        self.modules.iter().any(|module| {
            module.root.value.is_empty()
                && module.includes.value.is_empty()
                && module.excludes.value.is_empty()
        })
    }
}

/// A directory of contracts; files in it import each other by their path relative to it.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its directory, normalised, relative to [`Config::directory`]; empty for that directory itself.
    pub root: Setting<String>,
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// The modules of a registry that it may import from. They are never fetched.
    pub dependencies: Vec<String>,
    /// What belongs to it; all of `root` where empty.
    pub includes: Setting<PathPatterns>,
    /// What of that does not.
    pub excludes: Setting<PathPatterns>,
    /// What is checked in one state.
    pub lint: Arc<LintConfig>,
    /// What is checked against a baseline.
    pub breaking: Arc<BreakingConfig>,
}

impl Module {
    /// Whether the file or directory `path`, relative to [`Config::directory`], belongs to the module.
    pub fn owns(&self, path: &str) -> bool {
        is_within(path, &self.root.value)
            && (self.includes.value.is_empty() || self.includes.value.covers(path))
            && !self.excludes.value.covers(path)
    }
}
