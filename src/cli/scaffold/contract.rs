//! Where the contract of a crate comes from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::relative;
use crate::cli::config::registry;
use crate::cli::input::names_modules;
use crate::cli::{Failure, Result};
use crate::config::{self, Choice};
use crate::diagnostic::Severity;
use crate::scaffold::lock::{BASE, Contract};
use crate::scaffold::{Places, merge};
use crate::schema::{Role, Schema};
use crate::sources::{Memory, Selection};
use crate::syntax;
use crate::text::Source;
use crate::workspace::{ImportRoot, Loaded, ParsedFiles, Root, load, roots};

/// Files or directories, and what their imports are relative to.
pub(super) struct Sources {
    paths: Vec<PathBuf>,
    roots: Vec<PathBuf>,
}

impl Sources {
    /// Without roots they are those of the configuration that governs a path; where it names no module, a file's root
    /// is the directory that its package is relative to.
    pub(super) fn new(paths: Vec<PathBuf>, mut roots: Vec<PathBuf>) -> Result<Self> {
        if !roots.is_empty() {
            return Ok(Self { paths, roots });
        }
        for path in &paths {
            let config = config::load(path, &Choice::Nearest, &registry())?;
            let modules = config.modules.iter().map(|module| &module.root);
            let modules = modules.filter(|_| names_modules(&config));
            let mut found: Vec<_> = modules
                .chain(&config.import_roots)
                .map(|root| config.directory.join(&root.value))
                .collect();
            if path.is_file() && !names_modules(&config) {
                found.insert(0, root_by_package(path));
            }
            for root in found {
                if !roots.contains(&root) {
                    roots.push(root);
                }
            }
        }
        Ok(Self { paths, roots })
    }

    fn load(&self) -> Result<Loaded> {
        let import_roots: Vec<_> = self.roots.iter().map(ImportRoot::new).collect();
        let roots =
            roots(&self.paths, &import_roots).map_err(|problem| Failure::from(vec![problem]))?;
        Ok(load(&roots, &ParsedFiles::default()))
    }

    /// Links the files, which must be free of errors.
    pub(super) fn link(&self) -> Result<Schema> {
        link(self.load()?)
    }

    /// How the lock file of a crate in `directory` tells where its contract comes from.
    pub(super) fn recorded(&self, directory: &Path) -> Contract {
        let told = |paths: &[PathBuf]| paths.iter().map(|path| relative(directory, path)).collect();
        Contract {
            paths: told(&self.paths),
            roots: told(&self.roots),
            files: Vec::new(),
        }
    }
}

/// The contract of a crate, with what was changed in its copy.
pub(super) struct Merged {
    /// The contract.
    pub(super) schema: Schema,
    /// Its files where they come from, by their paths in the crate: what the next merge begins with. If a merge began
    /// with what was merged before, what is only in the copy would look as if it had been removed there.
    pub(super) bases: BTreeMap<String, String>,
}

/// Links the contract of a crate: what it was made of as it is now, merged with what was changed in the crate's copy.
pub(super) fn merged(directory: &Path, places: &Places, contract: &Contract) -> Result<Merged> {
    let proto = places.proto();
    let theirs = elsewhere(directory, contract)?;
    let ours = read_tree(&directory.join(&proto))?;
    let base = read_tree(&directory.join(BASE).join(&proto))?;
    let mut targets = contract.files.clone();
    if let Some(theirs) = &theirs {
        targets = theirs.targets.clone();
    }
    let mut texts = ours.clone();
    let mut bases = base.clone();
    for (path, their_text) in theirs.map(|theirs| theirs.texts).unwrap_or_default() {
        bases.insert(path.clone(), their_text.clone());
        let text = match (ours.get(&path), base.get(&path)) {
            (None, _) => their_text,
            (Some(our_text), None) if *our_text == their_text => their_text,
            (Some(our_text), base) => {
                let base = base.map_or("", String::as_str);
                let merged = merge::merge(base, our_text, &their_text, "contract");
                if merged.conflicts > 0 {
                    return Err(Failure::with_help(
                        format!(
                            "`{path}` was changed both where it comes from and in `{proto}`, in the same lines"
                        ),
                        format!(
                            "make one of them like the other; the crate's copy is `{proto}/{path}`"
                        ),
                    ));
                }
                merged.text
            }
        };
        texts.insert(path, text);
    }
    let files = texts
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()));
    let shown = format!("{}/", directory.join(&proto).display());
    let tree = Memory::new(shown.clone(), files).shown_under(shown);
    let root = Root {
        tree: Arc::new(tree),
        disk: None,
        targets: Some(Selection::only(targets)),
    };
    let bases = bases
        .into_iter()
        .map(|(path, text)| (format!("{proto}/{path}"), text));
    Ok(Merged {
        schema: link(load(&[root], &ParsedFiles::default()))?,
        bases: bases.collect(),
    })
}

/// Links files that are part of this program.
pub(super) fn embedded(files: &[(&str, &str)]) -> Result<Schema> {
    let texts = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    let tree = Memory::new("protogov:", texts).shown_under("protogov:");
    let targets = files.iter().map(|(path, _)| (*path).to_owned());
    let root = Root {
        tree: Arc::new(tree),
        disk: None,
        targets: Some(Selection::only(targets)),
    };
    link(load(&[root], &ParsedFiles::default()))
}

/// A contract outside of the crate.
struct Elsewhere {
    texts: BTreeMap<String, String>,
    targets: Vec<String>,
}

/// The contract where it comes from; `None` if that is not there any more, so that the crate's copy is all there is.
fn elsewhere(directory: &Path, contract: &Contract) -> Result<Option<Elsewhere>> {
    let there = |paths: &[String]| {
        paths
            .iter()
            .map(|path| directory.join(path))
            .collect::<Vec<_>>()
    };
    let sources = Sources {
        paths: there(&contract.paths),
        roots: there(&contract.roots),
    };
    if sources.paths.is_empty()
        || !sources
            .paths
            .iter()
            .chain(&sources.roots)
            .all(|path| path.exists())
    {
        return Ok(None);
    }
    let loaded = sources.load()?;
    let own = loaded.files.iter().filter(|file| file.root.is_some());
    Ok(Some(Elsewhere {
        texts: own
            .clone()
            .map(|file| {
                (
                    file.file.name().to_owned(),
                    file.file.source().text().to_owned(),
                )
            })
            .collect(),
        targets: own
            .filter(|file| file.role == Role::Target)
            .map(|file| file.file.name().to_owned())
            .collect(),
    }))
}

fn link(loaded: Loaded) -> Result<Schema> {
    let mut problems = loaded.problems.clone();
    let schema = Schema::link(loaded.inputs());
    problems.extend(
        schema
            .errors()
            .filter(|problem| problem.severity == Severity::Error)
            .cloned(),
    );
    if problems.is_empty() {
        Ok(schema)
    } else {
        Err(problems.into())
    }
}

/// The directory that a file's package is relative to: `proto` for `package users.v1;` in `proto/users/v1/users.proto`.
fn root_by_package(path: &Path) -> PathBuf {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let package = fs::read(path).ok().and_then(|bytes| {
        let source = Source::new("", path.display().to_string(), bytes).ok()?;
        let file = Arc::new(syntax::File::parse(Arc::new(source)));
        let schema = Schema::link(vec![crate::schema::Input::new(file, Role::Target)]);
        schema
            .targets()
            .next()
            .map(|file| file.package().to_owned())
    });
    let mut root = parent;
    for part in package.unwrap_or_default().rsplit('.') {
        match root.parent() {
            Some(outer) if root.file_name().is_some_and(|name| name == part) => root = outer,
            _ => return parent.to_owned(),
        }
    }
    if root.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        root.to_owned()
    }
}

/// All `.proto` files below a directory, by their path in it; none where there is no directory.
fn read_tree(directory: &Path) -> Result<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    let mut open = vec![(directory.to_owned(), String::new())];
    while let Some((directory, prefix)) = open.pop() {
        let Ok(entries) = fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() {
                open.push((path, format!("{prefix}{name}/")));
            } else if crate::sources::is_proto(&name) {
                let text = fs::read_to_string(&path).map_err(|error| {
                    Failure::new(format!("cannot read `{}`: {error}", path.display()))
                })?;
                texts.insert(format!("{prefix}{name}"), text.replace("\r\n", "\n"));
            }
        }
    }
    Ok(texts)
}
