/// Which files of a tree are meant: those under some paths, without those under others.
///
/// Paths are relative to the tree, with `/`; each names a file or a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    only: Vec<String>,
    within: Vec<String>,
    excludes: Vec<String>,
}

impl Selection {
    /// Every file.
    pub fn all() -> Self {
        Self::default()
    }

    /// The files that are, or lie under, one of `paths`. A path of the tree itself (`.` or empty) means every file.
    pub fn only<P: AsRef<str>>(paths: impl IntoIterator<Item = P>) -> Self {
        let only: Vec<String> = paths
            .into_iter()
            .map(|path| trimmed(path.as_ref()))
            .collect();
        if only.iter().any(String::is_empty) {
            return Self::all();
        }
        Self {
            only,
            ..Self::default()
        }
    }

    /// Keeps only what is, or lies under, one of `paths` too. No path at all changes nothing.
    #[must_use]
    pub fn within<P: AsRef<str>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.within = Self::only(paths).only;
        self
    }

    /// Leaves out what is, or lies under, one of `paths`.
    #[must_use]
    pub fn without<P: AsRef<str>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.excludes
            .extend(paths.into_iter().map(|path| trimmed(path.as_ref())));
        self
    }

    /// Whether the file of that path is meant.
    pub fn admits(&self, path: &str) -> bool {
        let is_in = |paths: &[String]| {
            paths.is_empty() || paths.iter().any(|included| is_under(path, included))
        };
        is_in(&self.only) && is_in(&self.within) && !self.is_excluded(path)
    }

    /// Whether something under the directory of that path may be meant.
    pub fn enters(&self, directory: &str) -> bool {
        let leads_to = |paths: &[String]| {
            paths.is_empty()
                || paths
                    .iter()
                    .any(|included| is_under(directory, included) || is_under(included, directory))
        };
        leads_to(&self.only) && leads_to(&self.within) && !self.is_excluded(directory)
    }

    /// Whether a visit of the tree comes to the file of that path: it is meant, and neither it nor a directory above
    /// it is hidden, unless it was named.
    pub fn visits(&self, path: &str) -> bool {
        self.admits(path) && self.shows(path)
    }

    /// Whether a visit of the tree enters the directory of that path.
    pub fn visits_under(&self, directory: &str) -> bool {
        self.enters(directory) && self.shows(directory)
    }

    fn shows(&self, path: &str) -> bool {
        let mut end = 0;
        path.split('/').all(|part| {
            end += part.len() + 1;
            !part.starts_with('.') || path.get(..end - 1).is_some_and(|hidden| self.names(hidden))
        })
    }

    /// Whether a path was named, or one under it: then it is meant even where it is hidden.
    fn names(&self, path: &str) -> bool {
        self.only.iter().any(|only| is_under(only, path))
    }

    fn is_excluded(&self, path: &str) -> bool {
        self.excludes.iter().any(|exclude| is_under(path, exclude))
    }
}

/// Whether `path` is `directory` or lies under it.
fn is_under(path: &str, directory: &str) -> bool {
    directory.is_empty()
        || path
            .strip_prefix(directory)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path without a leading `./` and closing `/`; empty for the tree itself.
fn trimmed(path: &str) -> String {
    let mut path = path.trim_end_matches('/');
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    if path == "." { "" } else { path }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_admitted_by_itself_and_by_its_directories() {
        let selection = Selection::only(["a/b", "./c.proto", "d/"]).without(["a/b/gen"]);
        for path in ["a/b/x.proto", "a/b/c/x.proto", "c.proto", "d/x.proto"] {
            assert!(selection.admits(path), "{path}");
        }
        for path in ["a/x.proto", "a/bc/x.proto", "a/b/gen/x.proto", "c.protobuf"] {
            assert!(!selection.admits(path), "{path}");
        }
    }

    #[test]
    fn a_directory_is_entered_on_the_way_to_a_path() {
        let selection = Selection::only(["a/b"]).without(["a/b/gen"]);
        for path in ["", "a", "a/b", "a/b/c"] {
            assert!(selection.enters(path), "{path}");
        }
        for path in ["b", "ab", "a/c", "a/b/gen", "a/b/gen/x"] {
            assert!(!selection.enters(path), "{path}");
        }
    }

    #[test]
    fn the_tree_itself_means_every_file() {
        assert_eq!(Selection::only(["a", "."]), Selection::all());
        assert_eq!(Selection::only(["./"]), Selection::all());
    }
}
