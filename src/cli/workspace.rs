//! The files that one configuration governs, linked: which of them are checked, where each lies, what keeps them from
//! being understood.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::spelling::relative;
use crate::config::{Config, PathPatterns, join};
use crate::diagnostic::Diagnostic;
use crate::schema::{File, FileId, Role, Schema};
use crate::workspace::{self, Contents, Loaded, LoadedFile, MissingImport, ParsedFiles, Root};

/// Files that one configuration governs, read and linked.
pub(super) struct Workspace {
    pub(super) config: Config,
    pub(super) schema: Schema,
    /// What could not be read.
    pub(super) problems: Vec<Diagnostic>,
    /// What was read, where that was wanted and can be told.
    pub(super) contents: Option<Contents>,
    missing: Vec<MissingImport>,
    /// For each file of the schema, where its import root lies in the configuration's directory; none for those
    /// outside.
    places: Vec<Option<Arc<str>>>,
    limits: Limits,
    /// Filled when they are first asked for.
    targets: OnceLock<Vec<Target>>,
}

/// A file to check.
#[derive(Debug)]
struct Target {
    file: FileId,
    /// Its path in the configuration's directory.
    path: String,
    /// The position of its module in the configuration.
    module: usize,
}

/// The files that the command line leaves out, and those that it keeps to.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    pub(super) excluded: PathPatterns,
    /// All files where empty.
    pub(super) only: PathPatterns,
}

impl Workspace {
    /// Reads and links what is asked for in the roots.
    pub(super) fn load(
        config: Config,
        roots: &[Root],
        parsed: &ParsedFiles,
        limits: Limits,
    ) -> Self {
        Self::link(config, roots, workspace::load(roots, parsed), limits)
    }

    pub(super) fn link(config: Config, roots: &[Root], loaded: Loaded, limits: Limits) -> Self {
        let top = top_of(&config);
        let of_root = |root: &Root| relative(root.disk.as_ref()?.real(), &top).map(Arc::from);
        let of_roots: Vec<Option<Arc<str>>> = roots.iter().map(of_root).collect();
        let place = |file: &LoadedFile| of_roots.get(file.root?)?.clone();
        let is_left_out = |file: &LoadedFile| {
            let path = place(file).map(|directory| join(&directory, file.file.name()));
            path.is_some_and(|path| config.position_of_module(&path).is_none())
        };
        // What belongs to no module must not clash with what does.
        let loaded = match config.owns_everything() {
            true => loaded,
            false => loaded.without(is_left_out),
        };
        // A schema numbers its files in the order in which they are given.
        let places = loaded.files.iter().map(place).collect();
        Self {
            config,
            schema: Schema::link(loaded.inputs()),
            problems: loaded.problems,
            contents: None,
            missing: loaded.missing,
            places,
            limits,
            targets: OnceLock::new(),
        }
    }

    /// The files to check, those asked for that belong to a module and are not left out: each with its path in the
    /// configuration's directory and the position of its module.
    pub(super) fn targets(&self) -> impl ExactSizeIterator<Item = (File<'_>, &str, usize)> {
        let target = |file: File<'_>| {
            let path = (!self.excludes(file)).then(|| self.path_in_config(file))?;
            let module = self.config.position_of_module(&path)?;
            let file = file.id();
            Some(Target { file, path, module })
        };
        let targets = self.targets.get_or_init(|| {
            let files: Vec<File<'_>> = self.schema.targets().collect();
            files.into_par_iter().filter_map(target).collect()
        });
        targets.iter().map(|target| {
            let file = self.schema.file(target.file);
            (file, target.path.as_str(), target.module)
        })
    }

    /// Whether the command line leaves a file out.
    pub(super) fn excludes(&self, file: File<'_>) -> bool {
        let path = file.source().path();
        let shown = path.strip_prefix("./").unwrap_or(path);
        let Limits { excluded, only } = &self.limits;
        excluded.covers(shown) || !only.is_empty() && !only.covers(shown)
    }

    /// Gives files a place that only have a name, as those of an image: where the file of that name lies in `today`,
    /// else in the first of its roots that is checked.
    pub(super) fn place_like(&mut self, today: &Self, roots: &[Root]) {
        let top = top_of(&self.config);
        let first = roots.iter().find(|root| root.targets.is_some());
        let first = first.and_then(|root| relative(root.disk.as_ref()?.real(), &top));
        let first: Option<Arc<str>> = first.map(Arc::from);
        for (file, place) in self.schema.files().zip(&mut self.places) {
            if place.is_none() && file.role() == Role::Target {
                let same = today.schema.file_named(file.source().name());
                let same = same.and_then(|file| today.places.get(file.id().get())?.clone());
                *place = same.or_else(|| first.clone());
            }
        }
        self.targets.take();
    }

    /// Everything that keeps files from being understood; of an import that was not found, also where it was looked for
    /// and where it would be found.
    pub(super) fn errors(&self) -> Vec<Diagnostic> {
        let mut errors = self.problems.clone();
        for error in self.schema.errors() {
            let mut error = error.clone();
            if let Some(missing) = self.missing_import(&error) {
                error.reason = Some(format!(
                    "it was looked for in `{}`",
                    missing.looked_in.join("`, `")
                ));
                let mut modules = self.config.modules.iter();
                if let Some(root) = missing.roots_that_hold_it.first() {
                    error.help = Some(format!(
                        "it is there below `{root}`: pass `-I {root}`, or make that directory a module or an import root \
                         in `protogov.toml`"
                    ));
                } else if let Some(first) = modules.find_map(|module| module.dependencies.first()) {
                    error.help = Some(format!(
                        "`deps` are not fetched: write their files with `buf export {first} --output DIR`, and pass `-I DIR`"
                    ));
                }
            }
            errors.push(error);
        }
        errors
    }

    /// The import that an error is about, if it is one that was not found.
    fn missing_import(&self, error: &Diagnostic) -> Option<&MissingImport> {
        let location = error.location.as_ref()?;
        let path = location.source.slice(location.span);
        self.missing.iter().find(|missing| {
            Arc::ptr_eq(missing.importer.source(), &location.source)
                && path.trim_matches(['"', '\'']) == missing.name
        })
    }

    /// Where a file lies in the directory of the configuration.
    pub(super) fn path_in_config(&self, file: File<'_>) -> String {
        let name = file.source().name();
        match self.places.get(file.id().get()) {
            Some(Some(directory)) => join(directory, name),
            _ => name.to_owned(),
        }
    }
}

/// The directory of the configuration with all links resolved.
pub(super) fn top_of(config: &Config) -> PathBuf {
    let directory = &config.directory;
    directory
        .canonicalize()
        .unwrap_or_else(|_| directory.clone())
}
