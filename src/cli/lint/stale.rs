//! What a baseline of findings holds and nothing has any more: told, or taken out.

use std::path::Path;

use super::known::note;
use crate::checks::KnownFindings;
use crate::cli::Result;
use crate::diagnostic::{Diagnostic, Severity};
use crate::schema::{Definition, Role, Schema};
use crate::sources::replace;

/// How many entries are named one by one.
const SHOWN: usize = 10;

/// A rule, a symbol, and how many of its findings.
type Entry<'k> = (&'k str, &'k str, u32);

/// Tells of the names in a baseline that are no rules.
pub(super) fn unknown_rules(known: &KnownFindings) -> Vec<Diagnostic> {
    let unknown = known.unknown_rules().into_iter().map(|id| {
        let message = format!("the baseline names `{id}`, which is no rule");
        note(Severity::Warning, message).with_help("remove it with `--prune-baseline`")
    });
    unknown.collect()
}

/// What is left in a baseline after a run over these schemas, each with whether it is all that its configuration
/// governs. What another run looks at is not stale because this one does not.
pub(super) fn entries<'k>(left: &'k KnownFindings, linted: &[(Schema, bool)]) -> Vec<Entry<'k>> {
    let is_stale = |symbol: &str| {
        let mut homes = linted
            .iter()
            .map(|(schema, is_whole)| (home(schema, symbol), *is_whole));
        let is_seen = homes.clone().any(|(home, _)| home == Some(Role::Target));
        is_seen || homes.all(|(home, is_whole)| is_whole && home.is_none())
    };
    left.left()
        .filter(|(_, symbol, _)| is_stale(symbol))
        .collect()
}

/// Takes entries out of the baseline as it was `written`, and those of `left` whose rule is none; tells how many.
pub(super) fn prune(
    path: &Path,
    mut written: KnownFindings,
    left: &KnownFindings,
    stale: Vec<Entry<'_>>,
) -> Result<Diagnostic> {
    let before = written.len();
    let unknown = left.unknown_rules();
    let is_unknown = |(id, ..): &Entry<'_>| unknown.contains(id);
    written.forget(stale);
    let of_unknown = left.left().filter(is_unknown);
    written.forget(of_unknown.map(|(id, symbol, _)| (id, symbol, u32::MAX)));
    if written.len() != before {
        replace::write(path, written.text().as_bytes())?;
    }
    let message = format!(
        "`{}`: {} removed, {} left",
        path.display(),
        before - written.len(),
        written.len()
    );
    Ok(note(Severity::Info, message))
}

/// Why the file is here that a symbol is of; none where nothing has that name any more.
fn home(schema: &Schema, symbol: &str) -> Option<Role> {
    if let Some(file) = schema.file_named(symbol) {
        return Some(file.role());
    }
    let mut name = symbol;
    loop {
        let found = schema.symbol(name);
        if let Some(found) = found.filter(|found| found.definition != Definition::Package) {
            return Some(schema.file(found.file).role());
        }
        name = name.rsplit_once('.')?.0;
    }
}

/// Tells of entries, the first ones one by one.
pub(super) fn notes(path: &Path, stale: &[Entry<'_>]) -> Vec<Diagnostic> {
    let shown = path.display();
    let mut notes: Vec<Diagnostic> = stale
        .iter()
        .take(SHOWN)
        .map(|(id, symbol, count)| {
            let often = match count {
                1 => String::new(),
                count => format!(" {count} times"),
            };
            let message =
                format!("`{shown}` holds `{id}` of `{symbol}`{often}, which is not found any more");
            note(Severity::Warning, message).with_help("remove it with `--prune-baseline`")
        })
        .collect();
    if let Some(more) = stale.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let message = format!("`{shown}` holds {more} more that are not found any more");
        notes.push(note(Severity::Warning, message));
    }
    notes
}
