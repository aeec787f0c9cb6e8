//! Who owns which file, as CODEOWNERS says: GitHub's and GitLab's reading of it.
//!
//! GitHub: <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>,
//! GitLab: <https://docs.gitlab.com/user/project/codeowners/reference/>. In both the last pattern that matches decides; in
//! GitLab's in each section for itself, and the owners of all sections are asked.

use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};

/// Where the file may lie, the first one counts; whether it is GitLab's.
pub const OWNERS_FILES: [(&str, bool); 4] = [
    (".github/CODEOWNERS", false),
    ("CODEOWNERS", false),
    ("docs/CODEOWNERS", false),
    (".gitlab/CODEOWNERS", true),
];

/// The owners of the files of a repository.
#[derive(Debug, Default)]
pub struct Owners {
    sections: Vec<Section>,
}

#[derive(Debug, Default)]
struct Section {
    /// In lower case, since letter case does not count; empty for what stands before the first one.
    name: String,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    globs: Vec<GlobMatcher>,
    /// Whether it takes files out of the section instead of giving them owners.
    is_exclusion: bool,
    owners: Arc<[Box<str>]>,
}

/// A line that is no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line<'t> {
    Section {
        name: &'t str,
        owners: Vec<&'t str>,
    },
    Entry {
        pattern: String,
        owners: Vec<&'t str>,
    },
}

impl Owners {
    /// Reads a file. It is read as GitLab does where `is_gitlab` says so, or where it has sections, which GitHub does
    /// not know. A line that cannot be understood gives no file an owner, as in both.
    pub fn parse(text: &str, is_gitlab: bool) -> Self {
        let is_gitlab = is_gitlab || text.lines().any(|line| section(line.trim()).is_some());
        let mut owners = Self {
            sections: vec![Section::default()],
        };
        let mut current = 0;
        let mut defaults: Arc<[Box<str>]> = Arc::default();
        for line in text.lines() {
            match read(line.trim(), is_gitlab) {
                None => {}
                Some(Line::Section {
                    name,
                    owners: named,
                }) => {
                    current = owners.section(&name.to_lowercase());
                    defaults = shared(&named);
                }
                Some(Line::Entry {
                    pattern,
                    owners: named,
                }) => {
                    let (pattern, is_exclusion) = match pattern.strip_prefix('!') {
                        Some(pattern) if is_gitlab => (pattern, true),
                        _ => (pattern.as_str(), false),
                    };
                    let Some(globs) = globs(pattern, is_gitlab) else {
                        continue;
                    };
                    let named = match named.is_empty() {
                        true => Arc::clone(&defaults),
                        false => shared(&named),
                    };
                    if let Some(section) = owners.sections.get_mut(current) {
                        section.entries.push(Entry {
                            globs,
                            is_exclusion,
                            owners: named,
                        });
                    }
                }
            }
        }
        owners
    }

    /// Whether nothing has an owner.
    pub fn is_empty(&self) -> bool {
        self.sections
            .iter()
            .all(|section| section.entries.is_empty())
    }

    /// The owners of a file, by its path in the repository.
    pub fn of(&self, path: &str) -> Arc<[Box<str>]> {
        let mut of_sections = self.sections.iter().filter_map(|section| section.of(path));
        let Some(first) = of_sections.next() else {
            return Arc::default();
        };
        let mut all: Vec<Box<str>> = Vec::new();
        for owner in of_sections.flat_map(|owners| owners.iter()) {
            if !first.contains(owner) && !all.contains(owner) {
                all.push(owner.clone());
            }
        }
        if all.is_empty() {
            return Arc::clone(first);
        }
        first.iter().cloned().chain(all).collect()
    }

    /// The position of the section of that name; sections of the same name are one.
    fn section(&mut self, name: &str) -> usize {
        let known = self
            .sections
            .iter()
            .position(|section| section.name == name);
        known.unwrap_or_else(|| {
            self.sections.push(Section {
                name: name.to_owned(),
                entries: Vec::new(),
            });
            self.sections.len() - 1
        })
    }
}

impl Section {
    fn of(&self, path: &str) -> Option<&Arc<[Box<str>]>> {
        let matches = |entry: &&Entry| entry.globs.iter().any(|glob| glob.is_match(path));
        // What a section excludes, no later line of it brings back.
        if self
            .entries
            .iter()
            .filter(|entry| entry.is_exclusion)
            .any(|entry| matches(&entry))
        {
            return None;
        }
        self.entries
            .iter()
            .rev()
            .find(matches)
            .map(|entry| &entry.owners)
    }
}

fn shared(owners: &[&str]) -> Arc<[Box<str>]> {
    owners.iter().map(|&owner| owner.into()).collect()
}

fn read(line: &str, is_gitlab: bool) -> Option<Line<'_>> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    if is_gitlab && let Some((name, rest)) = section(line) {
        return Some(Line::Section {
            name,
            owners: owners(rest),
        });
    }
    let (pattern, rest) = pattern(line);
    Some(Line::Entry {
        pattern,
        owners: owners(rest),
    })
}

/// `[Name]`, `^[Name]` for one whose approval is optional, `[Name][2]` for one that wants several approvals.
fn section(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix('^').unwrap_or(line);
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    let rest = match rest
        .strip_prefix('[')
        .and_then(|count| count.split_once(']'))
    {
        Some((_, rest)) => rest,
        None => rest,
    };
    let is_section = !name.is_empty() && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    is_section.then_some((name, rest))
}

/// The pattern at the start of a line, with `\ ` and `\#` read, and what follows.
fn pattern(line: &str) -> (String, &str) {
    let mut pattern = String::new();
    let mut chars = line.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => match chars.clone().next() {
                Some((_, escaped @ (' ' | '#' | '\t'))) => {
                    pattern.push(escaped);
                    chars.next();
                }
                _ => pattern.push('\\'),
            },
            char if char.is_whitespace() => return (pattern, line.get(at..).unwrap_or_default()),
            char => pattern.push(char),
        }
    }
    (pattern, "")
}

/// `@user`, `@org/team`, `name@example.org`, up to a comment.
fn owners(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .take_while(|word| !word.starts_with('#'))
        .filter(|word| word.contains('@'))
        .collect()
}

/// What a pattern matches: the file itself, and where it can be a directory all that lies below.
fn globs(pattern: &str, is_gitlab: bool) -> Option<Vec<GlobMatcher>> {
    let body = pattern.trim_end_matches('/');
    let is_directory = body.len() < pattern.len();
    let is_anchored = match is_gitlab {
        // "A path that does not start with / is treated as if it did with **/."
        true => pattern.starts_with('/'),
        false => body.contains('/'),
    };
    let body = body.trim_start_matches('/');
    let start = if is_anchored || body.starts_with("**/") {
        ""
    } else {
        "**/"
    };
    if body.is_empty() {
        return glob("**").map(|all| vec![all]);
    }
    let below = format!("{start}{body}/**");
    if is_directory {
        return Some(vec![glob(&below)?]);
    }
    let itself = glob(&format!("{start}{body}"))?;
    // `docs/*` means the files of the directory only; `*` and `*.js` match directories too, and what is in them.
    let names_files_only = is_gitlab || (body.contains('/') && body.ends_with("/*"));
    if names_files_only {
        return Some(vec![itself]);
    }
    Some(vec![itself, glob(&below)?])
}

fn glob(text: &str) -> Option<GlobMatcher> {
    let built = GlobBuilder::new(text).literal_separator(true).build();
    built.ok().map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_gitlab: bool, expected: &[(&str, &[&str])]) {
        let owners = Owners::parse(text, is_gitlab);
        for (path, expected) in expected {
            let found = owners.of(path);
            let found: Vec<&str> = found.iter().map(|owner| &**owner).collect();
            assert_eq!(&found, expected, "{path}");
        }
    }

    #[test]
    fn the_last_pattern_decides_at_github() {
        check(
            "# all\n*       @global1 @global2\n*.proto @protos # them\n/build/logs/ @logs\ndocs/* docs@example.org\n\
             apps/ @octocat\n/apps/github @hub\n/apps/none\n**/logs @deep\na\\ b.txt @space\n/exact @exact\n",
            false,
            &[
                ("x.js", &["@global1", "@global2"]),
                ("a/b.proto", &["@protos"]),
                ("build/logs/x/y", &["@deep"]),
                ("other/build/x", &["@global1", "@global2"]),
                ("docs/a.md", &["docs@example.org"]),
                ("docs/a/b.md", &["@global1", "@global2"]),
                ("x/apps/y", &["@octocat"]),
                ("apps/github/x", &["@hub"]),
                ("apps/none/x", &[]),
                ("x/y/logs/z", &["@deep"]),
                ("a b.txt", &["@space"]),
                ("exact", &["@exact"]),
                ("exact/below", &["@exact"]),
                ("other/exact", &["@global1", "@global2"]),
            ],
        );
    }

    #[test]
    fn sections_are_gitlabs() {
        check(
            "* @all\n\n[Documentation] @docs\n*.md\nREADME.md @readme\n\n^[Contracts][2] @team @lead\nproto/\n\
             !proto/generated.proto\nproto/special.proto @special\n[DOCUMENTATION]\n/top.md @top\n",
            false,
            &[
                ("x.rs", &["@all"]),
                ("a/x.md", &["@all", "@docs"]),
                ("README.md", &["@all", "@readme"]),
                ("top.md", &["@all", "@top"]),
                ("proto/a.proto", &["@all", "@team", "@lead"]),
                ("x/proto/a.proto", &["@all", "@team", "@lead"]),
                ("proto/special.proto", &["@all", "@special"]),
                ("proto/generated.proto", &["@all"]),
            ],
        );
        check(
            "docs/*.md @docs\n/lib @lib\n/lib/ @below\n",
            true,
            &[
                ("x/docs/a.md", &["@docs"]),
                ("lib", &["@lib"]),
                ("lib/a", &["@below"]),
            ],
        );
    }

    #[test]
    fn odd_files_give_no_owners() {
        for text in [
            "", "[", "[]", "[x", "{ @a", "[a-\n", "\\", "!", "/ ", "* nobody", "\u{0} @",
        ] {
            let _ = Owners::parse(text, false).of("a.proto");
            let _ = Owners::parse(text, true).of("a.proto");
        }
        check("a[b @x\n* @y\n", false, &[("z", &["@y"])]);
    }
}
