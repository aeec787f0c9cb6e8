//! Tags: the releases that a project made.

use std::cmp::Ordering;

use gix::bstr::BStr;
use gix::glob::wildmatch;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::{CommitId, Repository, Result, Revision, git_error, reason};

/// A tag and the commit it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The name without `refs/tags/`.
    pub name: String,
    /// The commit, also where the tag is annotated.
    pub commit: CommitId,
}

impl Repository {
    /// The tags whose names match `pattern` (`*`, `?`, `[…]`; `*` does not match `/`), sorted by version. Those that
    /// do not lead to a commit are left out.
    ///
    /// # Errors
    /// When the references cannot be read.
    pub fn tags(&self, pattern: &str) -> Result<Vec<Tag>> {
        let found = self.with(|repository| -> gix::Result<Vec<Tag>> {
            let mut tags = Vec::new();
            for reference in repository.references()?.tags()? {
                // A reference that cannot be read is none of ours to mend.
                let Ok(mut reference) = reference else {
                    continue;
                };
                let name = reference.name().shorten().to_string();
                let mode = wildmatch::Mode::NO_MATCH_SLASH_LITERAL;
                if gix::glob::wildmatch(BStr::new(pattern), BStr::new(&name), mode)
                    && let Ok(commit) = reference.peel_to_commit()
                {
                    tags.push(Tag {
                        name,
                        commit: CommitId(commit.id),
                    });
                }
            }
            Ok(tags)
        });
        let mut tags = found
            .map_err(|error| git_error(format!("the tags cannot be read: {}", reason(&error))))?;
        tags.sort_by(|a, b| by_version(&a.name, &b.name));
        Ok(tags)
    }

    /// The newest tag that matches: of those in the history of `head` the one with the newest commit, else the newest of
    /// all.
    pub(super) fn newest_tag(
        &self,
        pattern: &str,
        asked: &str,
        head: CommitId,
    ) -> Result<Revision> {
        let tags = self.tags(pattern)?;
        let found = match self.newest_in_history(&tags, head) {
            Some(tag) => Some((tag, None)),
            None => self.newest_of_all(&tags).map(|tag| {
                let note = format!("`{}` is not in the history of what is checked", tag.name);
                (tag, Some(note))
            }),
        };
        let Some((tag, note)) = found else {
            let remote = self.remote_or_origin();
            let what = match asked.strip_prefix("tag:") {
                Some(pattern) => format!("no tag matches `{pattern}`"),
                None => "there is no tag".to_owned(),
            };
            return Err(if self.is_shallow() {
                let command = format!("git fetch --unshallow --tags {remote}");
                self.needs_history(format!("{what} in this shallow clone"), &command)
            } else if self.has_remote() {
                git_error(what).with_help(format!("run `git fetch --tags {remote}`"))
            } else {
                git_error(what)
                    .with_reason("the repository has no remote that could be asked for one")
                    .with_help("name a branch or a commit, or make a tag with `git tag`")
            });
        };
        Ok(Revision {
            commit: tag.commit,
            name: tag.name.clone(),
            note,
        })
    }

    fn newest_in_history<'a>(&self, tags: &'a [Tag], head: CommitId) -> Option<&'a Tag> {
        self.with(|repository| {
            let walk = repository
                .rev_walk([head.0])
                .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
                .all()
                .ok()?;
            for commit in walk {
                let id = commit.ok()?.id;
                // The last one is of the highest version.
                if let Some(tag) = tags.iter().rev().find(|tag| tag.commit.0 == id) {
                    return Some(tag);
                }
            }
            None
        })
    }

    fn newest_of_all<'a>(&self, tags: &'a [Tag]) -> Option<&'a Tag> {
        // The last of the greatest ones: of the same time, the highest version.
        tags.iter().max_by_key(|tag| {
            self.with(|repository| {
                let commit = repository.find_commit(tag.commit.0).ok()?;
                commit.time().ok().map(|time| time.seconds)
            })
        })
    }
}

/// Orders names as versions: numbers by value, and what has a `-` suffix before what has none (`v1.0-rc1`, `v1.0`).
fn by_version(one: &str, other: &str) -> Ordering {
    let mut one = one;
    let mut other = other;
    loop {
        match (one.is_empty(), other.is_empty()) {
            (true, true) => return Ordering::Equal,
            (true, false) if other.starts_with('-') => return Ordering::Greater,
            (false, true) if one.starts_with('-') => return Ordering::Less,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let (a, rest_of_one) = part(one);
        let (b, rest_of_other) = part(other);
        let order = match (a.parse::<u128>(), b.parse::<u128>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
        (one, other) = (rest_of_one, rest_of_other);
    }
}

/// The leading digits of a text, or its first character.
fn part(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(digits.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered() {
        let sorted = [
            "v1.0.0-rc1",
            "v1.0.0-rc2",
            "v1.0.0-rc10",
            "v1.0.0",
            "v1.0.1",
            "v1.2.0",
            "v1.10.0",
            "v1.10.0.1",
            "v2.0.0",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(by_version(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(by_version(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
    }
}
