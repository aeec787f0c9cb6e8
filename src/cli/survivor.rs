//! Where to show that something is gone: reports want a place, and code hosts drop what has none.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::input::Workspace;
use crate::checks::Dialect;
use crate::diagnostic::{Diagnostic, Location};
use crate::schema::File;
use crate::sources::Selection;
use crate::text::{Source, Span};
use crate::workspace::Root;

/// Gives a finding about a file that is gone a place: the configuration that governs its directory, else the nearest
/// file that is still there. Under buf's configuration it stays without one in the formats that are buf's.
pub(super) fn place(finding: &mut Diagnostic, gone: File<'_>, after: &Workspace, roots: &[Root]) {
    let source = match &after.config.source {
        Some(source) => Arc::clone(source),
        None => nearest(gone.path(), roots).unwrap_or_else(|| Arc::clone(gone.source())),
    };
    let location = Some(Location::new(&source, Span::at(0)));
    match after.config.dialect {
        Dialect::Protogov => finding.location = location,
        Dialect::Buf(_) => finding.stand_in = location,
    }
}

/// The first file in the directory that `gone` was in, or in the nearest one above it that holds any.
fn nearest(gone: &str, roots: &[Root]) -> Option<Arc<Source>> {
    let checked = || roots.iter().filter(|root| root.targets.is_some());
    for directory in Path::new(gone).ancestors().skip(1) {
        let directory = directory.to_str()?;
        for root in checked() {
            let names = Mutex::new(Vec::new());
            // What cannot be read is no place to point at.
            let _ = root.tree.visit(&Selection::only([directory]), &|found| {
                let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
                names.push(found.path);
            });
            let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
            let Some(name) = names.into_iter().min() else {
                continue;
            };
            let bytes = root.tree.read(&name).ok().flatten()?;
            let shown = root.tree.shown(&name);
            return Source::new(name, shown, bytes).ok().map(Arc::new);
        }
    }
    None
}
