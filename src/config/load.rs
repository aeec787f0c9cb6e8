//! Finding the configuration that governs an input, and reading it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::{CONFIG, Language, Node, parse};
use super::{Config, Registry, Setting, resolve_buf, resolve_native};
use crate::checks::BufVersion;
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{Source, Span};

/// The names under which configuration is found, in the order in which they are preferred.
pub const FILE_NAMES: [&str; 3] = ["protogov.toml", "buf.work.yaml", "buf.yaml"];

/// The largest configuration file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// How the configuration is chosen.
#[derive(Debug, Clone, Default)]
pub enum Choice {
    /// The file found upwards from the input.
    #[default]
    Nearest,
    /// This file.
    File(PathBuf),
    /// None: defaults only.
    Isolated,
}

/// Loads the configuration that governs `input`, a file or directory, which need not exist.
///
/// # Errors
/// Everything that is wrong with the file, each with its place.
pub fn load(input: &Path, choice: &Choice, registry: &Registry) -> Result<Config, Vec<Diagnostic>> {
    let input = absolute(input)?;
    let start = if input.is_file() {
        input.parent().unwrap_or(&input).to_owned()
    } else {
        input
    };
    match choice {
        Choice::Isolated => Ok(resolve_native::defaults(start, registry)),
        Choice::File(path) => load_chosen(path, &start, registry),
        Choice::Nearest => match find(&start) {
            Some(file) => load_file(&file, registry),
            None => Ok(resolve_native::defaults(start, registry)),
        },
    }
}

/// The configuration file that governs the directory `start`, which has to be absolute: the nearest `protogov.toml` in
/// it or above, or else the nearest of buf's files. A `buf.yaml` of v1 gives way to a `buf.work.yaml` above it. A
/// repository is governed by its own files: the search ends at the directory that holds `.git`.
pub fn find(start: &Path) -> Option<PathBuf> {
    let named = |directory: &Path, name: &str| {
        let path = directory.join(name);
        path.is_file().then_some(path)
    };
    let mut directories: Vec<&Path> = start.ancestors().collect();
    if let Some(top) = directories
        .iter()
        .position(|directory| directory.join(".git").exists())
    {
        directories.truncate(top + 1);
    }
    let own = directories
        .iter()
        .find_map(|directory| named(directory, "protogov.toml"));
    if own.is_some() {
        return own;
    }
    let nearest = directories.iter().find_map(|directory| {
        named(directory, "buf.work.yaml").or_else(|| named(directory, "buf.yaml"))
    })?;
    let module = nearest.parent()?;
    let workspace = directories
        .iter()
        .filter(|directory| module.starts_with(directory))
        .find_map(|directory| named(directory, "buf.work.yaml"))
        .filter(|work| names_directory(work, module));
    Some(workspace.unwrap_or(nearest))
}

/// Whether the `buf.work.yaml` at `work` names `module` or a directory that holds it.
fn names_directory(work: &Path, module: &Path) -> bool {
    let Some(directory) = work.parent() else {
        return false;
    };
    let read = || {
        let (source, root) = read_document(work, Language::Yaml)?;
        resolve_buf::work_directories(&source, root)
    };
    // A broken workspace file is taken, so that it is told what is wrong with it.
    read().is_err()
        || read().is_ok_and(|named| {
            named
                .iter()
                .any(|named| module.starts_with(directory.join(&named.value)))
        })
}

/// Reads a configuration file that governs its own directory.
///
/// # Errors
/// Everything that is wrong with the file, each with its place.
pub fn load_file(path: &Path, registry: &Registry) -> Result<Config, Vec<Diagnostic>> {
    let path = absolute(path)?;
    let directory = path.parent().unwrap_or(&path).to_owned();
    load_into(&path, directory, registry)
}

/// Reads a configuration file named by the user. What it says of modules is relative to the current directory; without
/// modules it governs `start`.
fn load_chosen(path: &Path, start: &Path, registry: &Registry) -> Result<Config, Vec<Diagnostic>> {
    let here = absolute(Path::new("."))?;
    let mut config = load_into(path, here, registry)?;
    let names_modules = config
        .modules
        .iter()
        .any(|module| !module.root.value.is_empty());
    if !names_modules {
        config.directory = start.to_owned();
    }
    Ok(config)
}

fn load_into(
    path: &Path,
    directory: PathBuf,
    registry: &Registry,
) -> Result<Config, Vec<Diagnostic>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if path
        .extension()
        .is_some_and(|extension| extension == "toml")
    {
        let (source, root) = read_document(path, Language::Toml)?;
        let config = resolve_native::resolve(&source, root, directory, registry)?;
        return check_directories(config);
    }
    let (source, root) = read_document(path, Language::Yaml)?;
    let is_work = name.starts_with("buf.work");
    let config = if is_work {
        load_workspace(&source, root, directory, registry)?
    } else {
        let version = resolve_buf::version(&source, &root)?;
        match version {
            BufVersion::V2 => resolve_buf::v2(&source, root, directory, registry)?,
            version => {
                let (modules, notes) =
                    resolve_buf::v1_modules(&source, root, version, "", registry)?;
                resolve_buf::config(&source, directory, version, modules, notes)
            }
        }
    };
    check_directories(config)
}

/// Reads the modules of a `buf.work.yaml`, each with its own `buf.yaml` or the defaults of v1.
fn load_workspace(
    source: &Arc<Source>,
    root: Node,
    directory: PathBuf,
    registry: &Registry,
) -> Result<Config, Vec<Diagnostic>> {
    let mut modules = Vec::new();
    let mut notes = Vec::new();
    let mut problems = Vec::new();
    for named in resolve_buf::work_directories(source, root)? {
        let path = directory.join(&named.value).join("buf.yaml");
        let read = if path.is_file() {
            load_module(&path, &named.value, registry)
        } else {
            let module = resolve_buf::default_module(source, &named.value, registry);
            Ok((vec![module], Vec::new()))
        };
        match read {
            Ok((read, mut said)) => {
                notes.append(&mut said);
                modules.extend(read.into_iter().map(|mut module| {
                    module.root = Setting {
                        value: module.root.value,
                        origin: named.origin.clone(),
                    };
                    module
                }));
            }
            Err(mut errors) => problems.append(&mut errors),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(resolve_buf::config(
        source,
        directory,
        BufVersion::V1,
        modules,
        notes,
    ))
}

type Modules = (Vec<super::Module>, Vec<Diagnostic>);

fn load_module(path: &Path, prefix: &str, registry: &Registry) -> Result<Modules, Vec<Diagnostic>> {
    let (source, root) = read_document(path, Language::Yaml)?;
    let version = resolve_buf::version(&source, &root)?;
    if version == BufVersion::V2 {
        let message = "a `buf.yaml` of v2 cannot be part of a `buf.work.yaml`";
        return Err(vec![
            Diagnostic::error(CONFIG, &source, Span::at(0), message)
                .with_help("list its modules in one `buf.yaml` of v2 and delete `buf.work.yaml`"),
        ]);
    }
    resolve_buf::v1_modules(&source, root, version, prefix, registry)
}

/// Refuses modules and import roots that are no directories, or that a symbolic link leads out of the configuration's
/// directory.
fn check_directories(config: Config) -> Result<Config, Vec<Diagnostic>> {
    let Ok(top) = config.directory.canonicalize() else {
        return Ok(config);
    };
    let roots = config.modules.iter().map(|module| &module.root);
    let mut problems = Vec::new();
    for root in roots.chain(&config.import_roots) {
        let super::Origin::File(place) = &root.origin else {
            continue;
        };
        let (message, help) = match top.join(&root.value).canonicalize() {
            Ok(real) if !real.starts_with(&top) => (
                format!(
                    "`{}` is a symbolic link that leads out of the directory",
                    root.value
                ),
                "name a directory that lies below this file; imports elsewhere are found with `-I`",
            ),
            Ok(real) if real.is_dir() => continue,
            Ok(_) => (
                format!("`{}` is not a directory", root.value),
                "name the directory that the files are imported from",
            ),
            Err(_) => (
                format!("there is no directory `{}`", root.value),
                "directories are relative to this file",
            ),
        };
        problems
            .push(Diagnostic::error(CONFIG, &place.source, place.span, message).with_help(help));
    }
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(problems)
    }
}

pub(super) fn read_document(
    path: &Path,
    language: Language,
) -> Result<(Arc<Source>, Node), Vec<Diagnostic>> {
    let source = read(path)?;
    let root = parse(&source, language)?;
    Ok((source, root))
}

/// Reads a regular file of a sensible size.
fn read(path: &Path) -> Result<Arc<Source>, Vec<Diagnostic>> {
    let shown = shown(path);
    let refuse = |why: String| {
        let message = format!("cannot read the configuration `{shown}`: {why}");
        vec![Diagnostic::without_place(CONFIG, Severity::Error, message)]
    };
    let file = std::fs::File::open(path).map_err(|error| refuse(error.to_string()))?;
    let metadata = file.metadata().map_err(|error| refuse(error.to_string()))?;
    if !metadata.is_file() {
        return Err(refuse("it is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refuse(error.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refuse(format!("it is larger than {MAX_BYTES} bytes")));
    }
    let source = Source::new(shown.as_str(), shown.as_str(), bytes);
    source
        .map(Arc::new)
        .map_err(|error| refuse(error.to_string()))
}

/// The path as a user would write it: relative to the current directory where it lies below it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let short = path.strip_prefix(&here).unwrap_or(path);
    short.to_string_lossy().replace('\\', "/")
}

/// An absolute path without `.` and `..`, by its letters: symbolic links stay what they are.
fn absolute(path: &Path) -> Result<PathBuf, Vec<Diagnostic>> {
    let absolute = std::path::absolute(path).map_err(|error| {
        let message = format!("cannot tell where `{}` is: {error}", path.display());
        vec![Diagnostic::without_place(CONFIG, Severity::Error, message)]
    })?;
    let mut clean = PathBuf::new();
    for part in absolute.components() {
        match part {
            std::path::Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    Ok(clean)
}
