use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Root;
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{Input, Outline, Role};
use crate::sources::{BlobId, Found, INPUT, Tree, well_known};
use crate::syntax::tree::{Import, NodeIndex};
use crate::syntax::{File, TokenRange};
use crate::text::Source;

/// The file that declares the built-in options.
const DESCRIPTOR: &str = "google/protobuf/descriptor.proto";

/// Parsed files of one run by content and name: two versions of a tree share each file that did not change.
#[derive(Debug, Default)]
pub struct ParsedFiles {
    files: Mutex<FxHashMap<ContentAndName, Parsed>>,
}

type ContentAndName = (BlobId, Arc<str>);

impl ParsedFiles {
    fn get(&self, blob: BlobId, name: &Arc<str>) -> Option<Parsed> {
        lock(&self.files).get(&(blob, Arc::clone(name))).cloned()
    }

    fn insert(&self, blob: BlobId, parsed: &Parsed) {
        let name = parsed.file.source().shared_name();
        lock(&self.files).insert((blob, name), parsed.clone());
    }
}

/// A parsed file with its outline.
#[derive(Debug, Clone)]
struct Parsed {
    file: Arc<File>,
    outline: Arc<Outline>,
}

impl Parsed {
    fn of(source: Source) -> Self {
        let file = Arc::new(File::parse(Arc::new(source)));
        let outline = Arc::new(Outline::of(&file));
        Self { file, outline }
    }
}

/// The files that were asked for and all that they import.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Each file once, sorted by name.
    pub files: Vec<LoadedFile>,
    /// `google/protobuf/descriptor.proto` where no file imports it: it says what options there are.
    pub descriptor: Option<LoadedFile>,
    /// The imports of these files that no root holds, in the order of `files`.
    pub missing: Vec<MissingImport>,
    /// What could not be read or must not be, sorted by message.
    pub problems: Vec<Diagnostic>,
}

impl Loaded {
    /// The files as [`Schema::link`](crate::schema::Schema::link) takes them.
    pub fn inputs(&self) -> Vec<Input> {
        let input = |loaded: &LoadedFile, role: Role| {
            let (file, outline) = (Arc::clone(&loaded.file), Arc::clone(&loaded.outline));
            Input::with_outline(file, outline, role)
        };
        let files = self.files.par_iter().map(|file| input(file, file.role));
        let mut inputs: Vec<Input> = files.collect();
        inputs.extend(
            self.descriptor
                .iter()
                .map(|file| input(file, Role::Builtin)),
        );
        inputs
    }
}

/// A parsed file and why it is there.
#[derive(Debug, Clone)]
pub struct LoadedFile {
    /// The parsed file.
    pub file: Arc<File>,
    outline: Arc<Outline>,
    /// Whether it was asked for or something imports it.
    pub role: Role,
    /// The index of the root it lies in; `None` for a bundled file.
    pub root: Option<usize>,
    /// The identity of its content, where it is known.
    pub blob: Option<BlobId>,
}

/// An import that no root holds.
#[derive(Debug, Clone)]
pub struct MissingImport {
    /// The file that imports it.
    pub importer: Arc<File>,
    /// The statement.
    pub import: NodeIndex<Import>,
    /// The path that is imported.
    pub name: String,
    /// The roots where it was looked for, as the user would write them.
    pub looked_in: Vec<String>,
    /// Directories that, given as import roots, would make it found.
    pub roots_that_hold_it: Vec<String>,
}

/// Reads and parses the targets of `roots` and what they import, on all threads; each file is parsed as soon as it is
/// read. An import is looked for in the roots in their order, then among the bundled files.
pub fn load(roots: &[Root], parsed: &ParsedFiles) -> Loaded {
    let loader = Loader {
        roots,
        parsed,
        found: Mutex::default(),
        problems: Mutex::default(),
    };
    loader.targets();
    let mut files = std::mem::take(&mut *lock(&loader.found));
    let absent = loader.imports(&mut files);
    let descriptor = if files.contains_key(DESCRIPTOR) {
        None
    } else {
        loader.import(&Arc::from(DESCRIPTOR))
    };

    let mut files: Vec<(Arc<str>, LoadedFile)> = files.into_iter().collect();
    files.par_sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let files: Vec<LoadedFile> = files.into_iter().map(|(_, file)| file).collect();
    let missing = missing_imports(roots, &files, &absent);
    let mut problems = loader.problems.into_inner().unwrap_or_default();
    problems.sort_by(|a, b| a.message.cmp(&b.message));
    Loaded {
        files,
        descriptor,
        missing,
        problems,
    }
}

struct Loader<'a> {
    roots: &'a [Root],
    parsed: &'a ParsedFiles,
    /// The targets by name.
    found: Mutex<FxHashMap<Arc<str>, LoadedFile>>,
    problems: Mutex<Vec<Diagnostic>>,
}

impl Loader<'_> {
    fn targets(&self) {
        self.roots.par_iter().enumerate().for_each(|(index, root)| {
            if let Some(selection) = &root.targets {
                let problems = root
                    .tree
                    .visit(selection, &|found| self.target(index, root, found));
                lock(&self.problems).extend(problems);
            }
        });
    }

    fn target(&self, index: usize, root: &Root, found: Found) {
        let earlier = self.roots.get(..index).unwrap_or_default();
        if let Some(shadow) = earlier.iter().find(|root| root.tree.contains(&found.path)) {
            let problem = shadowed(&*root.tree, &*shadow.tree, &found.path);
            return lock(&self.problems).push(problem);
        }
        let name: Arc<str> = found.path.into();
        if let Some(Parsed { file, outline }) = self.read(&*root.tree, &name, found.blob, true) {
            let target = LoadedFile {
                file,
                outline,
                role: Role::Target,
                root: Some(index),
                blob: found.blob,
            };
            lock(&self.found).insert(name, target);
        }
    }

    /// Adds what `files` import, and what that imports, and so on; gives the names that are nowhere.
    fn imports(&self, files: &mut FxHashMap<Arc<str>, LoadedFile>) -> FxHashSet<Arc<str>> {
        let mut absent = FxHashSet::default();
        let mut new: Vec<Arc<File>> = files.values().map(|file| Arc::clone(&file.file)).collect();
        while !new.is_empty() {
            let mut wanted: Vec<Arc<str>> = new
                .par_iter()
                .flat_map_iter(|file| {
                    imports_of(file)
                        .filter(|(_, name)| !files.contains_key(name.as_ref()))
                        .map(|(_, name)| Arc::from(name))
                })
                .filter(|name| !absent.contains(name))
                .collect();
            wanted.sort_unstable();
            wanted.dedup();
            let read: Vec<Option<LoadedFile>> =
                wanted.par_iter().map(|name| self.import(name)).collect();
            new.clear();
            for (name, file) in wanted.into_iter().zip(read) {
                match file {
                    Some(file) => {
                        new.push(Arc::clone(&file.file));
                        files.insert(name, file);
                    }
                    None => {
                        absent.insert(name);
                    }
                }
            }
        }
        absent
    }

    fn import(&self, name: &Arc<str>) -> Option<LoadedFile> {
        for (index, root) in self.roots.iter().enumerate() {
            let blob = root.tree.blob(name);
            if let Some(Parsed { file, outline }) = self.read(&*root.tree, name, blob, false) {
                return Some(LoadedFile {
                    file,
                    outline,
                    role: Role::Import,
                    root: Some(index),
                    blob,
                });
            }
        }
        let text = well_known::text(name)?;
        let source = Source::new(Arc::clone(name), Arc::clone(name), text.into()).ok()?;
        let Parsed { file, outline } = Parsed::of(source);
        Some(LoadedFile {
            file,
            outline,
            role: Role::Import,
            root: None,
            blob: None,
        })
    }

    /// Reads and parses a file of a tree, unless one of that content and name was parsed before.
    fn read(
        &self,
        tree: &dyn Tree,
        name: &Arc<str>,
        blob: Option<BlobId>,
        is_found: bool,
    ) -> Option<Parsed> {
        if let Some(parsed) = blob.and_then(|blob| self.parsed.get(blob, name)) {
            return Some(parsed);
        }
        let bytes = if is_found {
            tree.read_found(name)
        } else {
            tree.read(name)
        };
        let source = match bytes {
            Ok(bytes) => Source::new(Arc::clone(name), tree.shown(name), bytes?),
            Err(problem) => {
                lock(&self.problems).push(problem);
                return None;
            }
        };
        match source {
            Ok(source) => {
                let parsed = Parsed::of(source);
                if let Some(blob) = blob {
                    self.parsed.insert(blob, &parsed);
                }
                Some(parsed)
            }
            Err(error) => {
                let message = format!("`{}` is not read: {error}", tree.shown(name));
                lock(&self.problems).push(Diagnostic::without_place(
                    INPUT,
                    Severity::Error,
                    message,
                ));
                None
            }
        }
    }
}

/// The imports of a file: statement and path.
pub(super) fn imports_of(file: &File) -> impl Iterator<Item = (NodeIndex<Import>, Cow<'_, str>)> {
    let imports = file.tree().imports.iter().enumerate();
    imports.filter_map(|(index, import)| {
        let index = NodeIndex::new(u32::try_from(index).ok()?);
        Some((index, import_path(file, import.path)?))
    })
}

fn import_path(file: &File, path: TokenRange) -> Option<Cow<'_, str>> {
    let path = match file.string_text(path) {
        Cow::Borrowed(path) => Cow::Borrowed(path),
        // It may have replaced what is not UTF-8.
        Cow::Owned(_) => String::from_utf8(file.string_value(path)).ok()?.into(),
    };
    (!path.is_empty()).then_some(path)
}

fn missing_imports(
    roots: &[Root],
    files: &[LoadedFile],
    absent: &FxHashSet<Arc<str>>,
) -> Vec<MissingImport> {
    if absent.is_empty() {
        return Vec::new();
    }
    let looked_in: Vec<String> = roots.iter().map(|root| root.tree.describe()).collect();
    let missing_of = |loaded: &LoadedFile| {
        let importer = Arc::clone(&loaded.file);
        imports_of(&loaded.file)
            .filter(|(_, name)| absent.contains(name.as_ref()))
            .map(|(import, name)| MissingImport {
                importer: Arc::clone(&importer),
                import,
                roots_that_hold_it: roots_that_hold(files, &name),
                name: name.into_owned(),
                looked_in: looked_in.clone(),
            })
            .collect::<Vec<_>>()
    };
    files.iter().flat_map(missing_of).collect()
}

/// The directories under which one of `files` would have that name.
fn roots_that_hold(files: &[LoadedFile], name: &str) -> Vec<String> {
    let mut roots: Vec<String> = files
        .iter()
        .filter_map(|loaded| {
            let directory = loaded.file.source().path().strip_suffix(name)?;
            directory.strip_suffix('/').map(str::to_owned)
        })
        .collect();
    roots.sort();
    roots.dedup();
    roots
}

/// The error for a target whose name means another file to everyone who imports it, as in protoc.
fn shadowed(tree: &dyn Tree, shadow: &dyn Tree, path: &str) -> Diagnostic {
    Diagnostic::without_place(
        INPUT,
        Severity::Error,
        format!(
            "`{}` is shadowed by `{}`",
            tree.shown(path),
            shadow.shown(path)
        ),
    )
    .with_reason(format!(
        "both are imported as `{path}`, and the import root `{}` comes before `{}`",
        shadow.describe(),
        tree.describe()
    ))
    .with_help("rename one of the files, drop one of the import roots, or put the other root first")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
