//! The graph of imports: what each file sees, and what is wrong with its import statements.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::symbols::indices;
use super::{FileId, SCHEMA, Schema};
use crate::diagnostic::Diagnostic;
use crate::syntax::tree::{Import, ImportKind, NodeIndex};

/// What a file imports and sees.
#[derive(Debug, Default)]
pub struct Imports {
    /// The file of each import statement, where there is one.
    direct: Vec<Option<FileId>>,
    /// The files whose names can be used: the file itself, its imports, and what these import publicly. Ascending.
    visible: Vec<FileId>,
    /// The same with `import option`: usable in options only. Ascending.
    visible_to_options: Vec<FileId>,
}

impl Imports {
    /// The file of each import statement, in order; `None` where it was not found.
    pub fn direct(&self) -> &[Option<FileId>] {
        &self.direct
    }

    /// Whether the names of `file` can be used.
    pub fn sees(&self, file: FileId) -> bool {
        self.visible.binary_search(&file).is_ok()
    }

    /// Whether the names of `file` can be used in options.
    pub fn sees_in_options(&self, file: FileId) -> bool {
        self.visible_to_options.binary_search(&file).is_ok()
    }

    /// The files whose names can be used, ascending, the file itself included.
    pub fn visible(&self) -> &[FileId] {
        &self.visible
    }

    /// The files whose names can be used in options, ascending, the file itself included.
    pub fn visible_to_options(&self) -> &[FileId] {
        &self.visible_to_options
    }
}

impl Schema {
    /// Finds the files behind the import statements and what each file sees.
    pub(super) fn link_imports(&mut self) {
        let ids: Vec<FileId> = self.ids().collect();
        let found: Vec<_> = ids.par_iter().map(|&id| self.find_imports(id)).collect();
        self.give(&ids, found, |file, (direct, errors)| {
            file.imports.direct = direct;
            file.errors.extend(errors);
        });
        self.report_cycles();
        let public: Vec<Vec<FileId>> = ids.par_iter().map(|&id| self.public_imports(id)).collect();
        let seen: Vec<_> = ids.par_iter().map(|&id| self.seen(id, &public)).collect();
        self.give(&ids, seen, |file, (visible, visible_to_options)| {
            file.imports.visible = visible;
            file.imports.visible_to_options = visible_to_options;
        });
    }

    /// The files that a file sees, and those that it sees in options; `public` has for each file what its importers
    /// see through it.
    fn seen(&self, id: FileId, public: &[Vec<FileId>]) -> (Vec<FileId>, Vec<FileId>) {
        let file = self.data(id);
        let mut visible = vec![id];
        let mut options_only = Vec::new();
        for (import, found) in file.syntax.tree().imports.iter().zip(&file.imports.direct) {
            let Some(found) = *found else { continue };
            let list = if import.kind == ImportKind::Option {
                &mut options_only
            } else {
                &mut visible
            };
            list.push(found);
            list.extend_from_slice(&public[found.get()]);
        }
        options_only.extend_from_slice(&visible);
        for list in [&mut visible, &mut options_only] {
            list.sort_unstable();
            list.dedup();
        }
        (visible, options_only)
    }

    /// The file of each import statement, and what is wrong with the statements.
    fn find_imports(&self, id: FileId) -> (Vec<Option<FileId>>, Vec<Diagnostic>) {
        let file = &self.data(id).syntax;
        let mut direct = Vec::with_capacity(file.tree().imports.len());
        let mut errors = Vec::new();
        let mut seen: FxHashMap<FileId, usize> = FxHashMap::default();
        for (at, import) in file.tree().imports.iter().enumerate() {
            let path = file.string_text(import.path);
            let span = file.span(import.path);
            let source = file.source();
            let found = self.by_name.get(path.as_ref()).copied();
            direct.push(found.filter(|&found| found != id));
            match found {
                None => errors.push(
                    Diagnostic::error(
                        SCHEMA,
                        source,
                        span,
                        format!("imported file `{path}` was not found"),
                    )
                    .with_help("check the path, which is relative to an import root, or name the root that holds it with `-I`"),
                ),
                Some(found) if found == id => errors.push(
                    Diagnostic::error(SCHEMA, source, span, "this file imports itself")
                        .with_help("remove the import"),
                ),
                Some(found) => {
                    if let Some(&first) = seen.get(&found) {
                        let first = file.span(file.tree().imports[first].path);
                        errors.push(
                            Diagnostic::error(
                                SCHEMA,
                                source,
                                span,
                                format!("`{path}` is imported twice"),
                            )
                            .with_label(source, first, "first imported here")
                            .with_help("remove one of the two imports"),
                        );
                    }
                    seen.entry(found).or_insert(at);
                }
            }
        }
        (direct, errors)
    }

    /// The import statements of a file that nothing of it needs; public ones are for others to need.
    ///
    /// Each file that something was found in counts for one import: the one that names it, else the first that leads
    /// to it through public imports. So does buf's `IMPORT_USED` count. protoc's warning is more lenient: it spares
    /// files that import publicly themselves, and `descriptor.proto` where any option is set.
    pub(super) fn unused_imports(&self, id: FileId) -> Vec<NodeIndex<Import>> {
        let data = self.data(id);
        let imports = &data.syntax.tree().imports;
        let direct = data.imports.direct();
        let mut is_used: Vec<bool> = imports
            .iter()
            .zip(direct)
            .map(|(import, found)| import.kind == ImportKind::Public || found.is_none())
            .collect();
        let mut through = None;
        for &used in &data.links.used {
            let named = direct.iter().position(|&found| found == Some(used));
            let import = named.or_else(|| {
                let through = through.get_or_insert_with(|| self.seen_through(direct));
                through.get(&used).copied()
            });
            if let Some(import) = import {
                is_used[import] = true;
            }
        }
        indices(imports)
            .filter(|index| !is_used.get(index.get()).copied().unwrap_or(true))
            .collect()
    }

    /// The files that are seen through these imports, each with the position of the first that shows it.
    fn seen_through(&self, direct: &[Option<FileId>]) -> FxHashMap<FileId, usize> {
        let mut through = FxHashMap::default();
        for (at, &found) in direct.iter().enumerate() {
            for shown in found.iter().flat_map(|&found| self.public_imports(found)) {
                through.entry(shown).or_insert(at);
            }
        }
        through
    }

    /// All files that importers of `id` see through it.
    fn public_imports(&self, id: FileId) -> Vec<FileId> {
        let mut found = Vec::new();
        let mut known: FxHashSet<FileId> = FxHashSet::default();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            let file = self.data(next);
            for (import, to) in file.syntax.tree().imports.iter().zip(&file.imports.direct) {
                if let (ImportKind::Public, Some(to)) = (import.kind, *to)
                    && to != id
                    && known.insert(to)
                {
                    found.push(to);
                    open.push(to);
                }
            }
        }
        found
    }

    /// Reports each import that closes a circle, once per circle found; then forgets it, so that the graph has none.
    fn report_cycles(&mut self) {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Open,
            Done,
        }
        let mut states = vec![State::New; self.files.len()];
        for root in self.ids() {
            let mut path: Vec<(FileId, usize)> = Vec::new();
            if states[root.get()] == State::New {
                states[root.get()] = State::Open;
                path.push((root, 0));
            }
            while let Some(top) = path.last_mut() {
                let (id, at) = *top;
                let Some(&import) = self.data(id).imports.direct.get(at) else {
                    states[id.get()] = State::Done;
                    path.pop();
                    continue;
                };
                top.1 += 1;
                let Some(to) = import else { continue };
                match states[to.get()] {
                    State::New => {
                        states[to.get()] = State::Open;
                        path.push((to, 0));
                    }
                    State::Open => {
                        let circle: Vec<FileId> = path
                            .iter()
                            .map(|&(id, _)| id)
                            .skip_while(|&id| id != to)
                            .collect();
                        self.report_cycle(id, at, &circle);
                    }
                    State::Done => {}
                }
            }
        }
    }

    /// Each file of a circle is told of its own import, as the circle can be broken at any; the last one is forgotten.
    fn report_cycle(&mut self, id: FileId, at: usize, circle: &[FileId]) {
        let mut way: Vec<&str> = circle
            .iter()
            .map(|&id| self.data(id).syntax.name())
            .collect();
        way.extend(way.first().copied());
        let way = way.join("` → `");
        let mut errors = Vec::with_capacity(circle.len());
        for (&from, &to) in circle.iter().zip(circle.iter().cycle().skip(1)) {
            let data = self.data(from);
            let import = if from == id {
                Some(at)
            } else {
                data.imports
                    .direct
                    .iter()
                    .position(|&found| found == Some(to))
            };
            let file = &data.syntax;
            let Some(import) = import.and_then(|at| file.tree().imports.get(at)) else {
                continue;
            };
            let error = Diagnostic::error(
                SCHEMA,
                file.source(),
                file.span(import.path),
                format!("this import closes a circle: `{way}`"),
            )
            .with_reason("files are read after those they import, so imports cannot form a circle")
            .with_help("move what both need to a file of its own");
            errors.push((from, error));
        }
        for (from, error) in errors {
            self.files[from.get()].errors.push(error);
        }
        self.files[id.get()].imports.direct[at] = None;
    }
}
