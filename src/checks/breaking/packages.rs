//! What each package of a schema holds, by name without the package.

use std::collections::BTreeMap;

use super::compare::{BreakingCx, Place, in_package, nested_name, surviving_place};
use crate::schema::diff::{Diff, map_entry_name};
use crate::schema::{File, Schema};
use crate::text::Span;

/// Where a thing is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'s> {
    pub(super) file: File<'s>,
    pub(super) span: Span,
}

/// The things of one package, each kind by name without the package.
#[derive(Debug, Default)]
pub(super) struct Package<'s> {
    /// Its files by path.
    pub(super) files: Vec<File<'s>>,
    pub(super) messages: BTreeMap<String, Found<'s>>,
    pub(super) enums: BTreeMap<String, Found<'s>>,
    pub(super) extensions: BTreeMap<String, Found<'s>>,
    pub(super) services: BTreeMap<String, Found<'s>>,
}

/// All packages of a schema; files without one are under the empty name.
pub(super) fn by_name(schema: &Schema) -> BTreeMap<&str, Package<'_>> {
    let mut packages: BTreeMap<&str, Package<'_>> = BTreeMap::new();
    let mut files: Vec<File<'_>> = schema.files().collect();
    files.sort_unstable_by_key(|file| file.path());
    for file in files {
        let name = file.package();
        let package = packages.entry(name).or_default();
        package.files.push(file);
        for message in file.all_messages() {
            let nested = nested_name(message.full_name(), name);
            for field in message.fields().filter(|field| field.is_map()) {
                let entry = format!("{nested}.{}", map_entry_name(&field.name()));
                let span = field.span();
                package.messages.insert(entry, Found { file, span });
            }
            let span = message.name().span;
            package
                .messages
                .insert(nested.to_owned(), Found { file, span });
        }
        for node in file.all_enums() {
            let nested = nested_name(node.full_name(), name).to_owned();
            let span = node.name().span;
            package.enums.insert(nested, Found { file, span });
        }
        for extension in file.all_extensions() {
            let nested = nested_name(&extension.full_name(), name).to_owned();
            let span = extension.span();
            package.extensions.insert(nested, Found { file, span });
        }
        for service in file.services() {
            let nested = service.name().text.to_owned();
            let span = service.name().span;
            package.services.insert(nested, Found { file, span });
        }
    }
    packages
}

/// The things of one kind that a package holds.
pub(super) type Kind<'p, 's> = &'p BTreeMap<String, Found<'s>>;

/// Reports the things of one kind, called `noun` and shown at `place`, that are gone from packages that still have some of
/// that kind: buf takes one that has none left for a package that moved.
pub(super) fn report_removed<'s>(
    diff: &Diff<'s>,
    noun: &str,
    kind: impl for<'p> Fn(&'p Package<'s>) -> Kind<'p, 's>,
    place: fn(&Diff<'s>, File<'s>, &str) -> Place<'s>,
    cx: &mut BreakingCx<'s>,
) {
    let current = by_name(diff.after());
    for (name, before) in by_name(diff.before()) {
        let Some(after) = current.get(name).map(&kind) else {
            continue;
        };
        if after.is_empty() {
            continue;
        }
        for (nested, found) in kind(&before) {
            if after.contains_key(nested) {
                continue;
            }
            cx.report(
                place(diff, found.file, nested),
                found.file,
                in_package(name, nested),
                format!("{noun} `{nested}` was removed from package `{name}`"),
            )
            .before(found.file, found.span, "declared here in the baseline")
            .help("keep it in the package, marked as deprecated");
        }
    }
}

/// Where something is shown that is gone from the package of `before`.
pub(super) fn place<'s>(diff: &Diff<'s>, before: File<'s>, nested: &str) -> Place<'s> {
    match diff.after().file_named(before.path()) {
        Some(after) => surviving_place(after, nested),
        None => Place::Nowhere,
    }
}
