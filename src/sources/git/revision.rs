//! From what a user calls a revision to a commit.

use gix::bstr::BStr;

use super::{CommitId, Repository, Result, git_error, reason};
use crate::diagnostic::Diagnostic;
use crate::sources::ci::Ci;

/// A commit and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The commit.
    pub commit: CommitId,
    /// The revision as it was found: `origin/main` where `main` was asked for and only that is there.
    pub name: String,
    /// What the user should know of how it was found.
    pub note: Option<String>,
}

impl Repository {
    /// The commit that `revision` names: whatever git resolves, `latest-tag`, or `tag:` and a pattern. A branch that is
    /// not there locally is looked for in the remote. The id of all zeros that CI systems give for a new branch stands
    /// for the default base. Tags are looked for in the history of `head` first.
    ///
    /// # Errors
    /// When it names no commit, with the command that brings one.
    pub fn resolve(&self, revision: &str, head: CommitId) -> Result<Revision> {
        if is_all_zeros(revision) {
            let mut base = self.default_base(head)?;
            let zeros = "a commit id of all zeros stands for a branch that is new";
            base.note = Some(match base.note {
                Some(note) => format!("{zeros}; {note}"),
                None => format!("{zeros}, and `{}` stands in for it", base.name),
            });
            return Ok(base);
        }
        if revision == "latest-tag" {
            return self.newest_tag("*", revision, head);
        }
        if let Some(pattern) = revision.strip_prefix("tag:") {
            return self.newest_tag(pattern, revision, head);
        }
        self.find(revision).ok_or_else(|| self.not_found(revision))
    }

    /// The commit that is checked out.
    ///
    /// # Errors
    /// When there is no commit yet.
    pub fn head(&self) -> Result<Revision> {
        self.with(|repository| match repository.head_id() {
            Ok(id) => Ok(Revision {
                commit: CommitId(id.detach()),
                name: "HEAD".to_owned(),
                note: None,
            }),
            Err(_) if repository.head().is_ok_and(|head| head.is_unborn()) => {
                Err(git_error("there is no commit yet".to_owned())
                    .with_reason("without one there is nothing to compare with, and no history")
                    .with_help("commit something first; `protogov lint` needs no commit"))
            }
            Err(error) => Err(
                git_error(format!("`HEAD` names no commit: {}", reason(&error)))
                    .with_reason("without it there is nothing to compare with, and no history")
                    .with_help("see what `git status` says of it"),
            ),
        })
    }

    /// The commit that a revision names, here or in the remote.
    pub(super) fn find(&self, revision: &str) -> Option<Revision> {
        let here = |name: &str| {
            self.commit_named(name).map(|commit| Revision {
                commit,
                name: name.to_owned(),
                note: None,
            })
        };
        here(revision).or_else(|| {
            let branch = revision.strip_prefix("refs/heads/").unwrap_or(revision);
            here(&format!("{}/{branch}", self.remote()?))
        })
    }

    fn commit_named(&self, revision: &str) -> Option<CommitId> {
        self.with(|repository| {
            let id = repository.rev_parse_single(BStr::new(revision)).ok()?;
            let commit = id.object().ok()?.peel_to_commit().ok()?;
            Some(CommitId(commit.id))
        })
    }

    /// The best common ancestor of two commits.
    ///
    /// # Errors
    /// When there is none, or the history was cut off before it.
    pub fn merge_base(&self, one: &Revision, other: &Revision) -> Result<CommitId> {
        let found = self.with(|repository| {
            repository
                .merge_base(one.commit.0, other.commit.0)
                .map(|base| base.map(|base| CommitId(base.detach())))
        });
        match found {
            Ok(Some(base)) => Ok(base),
            Ok(None) | Err(_) if self.is_shallow() => Err(self.needs_history(
                format!(
                    "the history that `{}` and `{}` have in common is not in this shallow clone",
                    one.name, other.name
                ),
                &format!("git fetch --unshallow {}", self.remote_or_origin()),
            )),
            Ok(None) => Err(git_error(format!(
                "`{}` and `{}` have no common ancestor",
                one.name, other.name
            ))
            .with_reason("the comparison is with the commit where the two histories part")
            .with_help("use `--tip` to compare with the revision itself")),
            Err(error) => Err(git_error(format!(
                "the histories of `{}` and `{}` cannot be read: {}",
                one.name,
                other.name,
                reason(&error)
            ))),
        }
    }

    pub(super) fn remote_or_origin(&self) -> String {
        self.remote().unwrap_or_else(|| "origin".to_owned())
    }

    /// The finding that the history is cut off, with what brings it.
    pub(super) fn needs_history(&self, message: String, command: &str) -> Diagnostic {
        let reason = "the clone was made with a limited depth, so older commits were never fetched";
        let ci = Ci::of(&self.environment).and_then(Ci::whole_history);
        let help = match ci {
            Some(setting) => format!("{setting}, or run `{command}` before this step"),
            None => format!("run `{command}`"),
        };
        git_error(message).with_reason(reason).with_help(help)
    }

    pub(super) fn not_found(&self, revision: &str) -> Diagnostic {
        let remote = self.remote_or_origin();
        let is_shallow = self.is_shallow();
        let start = start_of(revision);
        let wanted = match Wanted::of(revision) {
            // `main~9`, where `main` is there.
            _ if start != revision && !is_shallow && self.find(start).is_some() => {
                return self.has_no_ancestor(revision);
            }
            Wanted::Ancestor | Wanted::Commit if is_shallow => {
                format!("git fetch --unshallow {remote}")
            }
            Wanted::Ancestor => return self.has_no_ancestor(revision),
            Wanted::Commit if !matches!(start.len(), 40 | 64) => {
                return git_error(format!("`{revision}` names no commit here"))
                    .with_reason("a remote is asked for whole ids only")
                    .with_help("check the spelling, or give all digits of the id");
            }
            Wanted::Commit => format!("git fetch {remote} {start}"),
            Wanted::Tag => {
                let unshallow = if is_shallow { "--unshallow " } else { "" };
                format!("git fetch {unshallow}{remote} tag {revision}")
            }
            Wanted::Branch(branch) => {
                let unshallow = if is_shallow { "--unshallow " } else { "" };
                format!(
                    "git fetch {unshallow}{remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}"
                )
            }
        };
        if is_shallow {
            return self.needs_history(
                format!("`{revision}` is not in this shallow clone"),
                &wanted,
            );
        }
        let similar = self.similar_to(revision);
        if !self.has_remote() {
            return git_error(format!("`{revision}` names no commit"))
                .with_reason("the repository has no remote that could be asked for it")
                .with_help(match similar {
                    Some(similar) => format!("did you mean `{similar}`?"),
                    None => "see what there is with `git branch` and `git tag`".to_owned(),
                });
        }
        let diagnostic = git_error(format!(
            "`{revision}` names no commit, here or in `{remote}`"
        ));
        match similar {
            Some(similar) => diagnostic.with_help(format!(
                "did you mean `{similar}`? otherwise run `{wanted}`"
            )),
            None => diagnostic.with_help(format!("run `{wanted}`")),
        }
    }

    fn has_no_ancestor(&self, revision: &str) -> Diagnostic {
        let start = match start_of(revision) {
            "" => "HEAD",
            start => start,
        };
        git_error(format!("`{revision}` names no commit")).with_help(format!(
            "check how far the history goes with `git log --oneline {start}`"
        ))
    }

    /// The branch or tag whose name is most like `revision`.
    fn similar_to(&self, revision: &str) -> Option<String> {
        let names: Vec<String> = self.with(|repository| {
            let references = repository.references().ok()?;
            let all = references.all().ok()?;
            Some(
                all.filter_map(std::result::Result::ok)
                    .map(|reference| reference.name().shorten().to_string())
                    .collect(),
            )
        })?;
        names
            .into_iter()
            .map(|name| (edits_between(&name, revision), name))
            .filter(|(edits, name)| *edits <= 2 && *edits < name.len().min(revision.len()))
            .min()
            .map(|(_, name)| name)
    }
}

/// What kind of thing a revision that was not found seems to name.
enum Wanted<'a> {
    /// `HEAD~3`
    Ancestor,
    /// A commit id.
    Commit,
    /// A release tag.
    Tag,
    /// Anything else.
    Branch(&'a str),
}

impl<'a> Wanted<'a> {
    fn of(revision: &'a str) -> Self {
        let name = start_of(revision);
        let digits = name.trim_start_matches('v');
        if name.is_empty() || name == "HEAD" {
            Self::Ancestor
        } else if name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Self::Commit
        } else if digits.contains('.') && digits.starts_with(|first: char| first.is_ascii_digit()) {
            Self::Tag
        } else {
            let name = name.strip_prefix("refs/heads/").unwrap_or(name);
            Self::Branch(name.strip_prefix("origin/").unwrap_or(name))
        }
    }
}

/// What stands before the steps of a revision: `main` of `main~3`.
fn start_of(revision: &str) -> &str {
    revision
        .split(['~', '^', '@', ':'])
        .next()
        .unwrap_or_default()
}

/// Whether it is the id that stands for no commit, of SHA-1 or SHA-256.
pub(super) fn is_all_zeros(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte == b'0')
}

/// Levenshtein's distance in bytes.
fn edits_between(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, a) in one.bytes().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.bytes()) {
            let above = *cell;
            left = (diagonal + usize::from(a != b))
                .min(above + 1)
                .min(left + 1);
            diagonal = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (one, other, expected) in [
            ("main", "main", 0),
            ("main", "mian", 2),
            ("main", "man", 1),
            ("", "abc", 3),
            ("master", "main", 4),
        ] {
            assert_eq!(edits_between(one, other), expected, "{one} {other}");
        }
    }
}
