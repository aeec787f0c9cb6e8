//! Paths and globs in configuration, all relative to the directory that the configuration governs.

use std::fmt;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Why a text is no path inside the directory that the configuration governs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadPath {
    /// It starts at the root of a file system.
    Absolute,
    /// It climbs out by `..`.
    Outside,
    /// It holds a character that no path has.
    Character(char),
    /// It is no glob.
    Glob(String),
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute => f.write_str("the path is absolute"),
            Self::Outside => {
                f.write_str("the path leads out of the directory of the configuration")
            }
            Self::Character(c) => write!(f, "the path holds the character {c:?}"),
            Self::Glob(error) => write!(f, "this is not a glob: {error}"),
        }
    }
}

impl std::error::Error for BadPath {}

/// Normalises a path with `/` that has to stay inside: no `.`, no `..`, no slash at the end; the directory itself is
/// the empty string.
///
/// # Errors
/// When it is absolute or leads out.
pub fn inside(text: &str) -> Result<String, BadPath> {
    if let Some(c) = text.chars().find(|&c| c.is_control() || c == '\\') {
        return Err(BadPath::Character(c));
    }
    let has_drive = text.as_bytes().get(1) == Some(&b':');
    if text.starts_with('/') || has_drive {
        return Err(BadPath::Absolute);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err(BadPath::Outside);
                }
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// Two normalised paths, one below the other.
pub fn join(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) => path.to_owned(),
        (directory, "") => directory.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
}

/// Whether the normalised `path` is `directory` or lies below it.
pub fn is_within(path: &str, directory: &str) -> bool {
    directory.is_empty()
        || path
            .strip_prefix(directory)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A set of files: directories and files by name, and globs. What names a directory covers all below it.
#[derive(Debug, Clone, Default)]
pub struct PathPatterns {
    literals: Vec<String>,
    globs: Vec<GlobSet>,
    texts: Vec<String>,
}

impl PathPatterns {
    /// The set that plain paths cover. They have to be normalised (see [`inside`]).
    pub fn of_paths(paths: impl IntoIterator<Item = String>) -> Self {
        let literals: Vec<String> = paths.into_iter().collect();
        Self {
            texts: literals.clone(),
            literals,
            globs: Vec::new(),
        }
    }

    /// The set that paths and globs cover: `*` and `?` stay in one directory, `**` goes through any number of them,
    /// `[ab]` and `{a,b}` choose.
    ///
    /// # Errors
    /// The position of the first text that is neither, and why.
    pub fn of_globs<'t>(
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, (usize, BadPath)> {
        let mut patterns = Self::default();
        let mut globs = GlobSetBuilder::new();
        let mut last = 0;
        for (at, text) in texts.into_iter().enumerate() {
            last = at;
            let text = inside(text).map_err(|error| (at, error))?;
            if text.contains(['*', '?', '[', '{']) {
                for pattern in [text.clone(), join(&text, "**")] {
                    let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                    globs.add(glob.map_err(|error| (at, BadPath::Glob(error.kind().to_string())))?);
                }
            } else {
                patterns.literals.push(text.clone());
            }
            patterns.texts.push(text);
        }
        let globs = globs
            .build()
            .map_err(|error| (last, BadPath::Glob(error.kind().to_string())))?;
        if !globs.is_empty() {
            patterns.globs.push(globs);
        }
        Ok(patterns)
    }

    /// Whether nothing is covered.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The paths and globs, normalised.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The plain paths among them.
    pub fn literals(&self) -> &[String] {
        &self.literals
    }

    /// Whether the normalised `path` is covered.
    pub fn covers(&self, path: &str) -> bool {
        self.literals.iter().any(|literal| is_within(path, literal))
            || self.globs.iter().any(|globs| globs.is_match(path))
    }

    /// Covers what `other` covers, too.
    pub fn extend(&mut self, other: &Self) {
        self.literals.extend_from_slice(&other.literals);
        self.globs.extend_from_slice(&other.globs);
        self.texts.extend_from_slice(&other.texts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(inside("./a//b/"), Ok("a/b".to_owned()));
        assert_eq!(inside("."), Ok(String::new()));
        assert_eq!(inside("a/../b"), Ok("b".to_owned()));
        assert_eq!(inside("../a"), Err(BadPath::Outside));
        assert_eq!(inside("a/../../b"), Err(BadPath::Outside));
        assert_eq!(inside("/a"), Err(BadPath::Absolute));
        assert_eq!(inside("C:/a"), Err(BadPath::Absolute));
        assert_eq!(inside("a\\b"), Err(BadPath::Character('\\')));
        assert_eq!(inside("a\0b"), Err(BadPath::Character('\0')));
    }

    #[test]
    fn a_directory_covers_what_is_below() {
        let patterns =
            PathPatterns::of_globs(["vendor", "**/gen", "api/*/internal.proto", "x[ab]"])
                .expect("globs");
        for path in [
            "vendor/a.proto",
            "gen/a.proto",
            "a/b/gen/c/d.proto",
            "api/v1/internal.proto",
            "xa/y.proto",
        ] {
            assert!(patterns.covers(path), "{path}");
        }
        for path in [
            "vendors/a.proto",
            "agen/a.proto",
            "api/v1/v2/internal.proto",
            "xc/y.proto",
        ] {
            assert!(!patterns.covers(path), "{path}");
        }
        assert!(PathPatterns::of_globs(["ok", "a[b"]).is_err());
        assert!(PathPatterns::of_globs(["{".repeat(5000).as_str()]).is_err());
    }
}
