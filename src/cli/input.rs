//! From the paths on the command line to linked files: what is read, from where, and which configuration governs it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::config::ConfigArgs;
use super::spelling::{Shown, relative};
use super::workspace::{Limits, Workspace, top_of};
use super::{Failure, Result};
use crate::config::{Config, PathPatterns, is_within};
use crate::schema::File;
use crate::sources::Memory;
use crate::text::MAX_SOURCE_BYTES;
use crate::workspace::{self, Contents, ImportRoot, ParsedFiles, Root};

/// What is read. Shared by all subcommands that check files.
#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Files and directories; by default the current directory
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Directory that imports are relative to; files found only there are not checked
    #[arg(short = 'I', long = "import-root", value_name = "DIR")]
    import_roots: Vec<PathBuf>,
    /// Leave out files and directories, as paths or globs relative to the current directory
    #[arg(long, value_name = "GLOB", visible_alias = "exclude-path")]
    exclude: Vec<String>,
    /// Look only at these files and directories of what is read; may be given several times
    #[arg(long = "path", value_name = "PATH")]
    only: Vec<String>,
    /// Read one file from standard input and take it for this one
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "paths",
        visible_alias = "stdin-filepath"
    )]
    stdin_filename: Option<PathBuf>,
    /// Take it for a success when there is nothing to check
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    config: ConfigArgs,
}

/// What one configuration governs, before it is read.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) config: Config,
    pub(super) roots: Vec<Root>,
}

impl InputArgs {
    /// What a subcommand asks for that spells it otherwise.
    pub(super) fn new(
        paths: Vec<PathBuf>,
        import_roots: Vec<PathBuf>,
        exclude: Vec<String>,
        config: ConfigArgs,
    ) -> Self {
        Self {
            paths,
            import_roots,
            exclude,
            only: Vec::new(),
            stdin_filename: None,
            allow_empty: true,
            config,
        }
    }

    /// Reads everything, one workspace for each configuration. They are kept to the end of the process: to free what
    /// the system takes back at once would cost a tenth of the run.
    pub(super) fn load(&self) -> Result<&'static [Workspace]> {
        self.read(self.unread()?, false)
    }

    /// Where everything is to be read.
    pub(super) fn unread(&self) -> Result<Vec<Unread>> {
        let unread = |(config, paths): (Config, Vec<PathBuf>)| {
            let roots = self.roots(&config, &paths)?;
            Ok(Unread { config, roots })
        };
        self.groups()?.into_iter().map(unread).collect()
    }

    /// As [`InputArgs::load`], from there; takes down what was read where that is wanted.
    pub(super) fn read(
        &self,
        unread: Vec<Unread>,
        with_contents: bool,
    ) -> Result<&'static [Workspace]> {
        let limits = self.limits()?;
        let load = |Unread { config, roots }| {
            let loaded = workspace::load(&roots, &ParsedFiles::default());
            let contents = with_contents.then(|| Contents::of(&loaded)).flatten();
            let mut workspace = Workspace::link(config, &roots, loaded, limits.clone());
            workspace.contents = contents;
            workspace
        };
        let workspaces: Vec<Workspace> = unread.into_iter().map(load).collect();
        let is_empty = |workspace: &Workspace| {
            workspace.targets().next().is_none() && workspace.problems.is_empty()
        };
        if !self.allow_empty && workspaces.iter().all(is_empty) {
            return Err(nothing_to_check());
        }
        Ok(workspaces.leak())
    }

    /// The position on the command line of the path that asks for a file; the last where none names it.
    pub(super) fn position(&self, file: File<'_>) -> usize {
        if self.paths.len() < 2 {
            return 0;
        }
        let inside = |path: &Path| path.strip_prefix(".").unwrap_or(path).to_owned();
        let path = inside(Path::new(file.source().path()));
        let position = (self.paths.iter()).position(|asked| path.starts_with(inside(asked)));
        position.unwrap_or(self.paths.len())
    }

    /// Whether it is a success when there is nothing to check.
    pub(super) fn allows_empty(&self) -> bool {
        self.allow_empty
    }

    /// Whether everything is read that the configuration around the current directory governs.
    pub(super) fn is_whole(&self) -> bool {
        self.paths.is_empty()
            && self.stdin_filename.is_none()
            && self.exclude.is_empty()
            && self.only.is_empty()
    }

    /// Whether the only file comes from standard input.
    pub(super) fn is_stdin(&self) -> bool {
        self.stdin_filename.is_some()
    }

    /// The files that the command line leaves out, and those that it keeps to.
    pub(super) fn limits(&self) -> Result<Limits> {
        let patterns = |texts: &[String], option: &str| {
            PathPatterns::of_globs(texts.iter().map(String::as_str)).map_err(|(at, error)| {
                let text = texts.get(at).map_or("", String::as_str);
                Failure::new(format!("`{option} {text}`: {error}"))
            })
        };
        Ok(Limits {
            excluded: patterns(&self.exclude, "--exclude")?,
            only: patterns(&self.only, "--path")?,
        })
    }

    /// The paths asked for, by the configuration that governs them.
    pub(super) fn groups(&self) -> Result<Vec<(Config, Vec<PathBuf>)>> {
        let paths = match &self.stdin_filename {
            Some(name) => vec![name.clone()],
            None if self.paths.is_empty() => vec![PathBuf::from(".")],
            None => self.paths.clone(),
        };
        let mut groups: Vec<(Config, Vec<PathBuf>)> = Vec::new();
        for path in paths {
            let config = self.config.load(&path)?;
            let same = groups.iter_mut().find(|(known, _)| {
                let path =
                    |config: &Config| config.source.as_ref().map(|source| source.shared_name());
                path(known) == path(&config)
                    && (known.source.is_none() || known.directory == config.directory)
            });
            match same {
                Some((_, paths)) => paths.push(path),
                None => groups.push((config, vec![path])),
            }
        }
        Ok(groups)
    }

    /// The import roots, each with what is asked for in it.
    pub(super) fn roots(&self, config: &Config, paths: &[PathBuf]) -> Result<Vec<Root>> {
        let shown = Shown::of(paths);
        let roots = self.import_roots(config, &shown);
        match &self.stdin_filename {
            Some(name) => roots_of_stdin(name, &roots),
            None => Ok(workspace::roots(&asked(config, paths, &shown)?, &roots)
                .map_err(|problem| vec![problem])?),
        }
    }

    /// The directories that imports are relative to: the modules', the command line's, the configuration's. Where the
    /// configuration names no module, those of the command line come first, as in protoc.
    fn import_roots(&self, config: &Config, shown: &Shown) -> Vec<ImportRoot> {
        let own = self.import_roots.iter().map(ImportRoot::new);
        let modules = config.modules.iter().filter(|_| config.source.is_some());
        let modules = modules.map(|module| ImportRoot {
            // Globs are left to `Workspace::link`.
            excludes: (module.excludes.value.literals().iter())
                .filter_map(|path| inside_of(path, &module.root.value))
                .map(str::to_owned)
                .collect(),
            ..ImportRoot::new(shown.path(config, &module.root.value))
        });
        let further = config.import_roots.iter();
        let further = further.map(|root| ImportRoot::new(shown.path(config, &root.value)));
        if names_modules(config) {
            modules.chain(own).chain(further).collect()
        } else {
            own.chain(modules).chain(further).collect()
        }
    }
}

/// The failure to find anything at all.
pub(super) fn nothing_to_check() -> Failure {
    Failure::with_help(
        "there is nothing to check: no `.proto` file was found",
        "name a directory that holds some, or pass `--allow-empty` where none is fine",
    )
}

/// Whether the configuration names modules: otherwise its directory is the only one.
pub(super) fn names_modules(config: &Config) -> bool {
    config
        .modules
        .iter()
        .any(|module| !module.root.value.is_empty())
}

/// The paths to look for files in. Where modules are named, a directory around some of them stands for these.
fn asked(config: &Config, paths: &[PathBuf], shown: &Shown) -> Result<Vec<PathBuf>> {
    if !names_modules(config) {
        return Ok(paths.to_vec());
    }
    let top = top_of(config);
    let mut asked = Vec::new();
    for path in paths {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        let Some(inside) = relative(&real, &top) else {
            asked.push(path.clone());
            continue;
        };
        let roots = config
            .modules
            .iter()
            .map(|module| module.root.value.as_str());
        if roots.clone().any(|root| is_within(&inside, root)) || !real.exists() {
            asked.push(path.clone());
            continue;
        }
        let within: Vec<PathBuf> = roots
            .filter(|root| is_within(root, &inside))
            .map(|root| shown.path(config, root))
            .collect();
        if within.is_empty() {
            return Err(Failure::with_help(
                format!(
                    "`{}` lies in none of the modules that the configuration names",
                    path.display()
                ),
                "check one of these, or name its directory as a module's `root`",
            ));
        }
        asked.extend(within);
    }
    Ok(asked)
}

/// The roots when one file comes from standard input: it stands before the one on disk.
fn roots_of_stdin(name: &Path, import_roots: &[ImportRoot]) -> Result<Vec<Root>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_SOURCE_BYTES).unwrap_or(u64::MAX);
    std::io::stdin()
        .lock()
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
    let mut roots = Vec::new();
    if !import_roots.is_empty() {
        roots = workspace::roots(&[], import_roots).map_err(|problem| vec![problem])?;
    }
    let absolute = clean(name)?;
    let real_parent = absolute
        .parent()
        .and_then(|parent| parent.canonicalize().ok());
    let real = match (real_parent, absolute.file_name()) {
        (Some(parent), Some(file)) => parent.join(file),
        _ => absolute.clone(),
    };
    let holder = roots.iter().find_map(|root| {
        let disk = root.disk.as_ref()?;
        Some((root.clone(), relative(&real, disk.real())?))
    });
    let (holder, path) = match holder {
        Some((root, path)) => (Some(root), path),
        None => (None, name.to_string_lossy().replace('\\', "/")),
    };
    let shown = name.to_string_lossy().replace('\\', "/");
    let prefix = shown.strip_suffix(&path).unwrap_or_default().to_owned();
    let memory = Memory::new("standard input", [(path, bytes)]).shown_under(prefix);
    for root in &mut roots {
        root.targets = None;
    }
    let mut all = vec![Root {
        disk: holder.and_then(|root| root.disk),
        ..Root::whole(Arc::new(memory))
    }];
    all.append(&mut roots);
    Ok(all)
}

/// The rest of a path of the configuration below one of its directories.
fn inside_of<'p>(path: &'p str, directory: &str) -> Option<&'p str> {
    match directory {
        "" => Some(path),
        directory => path.strip_prefix(directory)?.strip_prefix('/'),
    }
}

fn clean(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| {
        Failure::new(format!(
            "cannot tell where `{}` is: {error}",
            path.display()
        ))
    })
}
