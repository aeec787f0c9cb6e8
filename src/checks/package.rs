//! The files of a module, grouped by what rules over several files ask for.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::schema::{File, FileId, Schema};

/// The files that are checked together: those of one module. Never empty.
pub struct Module<'s> {
    schema: &'s Schema,
    files: Vec<FileId>,
    ids: OnceLock<FxHashSet<FileId>>,
    packages: OnceLock<Vec<Package<'s>>>,
}

/// The files of a module that have one package. Never empty.
pub struct Package<'s> {
    /// The package; empty where there is none.
    pub name: &'s str,
    /// Its files, by path.
    pub files: Vec<File<'s>>,
}

impl<'s> Module<'s> {
    /// The module of these files; they are put in the order of their paths.
    pub(super) fn new(schema: &'s Schema, mut files: Vec<FileId>) -> Self {
        files.sort_by_key(|&file| schema.file(file).path());
        Self {
            schema,
            files,
            ids: OnceLock::new(),
            packages: OnceLock::new(),
        }
    }

    /// The schema of its files and of what they import.
    pub fn schema(&self) -> &'s Schema {
        self.schema
    }

    /// Its files, by path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = File<'s>> + Clone {
        let schema = self.schema;
        self.files.iter().map(move |&file| schema.file(file))
    }

    /// Whether the file is one of its own, not just imported.
    pub fn contains(&self, file: FileId) -> bool {
        let ids = self
            .ids
            .get_or_init(|| self.files.iter().copied().collect());
        ids.contains(&file)
    }

    /// Its files package by package, in the order of each package's first file; those without a package are together.
    pub fn packages(&self) -> &[Package<'s>] {
        self.packages.get_or_init(|| {
            group(self.files(), |file| file.package())
                .into_iter()
                .map(|(name, files)| Package { name, files })
                .collect()
        })
    }

    /// Its files directory by directory.
    pub fn directories(&self) -> Vec<(&'s str, Vec<File<'s>>)> {
        group(self.files(), |file| directory(file.path()))
    }
}

/// The directory of a path with `/`; empty for the root.
pub fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// What is left of a directory without the part that a package names: the import root of a file that lies where its package
/// says. Empty where nothing is left, `None` where the directory does not end with the package.
pub fn root_above<'d>(directory: &'d str, package: &str) -> Option<&'d str> {
    let root = directory.strip_suffix(&package.replace('.', "/"))?;
    match root.strip_suffix('/') {
        Some(root) => Some(root),
        None => root.is_empty().then_some(root),
    }
}

/// Files with the same key, in the order in which the keys come up.
fn group<'s>(
    files: impl Iterator<Item = File<'s>>,
    key: impl Fn(File<'s>) -> &'s str,
) -> Vec<(&'s str, Vec<File<'s>>)> {
    let mut groups: Vec<(&str, Vec<File<'_>>)> = Vec::new();
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for file in files {
        let name = key(file);
        let at = *known.entry(name).or_insert_with(|| {
            groups.push((name, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(file);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::root_above;

    #[test]
    fn a_root_ends_between_directories() {
        assert_eq!(root_above("proto/shop/v1", "shop.v1"), Some("proto"));
        assert_eq!(root_above("shop/v1", "shop.v1"), Some(""));
        assert_eq!(root_above("myshop/v1", "shop.v1"), None);
        assert_eq!(root_above("shop", "shop.v1"), None);
    }
}
