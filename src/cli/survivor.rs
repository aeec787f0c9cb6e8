//! Where to show that something is gone: reports want a place, and code hosts drop what has none.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::workspace::Workspace;
use crate::checks::Dialect;
use crate::diagnostic::{Diagnostic, Location};
use crate::schema::File;
use crate::sources::Selection;
use crate::text::{Source, Span};
use crate::workspace::Root;

/// Finds the places, and looks into each directory once: a change may take thousands of files away.
pub(super) struct Survivors<'a> {
    after: &'a Workspace,
    roots: &'a [Root],
    /// The first file in or below a directory, for those that were looked into.
    known: FxHashMap<String, Option<Arc<Source>>>,
}

impl<'a> Survivors<'a> {
    pub(super) fn new(after: &'a Workspace, roots: &'a [Root]) -> Self {
        Self {
            after,
            roots,
            known: FxHashMap::default(),
        }
    }

    /// Gives a finding about a file that is gone a place: the configuration that governs its directory, else the nearest
    /// file that is still there. Under buf's configuration it stays without one in the formats that are buf's.
    pub(super) fn place(&mut self, finding: &mut Diagnostic, gone: File<'_>) {
        let source = match &self.after.config.source {
            Some(source) => Arc::clone(source),
            None => (self.nearest(gone.path())).unwrap_or_else(|| Arc::clone(gone.source())),
        };
        let location = Some(Location::new(&source, Span::at(0)));
        match self.after.config.dialect {
            Dialect::Protogov => finding.location = location,
            Dialect::Buf(_) => finding.stand_in = location.map(Box::new),
        }
    }

    /// The first file in the directory that `gone` was in, or in the nearest one above it that holds any.
    fn nearest(&mut self, gone: &str) -> Option<Arc<Source>> {
        let mut directories = Path::new(gone).ancestors().skip(1);
        directories.find_map(|directory| {
            let directory = directory.to_str()?;
            if let Some(known) = self.known.get(directory) {
                return known.clone();
            }
            let first = first_in(directory, self.roots);
            self.known.insert(directory.to_owned(), first.clone());
            first
        })
    }
}

fn first_in(directory: &str, roots: &[Root]) -> Option<Arc<Source>> {
    let mut checked = roots.iter().filter(|root| root.targets.is_some());
    checked.find_map(|root| {
        let names = Mutex::new(Vec::new());
        // What cannot be read is no place to point at.
        let _ = root.tree.visit(&Selection::only([directory]), &|found| {
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            names.push(found.path);
        });
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        let name = names.into_iter().min()?;
        let bytes = root.tree.read(&name).ok().flatten()?;
        let shown = root.tree.shown(&name);
        Source::new(name, shown, bytes).ok().map(Arc::new)
    })
}
