use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::image::{self, Image};
use super::{Root, relative};
use crate::diagnostic::{Diagnostic, Severity};
use crate::sources::archive::{MAX_UNPACKED_BYTES, unpack};
use crate::sources::disk::read_whole;
use crate::sources::input::{Input, InputKind};
use crate::sources::{Disk, INPUT, Memory, Result, Selection, Subtree, Tree};

/// What a baseline that is no git revision holds.
#[derive(Debug)]
pub enum Baseline {
    /// A project: a directory or an archive, with import roots in it.
    Project(Arc<dyn Tree>),
    /// Files under the names that they are imported by, and those of them that are more than imports.
    Files(Arc<dyn Tree>, Selection),
}

impl Baseline {
    /// Opens an input that is no git repository. `stdin` gives what standard input holds.
    ///
    /// # Errors
    /// When it is not there, broken or hostile, or holds no proto file.
    pub fn open(input: &Input, stdin: impl FnOnce() -> Result<Vec<u8>>) -> Result<Self> {
        let shown = input.path.as_str();
        let read = || match shown {
            "-" => stdin(),
            path => read_whole(Path::new(path), MAX_UNPACKED_BYTES),
        };
        match &input.kind {
            InputKind::Directory { subdirectory } => {
                let tree: Arc<dyn Tree> = Arc::new(Disk::open(shown)?);
                Self::project(Subtree::of(&tree, subdirectory), shown)
            }
            InputKind::Archive {
                format,
                compression,
                layout,
            } => {
                let memory = unpack(&read()?, *format, *compression, layout, shown)?;
                Self::project(Arc::new(memory), shown)
            }
            InputKind::DescriptorSet {
                is_json,
                compression,
            } => {
                let bytes = compression.undo_whole(read()?, MAX_UNPACKED_BYTES, shown)?;
                let Image { files, targets } = image::read(&bytes, *is_json, shown)?;
                Ok(Self::Files(Arc::new(files), targets))
            }
            InputKind::ProtoFile => {
                let name = Path::new(shown).file_name().unwrap_or_default();
                let name = name.to_string_lossy().into_owned();
                let files = Memory::new(shown, [(name, read()?)]);
                Ok(Self::Files(Arc::new(files), Selection::all()))
            }
            InputKind::Git { .. } => Err(Diagnostic::without_place(
                INPUT,
                Severity::Error,
                format!("`{shown}` is a git repository, which is read by revision"),
            )),
        }
    }

    /// A tree with import roots in it; `shown` names it to the user.
    ///
    /// # Errors
    /// When it holds no proto file.
    pub fn project(tree: Arc<dyn Tree>, shown: &str) -> Result<Self> {
        if has_files(&*tree) {
            Ok(Self::Project(tree))
        } else {
            Err(nothing(shown))
        }
    }

    /// The import roots of the baseline: those of today's `roots`, found by where they lie under `top`, the directory of
    /// the configuration or of the input with all links resolved. Where the baseline has none of them, it was made of a
    /// root itself. Roots outside of `top` are the same in both.
    pub fn roots(&self, roots: &[Root], top: &Path) -> Vec<Root> {
        let tree = match self {
            Self::Files(tree, targets) => {
                let names = Mutex::new(Vec::new());
                tree.visit(targets, &|found| {
                    let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
                    names.push(found.path);
                });
                let mut names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
                let checked = || roots.iter().filter_map(|root| root.targets.as_ref());
                names.retain(|name| checked().any(|targets| targets.admits(name)));
                return vec![Root {
                    tree: Arc::clone(tree),
                    disk: None,
                    targets: Some(Selection::only(names)),
                }];
            }
            Self::Project(tree) => tree,
        };
        let mut found = Vec::new();
        let mut outside = Vec::new();
        let mut is_found = false;
        for root in roots {
            let place = root.disk.as_ref();
            let place = place.and_then(|disk| relative(disk.real(), top));
            let Some(place) = place else {
                found.push(root.clone());
                outside.push(root.clone());
                continue;
            };
            let before = Root {
                tree: Subtree::of(tree, &place),
                ..root.clone()
            };
            is_found |= !place.is_empty() && has_files(&*before.tree);
            found.push(before);
        }
        let is_top_a_root = roots
            .iter()
            .filter_map(|root| root.disk.as_ref())
            .any(|disk| disk.real() == top);
        if is_found || is_top_a_root {
            return found;
        }
        // Today's roots with nothing in them would be in the way of the one that there is, which stands for the one that
        // is checked where there is but one.
        let mut checked = roots.iter().filter(|root| root.targets.is_some());
        let whole = match (checked.next(), checked.next()) {
            (Some(root), None) => Root {
                tree: Arc::clone(tree),
                ..root.clone()
            },
            _ => Root::whole(Arc::clone(tree)),
        };
        let mut found = vec![whole];
        found.append(&mut outside);
        found
    }
}

fn has_files(tree: &dyn Tree) -> bool {
    let is_found = std::sync::atomic::AtomicBool::new(false);
    tree.visit(&Selection::all(), &|_| {
        is_found.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    is_found.into_inner()
}

/// Whether `text` names a baseline that is no revision: it is spelled as an input, or no revision has that name and a
/// directory has.
pub fn is_input(text: &str, is_revision: impl FnOnce(&str) -> bool) -> bool {
    Input::is_spelled(text) || !is_revision(text) && fs::metadata(text).is_ok()
}

fn nothing(shown: &str) -> Diagnostic {
    Diagnostic::without_place(
        INPUT,
        Severity::Error,
        format!("`{shown}` holds no `.proto` file"),
    )
    .with_help("check `subdir=` and `strip_components=`, or name another baseline")
}
