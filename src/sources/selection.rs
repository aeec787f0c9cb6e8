/// Which files of a tree are meant: those under some paths, without those under others.
///
/// Paths are relative to the tree, with `/`; each names a file or a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    only: Option<Paths>,
    within: Option<Paths>,
    excludes: Paths,
}

impl Selection {
    /// Every file.
    pub fn all() -> Self {
        Self::default()
    }

    /// The files that are, or lie under, one of `paths`; none where there are no paths. A path of the tree itself (`.`
    /// or empty) means every file.
    pub fn only<P: AsRef<str>>(paths: impl IntoIterator<Item = P>) -> Self {
        Self {
            only: Some(Paths::of(paths)),
            ..Self::default()
        }
    }

    /// Keeps only what is, or lies under, one of `paths` too. No path at all changes nothing.
    #[must_use]
    pub fn within<P: AsRef<str>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        let paths = Paths::of(paths);
        self.within = (!paths.0.is_empty()).then_some(paths);
        self
    }

    /// Leaves out what is, or lies under, one of `paths`.
    #[must_use]
    pub fn without<P: AsRef<str>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        let more = Paths::of(paths).0;
        self.excludes = Paths::of(self.excludes.0.into_iter().chain(more));
        self
    }

    /// The same files of a tree in which this one is the directory `prefix`.
    #[must_use]
    pub fn under(&self, prefix: &str) -> Self {
        let moved = |paths: &Paths| Paths::of(paths.0.iter().map(|path| join(prefix, path)));
        Self {
            only: Some(match &self.only {
                Some(only) => moved(only),
                None => Paths::of([prefix]),
            }),
            within: self.within.as_ref().map(moved),
            excludes: moved(&self.excludes),
        }
    }

    /// Whether the file of that path is meant.
    pub fn admits(&self, path: &str) -> bool {
        self.included().all(|paths| paths.hold(path)) && !self.excludes.hold(path)
    }

    /// Whether something under the directory of that path may be meant.
    pub fn enters(&self, directory: &str) -> bool {
        self.included()
            .all(|paths| paths.hold(directory) || paths.lie_under(directory))
            && !self.excludes.hold(directory)
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

    fn included(&self) -> impl Iterator<Item = &Paths> {
        self.only.iter().chain(&self.within)
    }

    fn shows(&self, path: &str) -> bool {
        let is_named = |hidden: &str| {
            let named = self.only.as_ref();
            named.is_some_and(|only| only.contain(hidden) || only.lie_under(hidden))
        };
        let mut end = 0;
        path.split('/').all(|part| {
            end += part.len() + 1;
            !part.starts_with('.') || path.get(..end - 1).is_some_and(is_named)
        })
    }
}

/// Paths of files and directories, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Paths(Vec<String>);

impl Paths {
    fn of<P: AsRef<str>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut paths: Vec<String> = paths
            .into_iter()
            .map(|path| trimmed(path.as_ref()))
            .collect();
        paths.sort_unstable();
        paths.dedup();
        Self(paths)
    }

    fn contain(&self, path: &str) -> bool {
        let at = self.0.binary_search_by(|known| known.as_str().cmp(path));
        at.is_ok()
    }

    /// Whether `path` is, or lies under, one of them.
    fn hold(&self, path: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let mut path = path;
        loop {
            if self.contain(path) {
                return true;
            }
            match path.rsplit_once('/') {
                Some((parent, _)) => path = parent,
                None => return self.contain(""),
            }
        }
    }

    /// Whether one of them lies under `directory`.
    fn lie_under(&self, directory: &str) -> bool {
        if directory.is_empty() {
            return !self.0.is_empty();
        }
        // `/` follows `-` and `.`: what begins with `directory/` need not come right after `directory`.
        let start = self.0.partition_point(|path| {
            let head = path.get(..directory.len()).unwrap_or(path);
            (head, path.as_bytes().get(directory.len())) < (directory, Some(&b'/'))
        });
        self.0.get(start).is_some_and(|path| {
            path.strip_prefix(directory)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// `path` under `directory`, either of which may be empty.
fn join(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) => path.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
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
    fn the_tree_itself_means_every_file_and_no_path_means_none() {
        for selection in [Selection::only(["a", "."]), Selection::only(["./"])] {
            assert!(selection.admits("b/c.proto") && selection.enters("b"));
        }
        let nothing = Selection::only([""; 0]);
        assert!(!nothing.admits("b/c.proto") && !nothing.enters("b") && !nothing.enters(""));
    }

    #[test]
    fn names_that_sort_between_a_directory_and_its_content_are_no_hindrance() {
        let selection = Selection::only(["a-b/x", "a.proto", "a/b", "ab"]);
        assert!(selection.enters("a") && selection.admits("a/b/c.proto"));
        assert!(!selection.admits("a/c.proto") && !selection.enters("a-"));
    }

    #[test]
    fn a_hidden_path_is_visited_where_it_is_named() {
        let selection = Selection::only([".a/b"]);
        assert!(selection.visits_under(".a") && selection.visits(".a/b/c.proto"));
        assert!(!selection.visits(".a/b/.c.proto"));
        assert!(!Selection::all().visits(".a/b.proto"));
    }

    #[test]
    fn a_selection_can_be_moved_into_a_directory() {
        let selection = Selection::only(["a"]).without(["a/b"]).under("p");
        assert!(selection.admits("p/a/c.proto"));
        assert!(!selection.admits("p/a/b/c.proto") && !selection.admits("a/c.proto"));
        assert!(Selection::all().under("p").admits("p/c.proto"));
        assert!(!Selection::all().under("p").admits("c.proto"));
    }
}
