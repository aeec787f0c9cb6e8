//! Two packages of one tree as two sides: what a step from `v1beta1` to `v1` would change for those who make it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::baseline::Sides;
use super::workspace::Workspace;
use crate::schema::{File, Role};
use crate::sources::{Memory, Selection};
use crate::workspace::Root;

/// Whether a text can be the name of a package.
pub(super) fn is_package(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.starts_with(|first: char| first.is_ascii_digit())
            && !word.is_empty()
            && word
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    text.split('.').all(is_word)
}

/// The files of package `from` under the name `to`, against those of package `to`; nothing where there are not both.
pub(super) fn sides(today: &Workspace, roots: &[Root], from: &str, to: &str) -> Option<Sides> {
    let of_package = |name: &str| -> Vec<File<'_>> {
        let files = today.schema.files();
        files
            .filter(|file| file.role() == Role::Target && file.package() == name)
            .collect()
    };
    let (old, new) = (of_package(from), of_package(to));
    if old.is_empty() || new.is_empty() {
        return None;
    }
    let (old_path, new_path) = (from.replace('.', "/"), to.replace('.', "/"));
    let renamed = |text: &str| {
        let text = replace_name(text, from, to);
        replace_name(&text, &old_path, &new_path)
    };
    let files = old.iter().map(|file| {
        let text = renamed(file.source().text());
        (renamed(file.path()), text.into_bytes())
    });
    let memory: Memory = Memory::new(format!("package `{from}`"), files);
    let imports = roots.iter().map(|root| Root {
        targets: None,
        ..root.clone()
    });
    let before: Vec<Root> = std::iter::once(Root::whole(Arc::new(memory)))
        .chain(imports)
        .collect();
    let names: BTreeSet<&str> = new.iter().map(|file| file.path()).collect();
    let after: Vec<Root> = roots
        .iter()
        .map(|root| Root {
            targets: root.targets.as_ref().and_then(|_| {
                let held = names.iter().filter(|name| root.tree.contains(name));
                let held: Vec<&&str> = held.collect();
                (!held.is_empty()).then(|| Selection::only(held))
            }),
            ..root.clone()
        })
        .collect();
    Some(Sides {
        before,
        checked: after.clone(),
        after,
        change_count: None,
        note: None,
        past: None,
    })
}

/// Replaces a name where it is not part of a longer one: `a.v1` in `a.v1.M`, not in `a.v1beta1` or `xa.v1`.
fn replace_name(text: &str, from: &str, to: &str) -> String {
    let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (head, tail) = rest.split_at(at);
        let tail = tail.get(from.len()..).unwrap_or_default();
        let before = head
            .chars()
            .next_back()
            .or_else(|| replaced.chars().next_back());
        let is_name = !before.is_some_and(is_part) && !tail.starts_with(is_part);
        replaced.push_str(head);
        replaced.push_str(if is_name { to } else { from });
        rest = tail;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_as_a_whole() {
        for (text, expected) in [
            ("package a.v1beta1;", "package a.v1;"),
            (
                ".a.v1beta1.M x = 1; a.v1beta1x.M",
                ".a.v1.M x = 1; a.v1beta1x.M",
            ),
            ("xa.v1beta1 b.a.v1beta1", "xa.v1beta1 b.a.v1"),
            ("é a.v1beta1 é", "é a.v1 é"),
            ("a.v1beta1a.v1beta1", "a.v1beta1a.v1beta1"),
        ] {
            assert_eq!(replace_name(text, "a.v1beta1", "a.v1"), expected);
        }
    }

    #[test]
    fn revisions_are_no_packages_but_for_words() {
        for (text, expected) in [
            ("shop.v1beta1", true),
            ("main", true),
            ("v1.2.0", false),
            ("HEAD~1", false),
            ("a/b", false),
            ("", false),
            ("a..b", false),
        ] {
            assert_eq!(is_package(text), expected, "{text}");
        }
    }
}
